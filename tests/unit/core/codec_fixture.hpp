#pragma once

/// What the suites of all codecs share.

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/detail/hex.hpp"

#include "recordings.hpp"

#include "caf/test/dsl.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace codec_tests {

using namespace caf::aiomas;

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

inline std::string as_text(const byte_buffer& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// The bytes that are given in hexadecimal digits, with spaces anywhere.
inline byte_buffer unhex(std::string digits) {
  std::erase(digits, ' ');
  return recordings::from_hex(digits);
}

inline value nested(size_t depth) {
  value result;
  for (size_t i = 0; i < depth; ++i) {
    list xs;
    dict ys;
    if (i % 2 == 0)
      xs.push_back(std::move(result));
    else
      ys.set("a", std::move(result));
    result = i % 2 == 0 ? value{std::move(xs)} : value{std::move(ys)};
  }
  return result;
}

struct point {
  int64_t x;
};

inline any_serializer point_serializer() {
  return {
    typeid(point),
    "point",
    [](const object& what) -> outcome<value> {
      return value{dict{{"x", what.get_if<point>()->x}}};
    },
    [](value content) -> outcome<value> {
      auto xs = content.get_if<dict>();
      auto x = xs != nullptr ? xs->find("x") : nullptr;
      if (x == nullptr)
        return fault{errc::type_error, "no point"};
      return value{object::make(point{*x->get_if<int64_t>()})};
    },
  };
}

/// "type id content" as far as known, and the error.
inline std::string describe(const decoded_message& msg) {
  std::string result;
  if (msg.head)
    result = to_string(msg.head->type) + " " + to_string(msg.head->id) + " ";
  if (!msg.is_triple)
    result += "no triple ";
  if (!msg.error)
    return result + to_string(msg.content);
  CAF_CHECK(msg.content.is_null());
  CAF_CHECK(msg.error->code == errc::deserialization_error);
  return result + msg.error->text;
}

/// Bytes in hexadecimal digits in, and out.
template <class Codec>
struct hex_fixture {
  Codec codec;

  // The encoding of `x`, or the error.
  std::string encode(const value& x) {
    byte_buffer out{std::byte{'>'}};
    auto result = codec.encode(x, out);
    if (!result) {
      CAF_CHECK_EQUAL(out.size(), 1u);
      return to_string(result.error());
    }
    return detail::to_hex(std::span{out}.subspan(1));
  }

  // Python's notation of what `bytes` say, or the error. They end where their
  // memory ends: sanitizers notice when they are read beyond that.
  std::string decode_bytes(byte_buffer bytes) {
    bytes.shrink_to_fit();
    auto result = codec.decode(bytes);
    return result ? to_string(*result) : to_string(result.error());
  }

  std::string decode(const std::string& digits) {
    return decode_bytes(unhex(digits));
  }

  std::string decode_message(const std::string& digits) {
    return describe(codec.decode_message(unhex(digits)));
  }
};

} // namespace codec_tests
