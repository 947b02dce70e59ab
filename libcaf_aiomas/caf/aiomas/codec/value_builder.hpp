#pragma once

#include "caf/aiomas/codec.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace caf::aiomas::detail {

/// Makes the error of a reader: `what` is wrong with the byte at `offset`.
fault error_at(std::string_view what, size_t offset);

/// Builds a value from the events of a parser, and knows nothing of the parser.
/// An event returns false if there is no point in going on; `failure` says why.
///
/// Memory grows with the events only, never with what a peer announces.
class value_builder {
public:
  /// Whether the outermost list is a message's triple, not a value.
  enum class target { value, message };

  /// Begins anew. `types` must live until the result has been taken.
  void reset(target what, const serializers& types, const codec_limits& limits);

  /// Lets large text and bytes stay where they are: in an input of `size` bytes
  /// that `owner` keeps alive, which itself must live until the result has been
  /// taken. If it is null, everything is copied. To be called after `reset`.
  void share_input(const std::shared_ptr<const void>& owner, size_t size);

  // -- events -----------------------------------------------------------------

  bool on_null();
  bool on_bool(bool x);
  bool on_number(int64_t x);
  bool on_number(uint64_t x);
  bool on_number(double x);

  /// Takes text in valid UTF-8. Like bytes, it must be part of the input if
  /// that is shared.
  bool on_string(std::string_view text);

  bool on_bytes(std::span<const std::byte> bytes);

  /// Takes one of MsgPack's extension types.
  bool on_extension(int8_t code, std::span<const std::byte> bytes);

  bool on_list_begin();

  /// `size` is the number of values since the list began.
  bool on_list_end(size_t size);

  /// Keys and values alternate from here on. Any value may be a key.
  bool on_dict_begin();

  /// The value that has just ended is a key. Not needed for keys that are text.
  bool on_key_end();

  /// `size` is the number of keys since the dict began.
  bool on_dict_end(size_t size);

  /// Where the next value should be, there is one that cannot be represented:
  /// a `type_name`, of which `text` says what is wrong.
  bool refuse(const char* type_name, std::string text);

  // -- results ----------------------------------------------------------------

  /// The value, unless `error` is what prevented it. Leaves nothing behind.
  outcome<value> finish_value(std::optional<fault>&& error);

  /// The message as far as it got until `error`. Leaves nothing behind.
  decoded_message finish_message(std::optional<fault>&& error);

  const fault& failure() const noexcept {
    return failure_;
  }

private:
  // Values that stand alone, and keys, wait on this stack until the container
  // that they belong to ends; only then their number is known for certain.
  std::vector<value> stack_;

  // Containers that have begun and not ended.
  size_t depth_ = 0;

  // How many of them a message has around its content: 0 or 1.
  size_t base_ = 0;

  // How many values have begun.
  size_t values_ = 0;

  // How many elements of the triple are complete.
  size_t triple_size_ = 0;

  bool not_a_triple_ = false;

  // Text and bytes from this size on refer to the input, which `owner_` keeps.
  size_t min_shared_size_ = SIZE_MAX;
  const std::shared_ptr<const void>* owner_ = nullptr;
  size_t input_size_ = 0;

  const serializers* types_ = nullptr;
  codec_limits limits_;
  fault failure_;

  void clear();
  bool fail(std::string text);
  bool refuse_shape(const std::string& got);
  bool begin_value(const char* type_name);
  bool refuse_number();
  bool refuse_nesting();
  bool refuse_in_message(const char* type_name);
  bool begin_container(const char* type_name);
  void end_value();
  bool push_dict(size_t size);
  bool resolve(value& pair);

  template <class T>
  bool push(const char* type_name, T&& x);
};

// -- what happens for each value ----------------------------------------------

inline bool value_builder::begin_value(const char* type_name) {
  if (++values_ > limits_.max_values)
    return refuse_number();
  return depth_ > 1 || base_ == 0 || (depth_ == 1 && triple_size_ < 3)
         || refuse_in_message(type_name);
}

inline void value_builder::end_value() {
  if (depth_ == base_)
    ++triple_size_;
}

template <class T>
bool value_builder::push(const char* type_name, T&& x) {
  if (!begin_value(type_name))
    return false;
  stack_.emplace_back(std::forward<T>(x));
  end_value();
  return true;
}

inline bool value_builder::begin_container(const char* type_name) {
  if (!begin_value(type_name))
    return false;
  if (depth_ - base_ >= limits_.max_nesting)
    return refuse_nesting();
  ++depth_;
  return true;
}

inline bool value_builder::on_null() {
  return push("None", nullptr);
}

inline bool value_builder::on_bool(bool x) {
  return push("bool", x);
}

inline bool value_builder::on_number(int64_t x) {
  return push("int", x);
}

inline bool value_builder::on_number(uint64_t x) {
  return push("int", x);
}

inline bool value_builder::on_number(double x) {
  return push("float", x);
}

inline bool value_builder::on_string(std::string_view text) {
  if (text.size() >= min_shared_size_)
    return push("str", shared_string{*owner_, text, input_size_});
  return push("str", text);
}

inline bool value_builder::on_list_begin() {
  if (depth_ < base_) { // the triple
    ++depth_;
    return true;
  }
  return begin_container("list");
}

inline bool value_builder::on_dict_begin() {
  return begin_container("dict");
}

} // namespace caf::aiomas::detail
