#pragma once

/// What the suites of all codecs share.

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/detail/hex.hpp"

#include "recordings.hpp"

#include "caf/test/dsl.hpp"

#include <algorithm>
#include <cmath>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace codec_tests {

using namespace caf::aiomas;

inline std::span<const std::byte> as_bytes(std::string_view text) {
  return std::as_bytes(std::span{text.data(), text.size()});
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

/// A list in a list, and so on.
inline value lists(size_t depth) {
  value result = list{};
  for (; depth > 1; --depth) {
    list xs;
    xs.push_back(std::move(result));
    result = std::move(xs);
  }
  return result;
}

inline void limit_nesting(codec& how, size_t depth) {
  auto limits = how.limits();
  limits.max_nesting = depth;
  how.limits(limits);
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

/// The notation of a codec whose bytes are text.
struct plain_text {
  static byte_buffer read(std::string_view text) {
    auto bytes = as_bytes(text);
    return {bytes.begin(), bytes.end()};
  }

  static std::string show(std::span<const std::byte> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
  }
};

/// The notation of all others.
struct hex_digits {
  static byte_buffer read(std::string digits) {
    return unhex(std::move(digits));
  }

  static std::string show(std::span<const std::byte> bytes) {
    return detail::to_hex(bytes);
  }
};

/// A codec, its bytes as text in some notation, and what all codecs have in
/// common: those functions are for suites to call in a test of the same name.
template <class Codec, class Notation>
struct codec_fixture {
  Codec codec;

  // The encoding of `x`, or the error.
  std::string encode(const value& x) {
    byte_buffer out{std::byte{'>'}};
    auto result = codec.encode(x, out);
    if (!result) {
      CAF_CHECK_EQUAL(out.size(), 1u);
      return to_string(result.error());
    }
    return Notation::show(std::span{out}.subspan(1));
  }

  std::string encode_message(int64_t type, const value& id,
                             const value& content) {
    byte_buffer out;
    auto result = codec.encode_message(type, id, content, out);
    if (!result) {
      CAF_CHECK(out.empty());
      return to_string(result.error());
    }
    return Notation::show(out);
  }

  // Python's notation of what `bytes` say, or the error. They end where their
  // memory ends: sanitizers notice when they are read beyond that.
  std::string decode_bytes(byte_buffer bytes) {
    bytes.shrink_to_fit();
    auto result = codec.decode(bytes);
    return result ? to_string(*result) : to_string(result.error());
  }

  template <class Text>
  std::string decode(const Text& text) {
    return decode_bytes(Notation::read(text));
  }

  std::string decode_message_bytes(byte_buffer bytes) {
    bytes.shrink_to_fit();
    return describe(codec.decode_message(bytes));
  }

  template <class Text>
  std::string decode_message(const Text& text) {
    return decode_message_bytes(Notation::read(text));
  }

  // -- settings ---------------------------------------------------------------

  void max_nesting(size_t n) {
    limit_nesting(codec, n);
  }

  void max_size(size_t n) {
    auto limits = codec.limits();
    limits.max_size = n;
    codec.limits(limits);
  }

  void keep_objects() {
    codec.types(serializers{serializers::mode::keep});
  }

  // Type 0 is one that we know nothing of, type 1 is `point`.
  void add_types() {
    codec.types().reserve();
    CAF_REQUIRE(codec.types().add(point_serializer()));
  }

  // -- tools ------------------------------------------------------------------

  // What a peer makes of `x` that lets through what we would not: dicts that
  // look like objects, and nesting up to 1000.
  static byte_buffer wire(const value& x) {
    Codec peer;
    peer.types(serializers{serializers::mode::keep});
    limit_nesting(peer, SIZE_MAX);
    byte_buffer result;
    if (auto encoded = peer.encode(x, result); !encoded)
      CAF_FAIL(to_string(encoded.error()));
    return result;
  }

  bool comes_back(const value& x) {
    byte_buffer out;
    if (!codec.encode(x, out))
      return false;
    auto copy = codec.decode(out);
    return copy && *copy == x;
  }

  // -- writing ----------------------------------------------------------------

  void check_invalid_text_is_refused() {
    using namespace std::literals;
    auto error_at = [](size_t n) {
      return "serialization_error: string is not valid UTF-8 from its byte "
             + std::to_string(n) + " on";
    };
    auto first = error_at(0);
    auto tenth = error_at(9);
    for (auto bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x9F\xBF", "\xED\xA0\x80",
                     "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                     "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "\xF0\x9F\x98"}) {
      auto text = "123456789"s + bad;
      for (auto& x : {value{text}, value{text + "123456789"},
                      value{dict{{text, 1}}}, value{shared_string{text}}}) {
        auto got = encode(x);
        CAF_CHECK_EQUAL(got, tenth);
      }
      auto got = encode(bad);
      CAF_CHECK_EQUAL(got, first);
    }
  }

  // `message` is what has the type 0, the id 1 and `nested(2)`.
  void check_writing_keeps_the_nesting_limit(const std::string& message) {
    auto error = [](size_t n) {
      return "serialization_error: nested deeper than " + std::to_string(n);
    };
    CAF_CHECK(comes_back(nested(64)));
    CAF_CHECK(encode(nested(65)) == error(64));
    max_nesting(2);
    CAF_CHECK(comes_back(nested(2)));
    CAF_CHECK(encode(nested(3)) == error(2));
    CAF_CHECK(encode(tagged{1, 2}) == Notation::show(wire(tagged{1, 2})));
    CAF_CHECK(encode(list{tagged{1, 2}}) == error(2));
    auto got = encode_message(0, 1, nested(2));
    CAF_CHECK_EQUAL(got, message);
    CAF_CHECK(encode_message(0, 1, nested(3)) == error(2));
    CAF_CHECK(encode_message(0, nested(3), 1) == error(2));
    max_nesting(SIZE_MAX);
    CAF_CHECK(comes_back(nested(1000)));
    CAF_CHECK(encode(nested(1001)) == error(1000));
  }

  // Each of `fits` takes 10 bytes, each of `too_long` takes more.
  void check_writing_keeps_the_size_limit(const std::vector<value>& fits,
                                          std::vector<value> too_long) {
    max_size(10);
    for (auto& x : fits) {
      CAF_CHECK(comes_back(x));
      auto size = Notation::read(encode(x)).size();
      CAF_CHECK_EQUAL(size, 10u);
    }
    too_long.emplace_back(list(1000000, 1));
    too_long.emplace_back(std::string(1000000, '\x01'));
    for (auto& x : too_long) {
      auto got = encode(x);
      CAF_CHECK_EQUAL(got,
                      "message_too_large: message is longer than 10 bytes");
    }
  }

  // The same for messages of the type 0 with the id 1. What is too long leaves
  // alone what is there.
  void check_messages_keep_the_size_limit(const value& fits,
                                          const value& too_long) {
    max_size(10);
    byte_buffer out;
    CAF_REQUIRE(codec.encode_message(0, 1, fits, out));
    CAF_CHECK_EQUAL(out.size(), 10u);
    auto copy = out;
    CAF_CHECK(!codec.encode_message(0, 1, too_long, out));
    CAF_CHECK(out == copy);
  }

  void check_large_messages(size_t min_size) {
    list xs;
    for (auto i = 0; i < 100000; ++i)
      xs.push_back(list{i, std::string(static_cast<size_t>(i % 50), 'x')});
    byte_buffer out;
    CAF_REQUIRE(codec.encode(xs, out));
    CAF_CHECK_GREATER(out.size(), min_size);
    auto copy = codec.decode(out);
    CAF_REQUIRE(copy);
    CAF_CHECK(*copy == value{xs});
    CAF_CHECK(comes_back(1));
  }

  // -- objects ----------------------------------------------------------------

  // `service` is the object of type 3 that is "agents/0", `points` a list of
  // the point 7.
  void check_objects_are_written(const std::string& service,
                                 const std::string& points) {
    auto got = encode(tagged{3, "agents/0"});
    CAF_CHECK_EQUAL(got, service);
    value x = list{object::make(point{7})};
    got = encode(x);
    CAF_CHECK_EQUAL(got,
                    "serialization_error: No serializer found for type "
                    "\"codec_tests::point\"");
    add_types();
    got = encode(x);
    CAF_CHECK_EQUAL(got, points);
  }

  void check_dicts_that_look_like_objects_are_refused() {
    for (auto& x : {value{dict{{"__type__", 1}}},
                    value{list{dict{{"a", 1}, {"__type__", list{0, 1}}}}}}) {
      auto got = encode(x);
      CAF_CHECK(got.starts_with("serialization_error: A dict with the key "));
    }
  }

  void check_objects_are_resolved() {
    add_types();
    auto point_7 = dict{{"x", 7}};
    const std::pair<value, const char*> cases[] = {
      {list{dict{{"__type__", list{1, point_7}}}},
       "[<codec_tests::point object>]"},
      {dict{{"__type__", list{0, "x"}}}, "<object of type 0: 'x'>"},
      {dict{{"__type__", list{false, "x"}}}, "<object of type 0: 'x'>"},
      {dict{{"__type__", list{-0.0, "x"}}}, "<object of type 0: 'x'>"},
      {dict{{"__type__", list{0, dict{{"__type__", list{0, 1}}}}}},
       "<object of type 0: <object of type 0: 1>>"},
      // Other keys do not matter, nor does where the key stands.
      {dict{{"a", 1}, {"__type__", list{true, point_7}}, {"b", 2}},
       "<codec_tests::point object>"},
    };
    for (auto& [x, expected] : cases) {
      auto got = decode_bytes(wire(x));
      CAF_CHECK_EQUAL(got, expected);
    }
  }

  // `end` is that of an object with a type id and a 1.
  void check_bad_objects(size_t end) {
    using namespace std::literals;
    CAF_REQUIRE(codec.types().add(point_serializer()));
    for (auto& content :
         {value{1}, value{nullptr}, value{list{0}}, value{list{0, 1, 2}},
          value{list{"0", 1}}, value{list{0.5, 1}}, value{list{NAN, 1}},
          value{list{1e300, 1}}, value{list{UINT64_MAX, 1}}}) {
      auto got = decode_bytes(wire(dict{{"__type__", content}}));
      CAF_CHECK(
        got.starts_with("deserialization_error: \"__type__\" needs a list of a "
                        "type id and an object at byte "));
    }
    auto got = decode_bytes(wire(tagged{1, 1}));
    auto where = " at byte " + std::to_string(end);
    CAF_CHECK_EQUAL(
      got, "deserialization_error: No serializer found for type id 1" + where);
    got = decode_bytes(wire(tagged{0, 1}));
    CAF_CHECK_EQUAL(got, "deserialization_error: no point" + where);
  }

  void check_objects_are_kept() {
    keep_objects();
    auto got = decode_bytes(wire(dict{{"__type__", list{7, list{1}}}}));
    CAF_CHECK_EQUAL(got, "<object of type 7: [1]>");
    for (auto& x :
         {dict{{"__type__", list{0.0, 1}}}, dict{{"__type__", list{1}}},
          dict{{"__type__", 1}}, dict{{"__type__", list{true, 2}}},
          dict{{"__type__", list{1, 2}}, {"a", 1}}}) {
      CAF_CHECK(comes_back(x));
      CAF_CHECK(encode(x) == Notation::show(wire(x)));
    }
  }

  // -- reading ----------------------------------------------------------------

  // `begin` is the first byte of a list in a list. `ahead` is how far a reader
  // looks before it notices.
  void check_reading_keeps_the_nesting_limit(std::byte begin, size_t ahead) {
    auto error = [ahead](size_t n) {
      return "deserialization_error: nested deeper than " + std::to_string(n)
             + " at byte " + std::to_string(n + ahead);
    };
    auto open = byte_buffer(10000000, begin);
    CAF_CHECK(decode_bytes(wire(lists(64))) == to_string(lists(64)));
    CAF_CHECK(decode_bytes(wire(lists(65))) == error(64));
    CAF_CHECK(decode_bytes(open) == error(64));
    max_nesting(SIZE_MAX);
    CAF_CHECK(decode_bytes(wire(lists(1000))) == to_string(lists(1000)));
    CAF_CHECK(decode_bytes(open) == error(1000));
    max_nesting(0);
    CAF_CHECK(decode_bytes(wire(1)) == "1");
    CAF_CHECK(decode_bytes(wire(list{})) == error(0));
  }

  void check_not_a_triple() {
    const std::pair<value, const char*> cases[] = {
      {dict{}, "dict"},        {1, "int"},
      {1.5, "float"},          {nullptr, "None"},
      {true, "bool"},          {"[0,1,2]", "str"},
      {list{}, "a list of 0"}, {list{0}, "a list of 1"},
    };
    const std::string start
      = "no triple expected a list of type, id and "
        "content, got ";
    for (auto& [x, what] : cases) {
      auto got = decode_message_bytes(wire(x));
      CAF_CHECK(got.starts_with(start + what + " at byte "));
    }
    auto got = decode_message_bytes(wire(list{0, 5}));
    CAF_CHECK(got.starts_with("0 5 " + start + "a list of 2 at byte "));
    got = decode_message_bytes(wire(list{0, 5, 1, 2}));
    CAF_CHECK(
      got.starts_with("0 5 " + start + "a list of more than 3 at byte "));
  }

  // Where it ends if the content, or the id, is too deep.
  void check_the_triple_is_no_level(size_t in_content, size_t in_id) {
    const std::string error = "nested deeper than 64 at byte ";
    CAF_CHECK(decode_message_bytes(wire(list{0, 5, lists(64)}))
              == "0 5 " + to_string(lists(64)));
    auto got = decode_message_bytes(wire(list{0, 5, lists(65)}));
    CAF_CHECK_EQUAL(got, "0 5 " + error + std::to_string(in_content));
    got = decode_message_bytes(wire(list{0, lists(65), 5}));
    CAF_CHECK_EQUAL(got, error + std::to_string(in_id));
  }

  void check_messages() {
    const std::pair<value, const char*> cases[] = {
      {list{0, 1, list{"f", list{1}, dict{}}}, "0 1 ['f', [1], {}]"},
      {list{false, list{1, dict{{"a", 2}}}, nullptr},
       "False [1, {'a': 2}] None"},
      {list{"x", nullptr, list{list{1}}}, "'x' None [[1]]"},
      {list{1.5, -1, "a"}, "1.5 -1 'a'"},
    };
    for (auto& [x, expected] : cases) {
      auto got = decode_message_bytes(wire(x));
      CAF_CHECK_EQUAL(got, expected);
    }
  }

  void check_errors_leave_no_traces() {
    auto message = wire(list{0, 5, list{list{list{1, 2}}}});
    message.pop_back();
    auto text = wire(list{1, "2"});
    text.pop_back();
    for (auto i = 0; i < 2; ++i) {
      CAF_CHECK(decode_message_bytes(message).starts_with("0 5 "));
      CAF_CHECK(codec.decode_message({}).error);
      CAF_CHECK(!codec.decode(text));
      CAF_CHECK(decode_bytes(wire(list{1})) == "[1]");
      CAF_CHECK(decode_bytes(wire("\n")) == "'\\n'");
      CAF_CHECK(decode_message_bytes(wire(list{0, 1, list{2}})) == "0 1 [2]");
    }
  }
};

} // namespace codec_tests
