#include "caf/aiomas/codec/json_reader.hpp"

#include "caf/aiomas/codec/capped_limits.hpp"
#include "caf/aiomas/codec/json_scalars.hpp"
#include "caf/aiomas/codec/scratch.hpp"
#include "caf/aiomas/codec/value_builder.hpp"
#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/utf8.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <variant>

// A namespace of our own: programs that use this library may compile RapidJSON
// with other settings.
#define RAPIDJSON_NAMESPACE caf_aiomas_rapidjson
#define RAPIDJSON_NAMESPACE_BEGIN namespace caf_aiomas_rapidjson {
#define RAPIDJSON_NAMESPACE_END }
#include <rapidjson/error/en.h>
#include <rapidjson/reader.h>

namespace caf::aiomas::detail {

namespace {

namespace rapidjson = caf_aiomas_rapidjson;

// Numbers come as text because RapidJSON silently makes floats of large
// integers. It would check UTF-8 character by character; we do so beforehand.
constexpr unsigned parse_flags = rapidjson::kParseInsituFlag
                                 | rapidjson::kParseNumbersAsStringsFlag
                                 | rapidjson::kParseNanAndInfFlag;

/// Hands RapidJSON's events over to a builder.
struct event_handler
  : rapidjson::BaseReaderHandler<rapidjson::UTF8<>, event_handler> {
  event_handler(value_builder& x, bool with_escapes)
    : builder(x), escapes(with_escapes) {
    // nop
  }

  bool Null() {
    return builder.on_null();
  }

  bool Bool(bool x) {
    return builder.on_bool(x);
  }

  bool RawNumber(const char* text, rapidjson::SizeType size, bool) {
    // Most numbers are of this type.
    int64_t x = 0;
    auto parsed = std::from_chars(text, text + size, x);
    if (parsed.ec == std::errc{} && parsed.ptr == text + size)
      return builder.on_number(x);
    return std::visit([this](auto y) { return on_number(y); },
                      parse_json_number({text, size}));
  }

  bool String(const char* data, rapidjson::SizeType size, bool) {
    std::string_view text{data, size};
    if (escapes && has_surrogate(text))
      return builder.refuse("str", "lone surrogate in a string");
    return builder.on_string(text);
  }

  bool Key(const char* text, rapidjson::SizeType size, bool) {
    return String(text, size, true);
  }

  bool StartObject() {
    return builder.on_dict_begin();
  }

  bool EndObject(rapidjson::SizeType size) {
    return builder.on_dict_end(size);
  }

  bool StartArray() {
    return builder.on_list_begin();
  }

  bool EndArray(rapidjson::SizeType size) {
    return builder.on_list_end(size);
  }

  template <class T>
  bool on_number(T x) {
    return builder.on_number(x);
  }

  bool on_number(const char* problem) {
    return builder.refuse("a number", problem);
  }

  value_builder& builder;

  // Whether surrogates have to be looked for.
  bool escapes;
};

} // namespace

class json_reader::impl {
public:
  // Reads `in` into `builder`. Returns what prevented it, if anything.
  std::optional<fault> run(std::span<const std::byte> in,
                           value_builder::target target,
                           const serializers& types,
                           const codec_limits& limits) {
    builder.reset(target, types, limits);
    if (in.size() > longest_message) // RapidJSON's sizes have 32 bits, too
      return error_at("the document is too long", longest_message);
    auto buf = copy(in);
    if (in.size() >= defaults::min_shared_size) {
      owner_ = buf_.owner_of(in.size());
      builder.share_input(owner_, in.size());
    }
    std::string_view text{buf, in.size()};
    // What stands in front of the first invalid byte may tell an id.
    auto valid = utf8_valid_prefix(text);
    buf[valid] = '\0';
    rapidjson::InsituStringStream stream{buf};
    event_handler handler{builder, text.find('\\') != text.npos};
    auto result = reader_.Parse<parse_flags>(stream, handler);
    if (result.IsError() && result.Code() == rapidjson::kParseErrorTermination)
      return error_at(builder.failure().text, result.Offset());
    auto end = result.IsError() ? result.Offset() : stream.Tell();
    if (end >= valid && valid < text.size())
      return error_at("invalid UTF-8", valid);
    if (result.IsError())
      return syntax_error(buf, result);
    if (end < valid)
      return error_at("unexpected NUL", end);
    return std::nullopt;
  }

  /// Lets go of what the values built refer to. To be called after `run`.
  void release() noexcept {
    owner_.reset();
    buf_.release();
  }

  value_builder builder;

private:
  // Parsing changes the text and relies on a NUL at its end.
  char* copy(std::span<const std::byte> in) {
    auto result = reinterpret_cast<char*>(buf_.reserve(in.size() + 1));
    std::copy_n(reinterpret_cast<const char*>(in.data()), in.size(), result);
    return result;
  }

  static fault syntax_error(const char* text,
                            const rapidjson::ParseResult& result) {
    switch (result.Code()) {
      case rapidjson::kParseErrorNumberTooBig:
        return error_at(why_too_big(text + result.Offset()), result.Offset());
      case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
        return error_at("lone surrogate in a string", result.Offset());
      default: {
        std::string_view what = rapidjson::GetParseError_En(result.Code());
        return error_at(what.substr(0, what.size() - 1), result.Offset());
      }
    }
  }

  scratch buf_;
  std::shared_ptr<const void> owner_; // of buf_, while a large input is read
  rapidjson::Reader reader_;
};

json_reader::json_reader() : impl_(std::make_unique<impl>()) {
  // nop
}

json_reader::~json_reader() = default;

outcome<value> json_reader::read(std::span<const std::byte> in,
                                 const serializers& types,
                                 const codec_limits& limits) {
  using target = value_builder::target;
  auto error = impl_->run(in, target::value, types, limits);
  auto result = impl_->builder.finish_value(std::move(error));
  impl_->release();
  return result;
}

decoded_message json_reader::read_message(std::span<const std::byte> in,
                                          const serializers& types,
                                          const codec_limits& limits) {
  using target = value_builder::target;
  auto error = impl_->run(in, target::message, types, limits);
  auto result = impl_->builder.finish_message(std::move(error));
  impl_->release();
  return result;
}

} // namespace caf::aiomas::detail
