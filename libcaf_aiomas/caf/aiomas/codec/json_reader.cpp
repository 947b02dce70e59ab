#include "caf/aiomas/codec/json_reader.hpp"

#include "caf/aiomas/codec/json_scalars.hpp"
#include "caf/aiomas/codec/value_builder.hpp"
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
    if (in.size() > max_input)
      return error_at("the document is too long", max_input);
    auto text = copy(in);
    // What stands in front of the first invalid byte may tell an id.
    auto valid = utf8_valid_prefix(text);
    buf_[valid] = '\0';
    rapidjson::InsituStringStream stream{buf_.get()};
    event_handler handler{builder, text.find('\\') != text.npos};
    auto result = reader_.Parse<parse_flags>(stream, handler);
    if (result.IsError() && result.Code() == rapidjson::kParseErrorTermination)
      return error_at(builder.failure().text, result.Offset());
    auto end = result.IsError() ? result.Offset() : stream.Tell();
    if (end >= valid && valid < text.size())
      return error_at("invalid UTF-8", valid);
    if (result.IsError())
      return syntax_error(result);
    if (end < valid)
      return error_at("unexpected NUL", end);
    return std::nullopt;
  }

  value_builder builder;

private:
  // Sizes have 32 bits in RapidJSON, and in the frames of the protocol.
  static constexpr size_t max_input = 0xFFFFFFFF;
  static constexpr size_t min_capacity = 1024;
  static constexpr size_t max_kept = size_t{1} << 20;

  // Parsing changes the text and relies on a NUL at its end.
  std::string_view copy(std::span<const std::byte> in) {
    if (capacity_ <= in.size()
        || (capacity_ > max_kept && in.size() < max_kept)) {
      capacity_ = std::max(in.size() + 1, min_capacity);
      buf_ = std::make_unique_for_overwrite<char[]>(capacity_);
    }
    std::copy_n(reinterpret_cast<const char*>(in.data()), in.size(),
                buf_.get());
    return {buf_.get(), in.size()};
  }

  fault syntax_error(const rapidjson::ParseResult& result) {
    switch (result.Code()) {
      case rapidjson::kParseErrorNumberTooBig:
        return error_at(why_too_big(buf_.get() + result.Offset()), result.Offset());
      case rapidjson::kParseErrorStringUnicodeSurrogateInvalid:
        return error_at("lone surrogate in a string", result.Offset());
      default: {
        std::string_view text = rapidjson::GetParseError_En(result.Code());
        return error_at(text.substr(0, text.size() - 1), result.Offset());
      }
    }
  }

  std::unique_ptr<char[]> buf_;
  size_t capacity_ = 0;
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
  return impl_->builder.finish_value(std::move(error));
}

decoded_message json_reader::read_message(std::span<const std::byte> in,
                                          const serializers& types,
                                          const codec_limits& limits) {
  using target = value_builder::target;
  auto error = impl_->run(in, target::message, types, limits);
  return impl_->builder.finish_message(std::move(error));
}

} // namespace caf::aiomas::detail
