#define CAF_SUITE msgpack_decoding

#include "caf/aiomas/codec/msgpack.hpp"

#include "unit/core/codec_fixture.hpp"

#include <string>

using namespace codec_tests;
using namespace std::literals;

namespace {

using fixture = codec_fixture<msgpack_codec, hex_digits>;

constexpr auto bad = "deserialization_error: ";

// The key "__type__".
const auto type_key = "a85f5f747970655f5f"s;

} // namespace

CAF_TEST_FIXTURE_SCOPE(msgpack_decoding_tests, fixture)

// -- what is there ------------------------------------------------------------

CAF_TEST(numbers) {
  CAF_CHECK_EQUAL(decode("00"), "0");
  CAF_CHECK_EQUAL(decode("7f"), "127");
  CAF_CHECK_EQUAL(decode("e0"), "-32");
  CAF_CHECK_EQUAL(decode("ff"), "-1");
  CAF_CHECK_EQUAL(decode("ccff"), "255");
  CAF_CHECK_EQUAL(decode("cdffff"), "65535");
  CAF_CHECK_EQUAL(decode("ceffffffff"), "4294967295");
  CAF_CHECK_EQUAL(decode("cf7fffffffffffffff"), "9223372036854775807");
  CAF_CHECK_EQUAL(decode("cfffffffffffffffff"), "18446744073709551615");
  CAF_CHECK_EQUAL(decode("d080"), "-128");
  CAF_CHECK_EQUAL(decode("d18000"), "-32768");
  CAF_CHECK_EQUAL(decode("d280000000"), "-2147483648");
  CAF_CHECK_EQUAL(decode("d38000000000000000"), "-9223372036854775808");
  CAF_CHECK_EQUAL(decode("cb3ff8000000000000"), "1.5");
  CAF_CHECK_EQUAL(decode("cb8000000000000000"), "-0.0");
  CAF_CHECK_EQUAL(decode("ca3fc00000"), "1.5");
  CAF_CHECK_EQUAL(decode("ca7f800000"), "inf");
  CAF_CHECK_EQUAL(decode("ca7fc00000"), "nan");
}

CAF_TEST(encodings longer than needed) {
  CAF_CHECK_EQUAL(decode("cf0000000000000001"), "1");
  CAF_CHECK_EQUAL(decode("d30000000000000001"), "1");
  CAF_CHECK_EQUAL(decode("d001"), "1");
  CAF_CHECK_EQUAL(decode("db0000000161"), "'a'");
  CAF_CHECK_EQUAL(decode("db00000000"), "''");
  CAF_CHECK_EQUAL(decode("c600000000"), "b''");
  CAF_CHECK_EQUAL(decode("dd0000000101"), "[1]");
  CAF_CHECK_EQUAL(decode("dd00000000"), "[]");
  CAF_CHECK_EQUAL(decode("df00000000"), "{}");
  CAF_CHECK_EQUAL(decode("df00000001a16101"), "{'a': 1}");
  // The kind stays what it should be.
  auto x = codec.decode(unhex("d30000000000000001"));
  CAF_REQUIRE(x);
  CAF_CHECK(*x == value{1});
}

CAF_TEST(text and bytes) {
  CAF_CHECK_EQUAL(decode("a0"), "''");
  CAF_CHECK_EQUAL(decode("92a0a161"), "['', 'a']");
  CAF_CHECK_EQUAL(decode("a2c3a4"), "'\xC3\xA4'");
  CAF_CHECK_EQUAL(decode("d903616263"), "'abc'");
  CAF_CHECK_EQUAL(decode("da0003616263"), "'abc'");
  CAF_CHECK_EQUAL(decode("c400"), "b''");
  CAF_CHECK_EQUAL(decode("c403ff0061"), "b'\\xff\\x00a'");
  CAF_CHECK_EQUAL(decode("c50001ff"), "b'\\xff'");
}

CAF_TEST(extensions are handed through) {
  for (std::string digits :
       {"d40501", "d5050102", "d6ff00000001", "d7ff0000000100000002",
        "d8000102030405060708090a0b0c0d0e0f10", "c70005", "c70305010203",
        "c70cff000000010000000000000002", "d48001", "d47f01"}) {
    auto x = codec.decode(unhex(digits));
    CAF_REQUIRE(x);
    CAF_CHECK(x->type() == value::kind::extension);
    CAF_CHECK_EQUAL(encode(*x), digits);
  }
  for (size_t n : {17u, 255u, 256u, 65535u, 65536u}) {
    extension x{-7, byte_buffer(n, std::byte{1})};
    byte_buffer out;
    CAF_REQUIRE(codec.encode(x, out));
    auto copy = codec.decode(out);
    CAF_REQUIRE(copy);
    CAF_CHECK(*copy == value{x});
  }
  CAF_CHECK_EQUAL(decode("c800010561"), decode("d40561"));
  CAF_CHECK_EQUAL(decode("c900000000ff"), decode("c700ff"));
}

CAF_TEST(keys of any kind) {
  CAF_CHECK_EQUAL(decode("86 0101 a13102 c203 c004 cb3ff800000000000005 "
                         "92019006"),
                  "{1: 1, '1': 2, False: 3, None: 4, 1.5: 5, [1, []]: 6}");
  CAF_CHECK_EQUAL(decode("81c40161c0"), "{b'a': None}");
  CAF_CHECK_EQUAL(decode("83 a16101 a16202 a16103"), "{'a': 3, 'b': 2}");
}

CAF_TEST(dicts are no keys) {
  CAF_CHECK_EQUAL(decode("818001"), bad + "unhashable type: 'dict' at byte 1"s);
  CAF_CHECK_EQUAL(decode("8181a1610102"),
                  bad + "unhashable type: 'dict' at byte 4"s);
  CAF_CHECK(decode("8191808001").starts_with(bad + "unhashable"s));
  CAF_CHECK(decode("8192019191800101").starts_with(bad + "unhashable"s));
  CAF_CHECK_EQUAL(decode("9181a16180"), "[{'a': {}}]");
  // Objects are for their types to decide.
  codec.types().reserve();
  CAF_CHECK_EQUAL(decode("81 81" + type_key + "920080 01"),
                  "{<object of type 0: {}>: 1}");
}

// -- what is not --------------------------------------------------------------

CAF_TEST(broken input) {
  CAF_CHECK_EQUAL(decode(""), bad + "unexpected end at byte 0"s);
  CAF_CHECK_EQUAL(decode("c1"), bad + "invalid type of a value at byte 0"s);
  CAF_CHECK_EQUAL(decode("9201c1"), bad + "invalid type of a value at byte 2"s);
  CAF_CHECK_EQUAL(decode("0100"), bad + "more than one value at byte 1"s);
  CAF_CHECK_EQUAL(decode("9000"), bad + "more than one value at byte 1"s);
  CAF_CHECK_EQUAL(decode("c0c1"), bad + "more than one value at byte 1"s);
  CAF_CHECK_EQUAL(decode("9101c0c0"), bad + "more than one value at byte 2"s);
  CAF_CHECK_EQUAL(decode("92a16192"), bad + "unexpected end at byte 4"s);
}

CAF_TEST(invalid UTF8) {
  auto at = [](size_t n) {
    return bad + "invalid UTF-8 at byte "s + std::to_string(n);
  };
  CAF_CHECK_EQUAL(decode("a1ff"), at(1));
  CAF_CHECK_EQUAL(decode("92a161a36162ff"), at(6));
  CAF_CHECK_EQUAL(decode("d903eda080"), at(2));
  CAF_CHECK_EQUAL(decode("a1c3"), at(1));
  CAF_CHECK_EQUAL(decode("81a18001"), at(2));
  CAF_CHECK_EQUAL(decode("a2c080"), at(1));
}

CAF_TEST(all prefixes of a value are errors) {
  auto whole = unhex(
    "df00000001 a161 dc000b cdffff d280000000 ca3fc00000 "
    "cb3ff8000000000000 d903616263 da0001 61 c402ffff "
    "c50001 ff 93c0c2c3 dd00000001 ccff cf7fffffffffffffff");
  CAF_REQUIRE(decode_bytes(whole).starts_with("{'a': [65535, "));
  for (size_t n = 0; n < whole.size(); ++n) {
    byte_buffer part{whole.begin(), whole.begin() + static_cast<long>(n)};
    CAF_CHECK_EQUAL(decode_bytes(part),
                    bad + "unexpected end at byte "s + std::to_string(n));
  }
}

CAF_TEST(announced lengths are not believed) {
  for (std::string digits :
       {"ddffffffff", "dfffffffff", "dbffffffff", "c6ffffffff", "c9ffffffff",
        "c9ffffffff01", "ddffffffff01", "dfffffffff01", "dbffffffff61",
        "dcffff", "deffff", "daffff", "c5ffff", "c8ffff", "d9ff", "c4ff",
        "c7ff", "d8", "d801"}) {
    CAF_MESSAGE(digits);
    auto error = bad + "unexpected end at byte "s;
    CAF_CHECK_EQUAL(decode(digits), error + std::to_string(digits.size() / 2));
    // Nested as deep as possible, each with such a claim.
    if (digits.starts_with("dd")) {
      std::string all;
      for (auto i = 0; i < 60; ++i)
        all += "ddffffffff";
      CAF_CHECK_EQUAL(decode(all), error + "300");
    }
  }
  CAF_CHECK(decode_message("ddffffffff").starts_with("unexpected end"));
  CAF_CHECK_EQUAL(decode_message("ddffffffff0005c0"),
                  "0 5 unexpected end at byte 8");
  CAF_CHECK(decode_message("ddffffffff0005c0c0").starts_with("0 5 no triple"));
}

CAF_TEST(reading keeps the nesting limit) {
  check_reading_keeps_the_nesting_limit(std::byte{0x91}, 0);
  // Dicts as keys and as values count, too.
  max_nesting(64);
  CAF_CHECK(decode_bytes(byte_buffer(10000000, std::byte{0x81}))
              .ends_with("nested deeper than 64 at byte 64"));
}

// -- messages -----------------------------------------------------------------

CAF_TEST(messages) {
  check_messages();
  CAF_CHECK_EQUAL(decode_message("dc000300cd000510"), "0 5 16");
  CAF_CHECK_EQUAL(decode_message("93810102c40161cb3ff8000000000000"),
                  "{1: 2} b'a' 1.5");
}

CAF_TEST(bad contents leave the id) {
  CAF_CHECK_EQUAL(decode_message("930005c1"),
                  "0 5 invalid type of a value at byte 3");
  CAF_CHECK_EQUAL(decode_message("930005"), "0 5 unexpected end at byte 3");
  CAF_CHECK_EQUAL(decode_message("9300a26964a2c0"),
                  "0 'id' unexpected end at byte 7");
  CAF_CHECK_EQUAL(decode_message("930005a1ff"), "0 5 invalid UTF-8 at byte 4");
  CAF_CHECK_EQUAL(decode_message("930005c0c0"),
                  "0 5 more than one value at byte 4");
  CAF_CHECK_EQUAL(decode_message("9300058180c0"),
                  "0 5 unhashable type: 'dict' at byte 4");
  CAF_CHECK_EQUAL(decode_message("930005 81" + type_key + "920001"),
                  "0 5 No serializer found for type id 0 at byte 15");
}

CAF_TEST(bad heads leave nothing) {
  CAF_CHECK_EQUAL(decode_message(""), "unexpected end at byte 0");
  CAF_CHECK_EQUAL(decode_message("93"), "unexpected end at byte 1");
  CAF_CHECK_EQUAL(decode_message("9300"), "unexpected end at byte 2");
  CAF_CHECK_EQUAL(decode_message("9300a1ffc0"), "invalid UTF-8 at byte 3");
  CAF_CHECK_EQUAL(decode_message("9300930102"), "unexpected end at byte 5");
}

CAF_TEST(not a triple) {
  check_not_a_triple();
  auto start = "no triple expected a list of type, id and content, got "s;
  CAF_CHECK(decode_message("c40161").starts_with(start + "bytes"));
  CAF_CHECK(decode_message("d40501").starts_with(start + "ExtType"));
  CAF_CHECK(decode_message("a1ff").starts_with(start + "str"));
  CAF_CHECK(decode_message("94000501a1ff")
              .starts_with("0 5 " + start + "a list of more than 3"));
}

CAF_TEST(the triple is no level of nesting) {
  check_the_triple_is_no_level(67, 66);
}

CAF_TEST(errors leave no traces) {
  check_errors_leave_no_traces();
}

// -- large text and bytes
// ------------------------------------------------------

namespace {

// A message with bytes, text and an extension, each of this size, and then
// nothing but more bytes of another size.
byte_buffer large_message(size_t size, size_t rest) {
  byte_buffer result;
  msgpack_codec codec;
  CAF_REQUIRE(codec.encode_message(
    0, 1,
    list{byte_buffer(size), std::string(size, 'x'),
         extension{1, byte_buffer(size)}, dict{{std::string(size, 'y'), 2}},
         byte_buffer(rest)},
    result));
  return result;
}

template <class T>
bool is_shared(const value& x) {
  return x.get_if<T>() != nullptr;
}

} // namespace

CAF_TEST(large text and bytes stay where they are) {
  auto frame = std::make_shared<byte_buffer>(large_message(4096, 0));
  auto msg = codec.decode_message(*frame, frame);
  CAF_REQUIRE(!msg.error);
  auto& xs = *msg.content.get_if<list>();
  CAF_CHECK(is_shared<shared_bytes>(xs[0]));
  CAF_CHECK(is_shared<shared_string>(xs[1]));
  CAF_CHECK(!is_shared<shared_bytes>(xs[2]));
  CAF_CHECK(is_shared<shared_string>(xs[3].get_if<dict>()->begin()->first));
  auto bytes = *xs[0].get_if<std::span<const std::byte>>();
  CAF_CHECK(bytes.data() > frame->data()
            && bytes.data() < frame->data() + frame->size());
  CAF_CHECK_EQUAL(frame.use_count(), 4);
  byte_buffer out;
  CAF_REQUIRE(codec.encode_message(0, 1, msg.content, out));
  CAF_CHECK(out == *frame);
  msg.content = nullptr;
  CAF_CHECK_EQUAL(frame.use_count(), 1);
}

CAF_TEST(small parts are copied) {
  auto check = [this](size_t size, size_t rest, bool shared, bool owned) {
    auto frame = std::make_shared<byte_buffer>(large_message(size, rest));
    auto msg = codec.decode_message(*frame, owned ? frame : nullptr);
    CAF_REQUIRE(!msg.error);
    auto& xs = *msg.content.get_if<list>();
    CAF_CHECK_EQUAL(is_shared<shared_bytes>(xs[0]), shared);
    CAF_CHECK_EQUAL(is_shared<shared_string>(xs[1]), shared);
  };
  check(4096, 0, true, true);
  check(4095, 0, false, true);
  check(4096, 0, false, false);
  check(4096, 240000, true, true);
  check(4096, 260000, false, true);
}

// -- objects ------------------------------------------------------------------

CAF_TEST(objects are resolved) {
  check_objects_are_resolved();
  CAF_CHECK_EQUAL(decode("82" + type_key + "03" + type_key + "920001"),
                  "<object of type 0: 1>");
  CAF_CHECK_EQUAL(decode("83c001" + type_key + "92c381a17807 0102"),
                  "<codec_tests::point object>");
  // Bytes are not text.
  CAF_CHECK_EQUAL(decode("81c4085f5f747970655f5f01"), "{b'__type__': 1}");
}

CAF_TEST(bad objects) {
  check_bad_objects(12);
}

CAF_TEST(objects are kept) {
  check_objects_are_kept();
  CAF_CHECK_EQUAL(decode("82" + type_key + "920701 0102"),
                  "{'__type__': [7, 1], 1: 2}");
}

CAF_TEST_FIXTURE_SCOPE_END()
