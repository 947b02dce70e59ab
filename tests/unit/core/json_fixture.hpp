#pragma once

#include "caf/aiomas/codec/json.hpp"

#include "unit/core/codec_fixture.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace json_tests {

using namespace codec_tests;

inline std::string in_lists(std::string_view text, size_t depth) {
  return std::string(depth, '[') + std::string{text} + std::string(depth, ']');
}

struct fixture {
  json_codec codec;

  // The encoding of `x`, or the error.
  std::string encode(const value& x) {
    byte_buffer out{std::byte{'>'}};
    auto result = codec.encode(x, out);
    auto text = as_text(out);
    if (!result) {
      CAF_CHECK_EQUAL(text, ">");
      return to_string(result.error());
    }
    return text.substr(1);
  }

  // Python's notation of what `text` says, or the error. The text has no
  // terminator: sanitizers notice when it is read beyond its end.
  std::string decode(std::string_view text) {
    std::vector<char> copy{text.begin(), text.end()};
    copy.shrink_to_fit();
    auto result = codec.decode(as_bytes({copy.data(), copy.size()}));
    return result ? to_string(*result) : to_string(result.error());
  }

  void keep_objects() {
    codec.types(serializers{serializers::mode::keep});
  }

  std::string decode_message(std::string_view text) {
    return describe(codec.decode_message(as_bytes(text)));
  }
};

} // namespace json_tests
