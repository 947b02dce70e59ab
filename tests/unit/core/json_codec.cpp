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
  check_invalid_text_is_refused();
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
  check_objects_are_written(R"({"__type__":[3,"agents/0"]})",
                            R"([{"__type__":[1,{"x":7}]}])");
}

CAF_TEST(dicts that look like objects are refused) {
  check_dicts_that_look_like_objects_are_refused();
}

CAF_TEST(writing keeps the nesting limit) {
  check_writing_keeps_the_nesting_limit(R"([0,1,{"a":[null]}])");
}

CAF_TEST(writing keeps the size limit) {
  check_writing_keeps_the_size_limit({"12345678", dict{{"a", 1234}}},
                                     {"123456789", "\x01\x01",
                                      list{1, 2, 3, 4, 5}, dict{{"a", 12345}},
                                      INT64_MIN});
}

CAF_TEST(messages keep the size limit) {
  check_messages_keep_the_size_limit(1234, 12345);
}

CAF_TEST(large messages) {
  check_large_messages(2000000);
}

// -- messages -----------------------------------------------------------------

CAF_TEST(messages) {
  check_messages();
  CAF_CHECK_EQUAL(decode_message(R"( [ "x" , null , [[1]] ] )"),
                  "'x' None [[1]]");
  CAF_CHECK_EQUAL(encode_message(2, list{1}, dict{{"a", 1}}),
                  R"([2,[1],{"a":1}])");
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
  check_not_a_triple();
  // The rest does not matter.
  CAF_CHECK(decode_message("[0,5,1,[2")
              .starts_with("0 5 no triple expected a list of type, id and "
                           "content, got a list of more than 3"));
}

CAF_TEST(the triple is no level of nesting) {
  check_the_triple_is_no_level(70, 68);
}

CAF_TEST(errors leave no traces) {
  check_errors_leave_no_traces();
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
  CAF_CHECK_EQUAL(codec_names(), "json, msgpack, msgpack_blosc");
}

CAF_TEST_FIXTURE_SCOPE_END()
