#pragma once

#include "caf/aiomas/codec.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace caf::aiomas::detail {

/// Builds a value from the events of a parser, and knows nothing of the parser.
/// An event returns false if there is no point in going on; `failure` says why.
class json_builder {
public:
  /// Whether the outermost list is a message's triple, not a value.
  enum class target { value, message };

  void reset(target what, const serializers& types, const codec_limits& limits);

  /// Makes the builder look for surrogates, which only escapes can bring in.
  void expect_escapes() noexcept {
    escapes_ = true;
  }

  // -- events -----------------------------------------------------------------

  bool on_null();
  bool on_bool(bool x);

  /// Takes a number's text, which may also be `NaN`, `Infinity` or `-Infinity`.
  bool on_number(std::string_view text);

  bool on_string(std::string_view text);
  bool on_key(std::string_view text);
  bool on_list_begin();
  bool on_list_end(size_t size);
  bool on_dict_begin();
  bool on_dict_end(size_t size);

  // -- results ----------------------------------------------------------------

  /// The value, after everything went well.
  value take_value();

  /// Type and id, as soon as both are there.
  std::optional<decoded_message::header> take_head();

  /// The content, after everything went well.
  value take_content();

  const fault& failure() const noexcept {
    return failure_;
  }

  /// Whether the failure is that the outermost value is no list of three.
  bool not_a_triple() const noexcept {
    return not_a_triple_;
  }

  /// Drops all values.
  void clear();

private:
  // Values that stand alone, and keys, wait on this stack until the container
  // that they belong to ends; only then their number is known for certain.
  std::vector<value> stack_;

  // Containers that have begun and not ended.
  size_t depth_ = 0;

  // How many of them a message has around its content: 0 or 1.
  size_t base_ = 0;

  // How many elements of the triple are complete.
  size_t triple_size_ = 0;

  bool escapes_ = false;
  bool not_a_triple_ = false;
  const serializers* types_ = nullptr;
  codec_limits limits_;
  fault failure_;

  bool fail(std::string text);
  bool refuse_shape(const std::string& got);
  bool begin_value(const char* type_name);
  bool begin_in_message(const char* type_name);
  bool begin_container(const char* type_name);
  void end_value();
  bool push_text(std::string_view text);
  bool push_other_number(std::string_view text);
  bool push_dict(size_t size);
  bool resolve(value& pair);
};

} // namespace caf::aiomas::detail
