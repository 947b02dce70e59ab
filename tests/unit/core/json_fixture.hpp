#pragma once

#include "caf/aiomas/codec/json.hpp"

#include "caf/test/dsl.hpp"

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace json_tests {

using namespace caf::aiomas;

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
}

inline std::string as_text(const byte_buffer& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

inline std::string in_lists(std::string_view text, size_t depth) {
  return std::string(depth, '[') + std::string{text} + std::string(depth, ']');
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

  // "type id content" as far as known, and the error.
  std::string decode_message(std::string_view text) {
    auto msg = codec.decode_message(as_bytes(text));
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
};

} // namespace json_tests
