#define CAF_SUITE json_codec

#include "unit/core/json_fixture.hpp"

#include <cmath>
#include <string>

using namespace json_tests;
using namespace std::literals;

CAF_TEST_FIXTURE_SCOPE(json_codec_tests, fixture)

// -- writing ------------------------------------------------------------------

CAF_TEST(scalars) {
  CAF_CHECK_EQUAL(codec.name(), "json"s);
  CAF_CHECK_EQUAL(encode(nullptr), "null");
  CAF_CHECK_EQUAL(encode(true), "true");
  CAF_CHECK_EQUAL(encode(false), "false");
  CAF_CHECK_EQUAL(encode(0), "0");
  CAF_CHECK_EQUAL(encode(INT64_MIN), "-9223372036854775808");
  CAF_CHECK_EQUAL(encode(UINT64_MAX), "18446744073709551615");
  CAF_CHECK_EQUAL(encode(1.0), "1.0");
  CAF_CHECK_EQUAL(encode(-0.0), "-0.0");
  CAF_CHECK_EQUAL(encode(1e16), "1e+16");
  CAF_CHECK_EQUAL(encode(std::nan("")), "NaN");
  CAF_CHECK_EQUAL(encode(HUGE_VAL), "Infinity");
  CAF_CHECK_EQUAL(encode(-HUGE_VAL), "-Infinity");
}

CAF_TEST(strings) {
  CAF_CHECK_EQUAL(encode(""), R"("")");
  CAF_CHECK_EQUAL(encode("a/\x7F \"b\"\\"), "\"a/\x7F \\\"b\\\"\\\\\"");
  CAF_CHECK_EQUAL(encode("\b\f\n\r\t\x01\x1F"s + '\0'),
                  R"("\b\f\n\r\t\u0001\u001f\u0000")");
  CAF_CHECK_EQUAL(encode("\xC3\xA4\xF0\x9F\x98\x80"),
                  "\"\xC3\xA4\xF0\x9F\x98\x80\"");
  std::string every;
  for (auto c = 0; c < 128; ++c)
    every += static_cast<char>(c);
  CAF_CHECK_EQUAL(decode(encode(every)), to_string(value{every}));
}

CAF_TEST(invalid strings are refused) {
  for (auto bad : {"\x80", "\xC0\x80", "\xC3", "\xE0\x9F\xBF", "\xED\xA0\x80",
                   "\xED\xBF\xBF", "\xF0\x8F\xBF\xBF", "\xF4\x90\x80\x80",
                   "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "\xF0\x9F\x98"}) {
    auto expected
      = "serialization_error: string is not valid UTF-8 from its "
        "byte 9 on";
    CAF_CHECK_EQUAL(encode("123456789"s + bad), expected);
    CAF_CHECK_EQUAL(encode("123456789"s + bad + "123456789"), expected);
    CAF_CHECK_EQUAL(encode(dict{{"123456789"s + bad, 1}}), expected);
  }
}

CAF_TEST(containers) {
  CAF_CHECK_EQUAL(encode(list{}), "[]");
  CAF_CHECK_EQUAL(encode(dict{}), "{}");
  CAF_CHECK_EQUAL(
    encode(list{1, list{2.5, "x"}, dict{{"a", dict{}}, {"b", 1}}}),
    R"([1,[2.5,"x"],{"a":{},"b":1}])");
}

CAF_TEST(keys become strings as in Python) {
  CAF_CHECK_EQUAL(encode(dict{{1, 1},
                              {"1", 2},
                              {1.5, 3},
                              {true, 4},
                              {nullptr, 5},
                              {std::nan(""), 6},
                              {-HUGE_VAL, 7},
                              {UINT64_MAX, 8}}),
                  R"({"1":1,"1":2,"1.5":3,"true":4,"null":5,"NaN":6,)"
                  R"("-Infinity":7,"18446744073709551615":8})");
  CAF_CHECK_EQUAL(encode(dict{{list{1}, 1}}),
                  "serialization_error: keys must be str, int, float, bool or "
                  "None, not list");
  CAF_CHECK_EQUAL(encode(dict{{byte_buffer{}, 1}}),
                  "serialization_error: keys must be str, int, float, bool or "
                  "None, not bytes");
}

CAF_TEST(bytes are refused) {
  CAF_CHECK_EQUAL(encode(list{1, byte_buffer{}}),
                  "serialization_error: No serializer found for type "
                  "\"bytes\"");
}

CAF_TEST(objects) {
  CAF_CHECK_EQUAL(encode(tagged{3, "agents/0"}),
                  R"({"__type__":[3,"agents/0"]})");
  auto x = list{object::make(point{7})};
  CAF_CHECK_EQUAL(encode(x),
                  "serialization_error: No serializer found for "
                  "type \"codec_tests::point\"");
  codec.types().reserve();
  CAF_REQUIRE(codec.types().add(point_serializer()));
  CAF_CHECK_EQUAL(encode(x), R"([{"__type__":[1,{"x":7}]}])");
}

CAF_TEST(writing keeps the nesting limit) {
  CAF_CHECK(encode(nested(64)).starts_with("{"));
  CAF_CHECK_EQUAL(encode(nested(65)),
                  "serialization_error: nested deeper than 64");
  codec_limits limits;
  limits.max_nesting = 2;
  codec.limits(limits);
  CAF_CHECK_EQUAL(encode(nested(2)), R"({"a":[null]})");
  CAF_CHECK_EQUAL(encode(tagged{1, 2}), R"({"__type__":[1,2]})");
  CAF_CHECK_EQUAL(encode(list{tagged{1, 2}}),
                  "serialization_error: nested deeper than 2");
  byte_buffer out;
  CAF_CHECK(codec.encode_message(0, 1, nested(2), out));
  CAF_CHECK_EQUAL(as_text(out), R"([0,1,{"a":[null]}])");
  CAF_CHECK(!codec.encode_message(0, 1, nested(3), out));
  CAF_CHECK(!codec.encode_message(0, nested(3), 1, out));
  limits.max_nesting = SIZE_MAX;
  codec.limits(limits);
  CAF_CHECK(encode(nested(1000)).starts_with("{"));
  CAF_CHECK_EQUAL(encode(nested(1001)),
                  "serialization_error: nested deeper than 1000");
}

CAF_TEST(writing keeps the size limit) {
  codec_limits limits;
  limits.max_size = 10;
  codec.limits(limits);
  auto error = "message_too_large: message is longer than 10 bytes";
  CAF_CHECK_EQUAL(encode("12345678"), R"("12345678")");
  CAF_CHECK_EQUAL(encode("123456789"), error);
  CAF_CHECK_EQUAL(encode("\x01\x01"), error);
  CAF_CHECK_EQUAL(encode(list{1, 2, 3, 4, 5}), error);
  CAF_CHECK_EQUAL(encode(list(1000000, 1)), error);
  CAF_CHECK_EQUAL(encode(std::string(1000000, '\x01')), error);
  CAF_CHECK_EQUAL(encode(dict{{"a", 12345}}), error);
  CAF_CHECK_EQUAL(encode(INT64_MIN), error);
  CAF_CHECK_EQUAL(encode(dict{{"a", 1234}}), R"({"a":1234})");
  byte_buffer out;
  CAF_CHECK(codec.encode_message(0, 1, 1234, out));
  CAF_CHECK(!codec.encode_message(0, 1, 12345, out));
  CAF_CHECK_EQUAL(as_text(out), "[0,1,1234]");
}

CAF_TEST(large messages) {
  list xs;
  for (auto i = 0; i < 100000; ++i)
    xs.push_back(list{i, std::string(static_cast<size_t>(i % 50), 'x')});
  byte_buffer out;
  CAF_REQUIRE(codec.encode(xs, out));
  CAF_CHECK_GREATER(out.size(), 2000000u);
  auto copy = codec.decode(out);
  CAF_REQUIRE(copy);
  CAF_CHECK(*copy == value{xs});
  CAF_CHECK_EQUAL(encode(1), "1");
  CAF_CHECK_EQUAL(decode("1"), "1");
}

// -- messages -----------------------------------------------------------------

CAF_TEST(messages) {
  CAF_CHECK_EQUAL(decode_message(R"([0,1,["f",[1],{}]])"),
                  "0 1 ['f', [1], {}]");
  CAF_CHECK_EQUAL(decode_message(R"([false,[1,{"a":2}],null])"),
                  "False [1, {'a': 2}] None");
  CAF_CHECK_EQUAL(decode_message(R"( [ "x" , null , [[1]] ] )"),
                  "'x' None [[1]]");
  byte_buffer out;
  CAF_REQUIRE(codec.encode_message(2, list{1}, dict{{"a", 1}}, out));
  CAF_CHECK_EQUAL(as_text(out), R"([2,[1],{"a":1}])");
}

CAF_TEST(bad contents leave the id) {
  CAF_CHECK_EQUAL(decode_message(R"([0,5,nope])"),
                  "0 5 Invalid value at byte 6");
  CAF_CHECK_EQUAL(decode_message(R"([0,5,)"), "0 5 Invalid value at byte 5");
  CAF_CHECK_EQUAL(decode_message(R"([0,"id",18446744073709551616])"),
                  "0 'id' integer does not fit into 64 bits at byte 8");
  CAF_CHECK_EQUAL(decode_message(R"([0,[5],"\ud800"])"),
                  "0 [5] lone surrogate in a string at byte 8");
  CAF_CHECK_EQUAL(decode_message("[0,5,\"\xFF\"]"),
                  "0 5 invalid UTF-8 at byte 6");
  CAF_CHECK_EQUAL(decode_message("[0,5,1]]"),
                  "0 5 The document root must not be followed by other values "
                  "at byte 7");
  CAF_CHECK_EQUAL(decode_message("[0,5,1]\0"sv),
                  "0 5 unexpected NUL at byte 7");
  CAF_CHECK_EQUAL(decode_message(R"([0,5,[1,{"__type__":[0,1]}]])"),
                  "0 5 No serializer found for type id 0 at byte 26");
  CAF_CHECK_EQUAL(decode_message("[0,5,[1,2,3"),
                  "0 5 Missing a comma or ']' after an array element at byte "
                  "11");
}

CAF_TEST(bad heads leave nothing) {
  CAF_CHECK_EQUAL(decode_message(""), "The document is empty at byte 0");
  CAF_CHECK_EQUAL(decode_message("["), "Invalid value at byte 1");
  CAF_CHECK_EQUAL(decode_message("[0,"), "Invalid value at byte 3");
  CAF_CHECK_EQUAL(decode_message("[0,[1,2,3"),
                  "Missing a comma or ']' after an array element at byte 9");
  CAF_CHECK_EQUAL(decode_message("[0,18446744073709551616,1]"),
                  "integer does not fit into 64 bits at byte 3");
  CAF_CHECK_EQUAL(decode_message(R"([0,{"__type__":[0,1]},1])"),
                  "No serializer found for type id 0 at byte 21");
  CAF_CHECK_EQUAL(decode_message("[0,\xFF,1]"), "invalid UTF-8 at byte 3");
}

CAF_TEST(not a triple) {
  auto start = "no triple expected a list of type, id and content, got "s;
  auto list_start = "expected a list of type, id and content, got a list of "s;
  CAF_CHECK(decode_message("{}").starts_with(start + "dict"));
  CAF_CHECK(decode_message("1").starts_with(start + "int"));
  CAF_CHECK(decode_message("null").starts_with(start + "None"));
  CAF_CHECK(decode_message("true").starts_with(start + "bool"));
  CAF_CHECK(decode_message("\"[0,1,2]\"").starts_with(start + "str"));
  CAF_CHECK(decode_message("[]").starts_with(start + "a list of 0"));
  CAF_CHECK(decode_message("[0]").starts_with(start + "a list of 1"));
  CAF_CHECK(
    decode_message("[0,5]").starts_with("0 5 no triple " + list_start + "2"));
  CAF_CHECK(decode_message("[0,5,1,2]")
              .starts_with("0 5 no triple " + list_start + "more than 3"));
  CAF_CHECK(decode_message("[0,5,1,[2")
              .starts_with("0 5 no triple " + list_start + "more than 3"));
}

CAF_TEST(the triple is no level of nesting) {
  CAF_CHECK(
    decode_message("[0,5," + in_lists("", 64) + "]").starts_with("0 5 ["));
  CAF_CHECK_EQUAL(decode_message("[0,5," + in_lists("", 65) + "]"),
                  "0 5 nested deeper than 64 at byte 70");
  CAF_CHECK_EQUAL(decode_message("[0," + in_lists("", 65) + ",5]"),
                  "nested deeper than 64 at byte 68");
}

CAF_TEST(errors leave no traces) {
  CAF_CHECK(decode_message("[0,5,[[[1,2,").starts_with("0 5 "));
  CAF_CHECK_EQUAL(decode_message(""), "The document is empty at byte 0");
  CAF_CHECK_EQUAL(decode("[1,2"),
                  "deserialization_error: Missing a comma or "
                  "']' after an array element at byte 4");
  CAF_CHECK_EQUAL(decode("[1]"), "[1]");
  CAF_CHECK_EQUAL(decode(R"("\n")"), R"('\n')");
  CAF_CHECK_EQUAL(decode_message("[0,1,[2]]"), "0 1 [2]");
}

// -- defaults for other codecs ------------------------------------------------

namespace {

// Brings nothing but what a codec must have.
class minimal_codec : public codec {
public:
  const char* name() const noexcept override {
    return "minimal";
  }

  outcome<void> encode(const value& x, byte_buffer& out) override {
    json_.limits(limits());
    return json_.encode(x, out);
  }

  outcome<value> decode(std::span<const std::byte> in) override {
    json_.limits(limits());
    return json_.decode(in);
  }

private:
  json_codec json_;
};

} // namespace

CAF_TEST(default functions for messages) {
  minimal_codec minimal;
  byte_buffer out;
  CAF_REQUIRE(minimal.encode_message(1, 2, nested(64), out));
  auto msg = minimal.decode_message(out);
  CAF_REQUIRE(!msg.error);
  CAF_REQUIRE(msg.head && msg.is_triple);
  CAF_CHECK_EQUAL(msg.head->type, value{1});
  CAF_CHECK_EQUAL(msg.head->id, value{2});
  CAF_CHECK_EQUAL(msg.content, nested(64));
  CAF_CHECK(!minimal.encode_message(1, 2, nested(65), out));
  CAF_CHECK_EQUAL(minimal.limits().max_nesting, 64u);
  msg = minimal.decode_message(as_bytes("[0,5,x]"));
  CAF_CHECK(msg.error && !msg.head && msg.is_triple);
  msg = minimal.decode_message(as_bytes("[0,5]"));
  CAF_CHECK(!msg.is_triple && !msg.head);
  CAF_REQUIRE(msg.error);
  CAF_CHECK_EQUAL(msg.error->text,
                  "expected a list of type, id and content, "
                  "got a list of 2");
  msg = minimal.decode_message(as_bytes("{}"));
  CAF_CHECK(msg.error && !msg.is_triple);
}

CAF_TEST(codecs by name) {
  auto make = codec_by_name("json");
  CAF_REQUIRE(make);
  CAF_CHECK_EQUAL(make()->name(), "json"s);
  CAF_CHECK(!codec_by_name("yaml"));
  CAF_CHECK(!codec_by_name(""));
}

CAF_TEST_FIXTURE_SCOPE_END()
