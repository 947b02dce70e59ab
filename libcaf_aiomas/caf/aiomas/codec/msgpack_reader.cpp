#include "caf/aiomas/codec/msgpack_reader.hpp"

#include "caf/aiomas/codec/capped_limits.hpp"
#include "caf/aiomas/codec/value_builder.hpp"
#include "caf/aiomas/detail/utf8.hpp"

#include <msgpack.hpp>

#include <optional>
#include <vector>

namespace caf::aiomas::detail {

namespace {

/// Hands msgpack-c's events over to a builder. All functions but those of our
/// own are called by msgpack-c, which stops where one returns false.
class event_handler {
public:
  event_handler(value_builder& builder, std::vector<uint32_t>& sizes,
                std::span<const std::byte> in)
    : builder_(builder), sizes_(sizes), in_(in) {
    sizes_.clear();
  }

  /// Returns why parsing stopped, which it did at `offset`.
  fault failure(size_t offset) const {
    if (broken_)
      return *broken_;
    return error_at(builder_.failure().text, bad_text_.value_or(offset));
  }

  // -- scalars ----------------------------------------------------------------

  bool visit_nil() {
    return builder_.on_null();
  }

  bool visit_boolean(bool x) {
    return builder_.on_bool(x);
  }

  bool visit_positive_integer(uint64_t x) {
    return x > static_cast<uint64_t>(INT64_MAX)
             ? builder_.on_number(x)
             : builder_.on_number(static_cast<int64_t>(x));
  }

  // Of a signed type; it may well be positive.
  bool visit_negative_integer(int64_t x) {
    return builder_.on_number(x);
  }

  bool visit_float32(float x) {
    return builder_.on_number(static_cast<double>(x));
  }

  bool visit_float64(double x) {
    return builder_.on_number(x);
  }

  // The pointer means nothing if the text is empty.
  bool visit_str(const char* data, uint32_t size) {
    if (size == 0)
      return builder_.on_string({});
    std::string_view text{data, size};
    auto valid = utf8_valid_prefix(text);
    if (valid == size)
      return builder_.on_string(text);
    bad_text_ = offset_of(data) + valid;
    return builder_.refuse("str", "invalid UTF-8");
  }

  bool visit_bin(const char* data, uint32_t size) {
    return builder_.on_bytes(bytes_at(data, size));
  }

  // Its code stands in front of its data.
  bool visit_ext(const char* data, uint32_t size) {
    return builder_.on_extension(static_cast<int8_t>(*data),
                                 bytes_at(data + 1, size - 1));
  }

  // -- containers -------------------------------------------------------------

  // `size` is what the peer claims, and not to be relied upon.
  bool start_array(uint32_t size) {
    return builder_.on_list_begin() && push_size(size);
  }

  bool start_array_item() {
    return true;
  }

  bool end_array_item() {
    return true;
  }

  bool end_array() {
    return builder_.on_list_end(pop_size());
  }

  bool start_map(uint32_t size) {
    return builder_.on_dict_begin() && push_size(size);
  }

  bool start_map_key() {
    return true;
  }

  bool end_map_key() {
    return builder_.on_key_end();
  }

  bool start_map_value() {
    return true;
  }

  bool end_map_value() {
    return true;
  }

  bool end_map() {
    return builder_.on_dict_end(pop_size());
  }

  // -- errors -----------------------------------------------------------------

  void parse_error(size_t, size_t offset) {
    broken_ = error_at("invalid type of a value", offset);
  }

  void insufficient_bytes(size_t, size_t) {
    broken_ = error_at("unexpected end", in_.size());
  }

private:
  // The builder keeps this bounded, as it limits the nesting.
  bool push_size(uint32_t size) {
    sizes_.push_back(size);
    return true;
  }

  size_t pop_size() {
    auto result = sizes_.back();
    sizes_.pop_back();
    return result;
  }

  size_t offset_of(const char* data) const {
    return static_cast<size_t>(data
                               - reinterpret_cast<const char*>(in_.data()));
  }

  static std::span<const std::byte> bytes_at(const char* data, size_t size) {
    if (size == 0)
      return {};
    return {reinterpret_cast<const std::byte*>(data), size};
  }

  value_builder& builder_;
  std::vector<uint32_t>& sizes_;
  std::span<const std::byte> in_;

  // Why there is nothing to be built.
  std::optional<fault> broken_;

  // Where the text that the builder was told to refuse goes wrong.
  std::optional<size_t> bad_text_;
};

} // namespace

class msgpack_reader::impl {
public:
  // Reads `in` into `builder`. Returns what prevented it, if anything.
  std::optional<fault> run(std::span<const std::byte> in,
                           const std::shared_ptr<const void>& owner,
                           value_builder::target target,
                           const serializers& types,
                           const codec_limits& limits) {
    builder.reset(target, types, limits);
    builder.share_input(owner, in.size());
    if (in.size() > longest_message)
      return error_at("the message is too long", longest_message);
    event_handler handler{builder, sizes_, in};
    size_t offset = 0;
    if (!msgpack::parse(reinterpret_cast<const char*>(in.data()), in.size(),
                        offset, handler))
      return handler.failure(offset);
    if (offset < in.size())
      return error_at("more than one value", offset);
    return std::nullopt;
  }

  value_builder builder;

private:
  // What the containers that have begun and not ended are to hold.
  std::vector<uint32_t> sizes_;
};

msgpack_reader::msgpack_reader() : impl_(std::make_unique<impl>()) {
  // nop
}

msgpack_reader::~msgpack_reader() = default;

outcome<value> msgpack_reader::read(std::span<const std::byte> in,
                                    const std::shared_ptr<const void>& owner,
                                    const serializers& types,
                                    const codec_limits& limits) {
  using target = value_builder::target;
  auto error = impl_->run(in, owner, target::value, types, limits);
  return impl_->builder.finish_value(std::move(error));
}

decoded_message msgpack_reader::read_message(
  std::span<const std::byte> in, const std::shared_ptr<const void>& owner,
  const serializers& types, const codec_limits& limits) {
  using target = value_builder::target;
  auto error = impl_->run(in, owner, target::message, types, limits);
  return impl_->builder.finish_message(std::move(error));
}

} // namespace caf::aiomas::detail
