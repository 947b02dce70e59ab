#define CAF_SUITE msgpack_codec

#include "caf/aiomas/codec/msgpack.hpp"

#include "unit/core/codec_fixture.hpp"

#include <cmath>
#include <string>

using namespace codec_tests;
using namespace std::literals;

namespace {

using fixture = codec_fixture<msgpack_codec, hex_digits>;

std::string repeated(const std::string& digits, size_t n) {
  std::string result;
  for (size_t i = 0; i < n; ++i)
    result += digits;
  return result;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(msgpack_codec_tests, fixture)

CAF_TEST(scalars) {
  CAF_CHECK_EQUAL(codec.name(), "msgpack"s);
  CAF_CHECK_EQUAL(encode(nullptr), "c0");
  CAF_CHECK_EQUAL(encode(false), "c2");
  CAF_CHECK_EQUAL(encode(true), "c3");
}

CAF_TEST(integers are as short as possible) {
  CAF_CHECK_EQUAL(encode(0), "00");
  CAF_CHECK_EQUAL(encode(127), "7f");
  CAF_CHECK_EQUAL(encode(128), "cc80");
  CAF_CHECK_EQUAL(encode(255), "ccff");
  CAF_CHECK_EQUAL(encode(256), "cd0100");
  CAF_CHECK_EQUAL(encode(65535), "cdffff");
  CAF_CHECK_EQUAL(encode(65536), "ce00010000");
  CAF_CHECK_EQUAL(encode(4294967295), "ceffffffff");
  CAF_CHECK_EQUAL(encode(4294967296), "cf0000000100000000");
  CAF_CHECK_EQUAL(encode(INT64_MAX), "cf7fffffffffffffff");
  CAF_CHECK_EQUAL(encode(UINT64_MAX), "cfffffffffffffffff");
  CAF_CHECK_EQUAL(encode(-1), "ff");
  CAF_CHECK_EQUAL(encode(-32), "e0");
  CAF_CHECK_EQUAL(encode(-33), "d0df");
  CAF_CHECK_EQUAL(encode(-128), "d080");
  CAF_CHECK_EQUAL(encode(-129), "d1ff7f");
  CAF_CHECK_EQUAL(encode(-32768), "d18000");
  CAF_CHECK_EQUAL(encode(-32769), "d2ffff7fff");
  CAF_CHECK_EQUAL(encode(INT32_MIN), "d280000000");
  CAF_CHECK_EQUAL(encode(int64_t{INT32_MIN} - 1), "d3ffffffff7fffffff");
  CAF_CHECK_EQUAL(encode(INT64_MIN), "d38000000000000000");
}

CAF_TEST(floats never become integers) {
  CAF_CHECK_EQUAL(encode(1.0), "cb3ff0000000000000");
  CAF_CHECK_EQUAL(encode(0.0), "cb0000000000000000");
  CAF_CHECK_EQUAL(encode(-0.0), "cb8000000000000000");
  CAF_CHECK_EQUAL(encode(0.1), "cb3fb999999999999a");
  CAF_CHECK_EQUAL(encode(1e300), "cb7e37e43c8800759c");
  CAF_CHECK_EQUAL(encode(HUGE_VAL), "cb7ff0000000000000");
  CAF_CHECK_EQUAL(encode(-HUGE_VAL), "cbfff0000000000000");
  CAF_CHECK_EQUAL(encode(std::nan("")), "cb7ff8000000000000");
}

CAF_TEST(text and bytes) {
  auto text = [this](size_t n) { return encode(std::string(n, 'a')); };
  CAF_CHECK_EQUAL(text(0), "a0");
  CAF_CHECK_EQUAL(text(31), "bf" + repeated("61", 31));
  CAF_CHECK_EQUAL(text(32), "d920" + repeated("61", 32));
  CAF_CHECK_EQUAL(text(255), "d9ff" + repeated("61", 255));
  CAF_CHECK_EQUAL(text(256), "da0100" + repeated("61", 256));
  CAF_CHECK_EQUAL(text(65536), "db00010000" + repeated("61", 65536));
  CAF_CHECK_EQUAL(encode("\xC3\xA4"), "a2c3a4");
  auto bytes = [this](size_t n) { return encode(byte_buffer(n)); };
  CAF_CHECK_EQUAL(bytes(0), "c400");
  CAF_CHECK_EQUAL(bytes(255), "c4ff" + repeated("00", 255));
  CAF_CHECK_EQUAL(bytes(256), "c50100" + repeated("00", 256));
  CAF_CHECK_EQUAL(bytes(65536), "c600010000" + repeated("00", 65536));
}

CAF_TEST(shared text and bytes) {
  CAF_CHECK_EQUAL(encode(shared_string{"abc"s}), "a3616263");
  CAF_CHECK_EQUAL(encode(shared_bytes{byte_buffer(2)}), "c4020000");
  CAF_CHECK_EQUAL(encode(dict{{shared_string{"a"s}, 1}}), "81a16101");
}

CAF_TEST(extensions) {
  CAF_CHECK_EQUAL(encode(extension{5, {}}), "c70005");
  CAF_CHECK_EQUAL(encode(extension{5, byte_buffer(1)}), "d40500");
  CAF_CHECK_EQUAL(encode(extension{5, byte_buffer(3)}), "c70305000000");
  CAF_CHECK_EQUAL(encode(extension{-1, byte_buffer(4)}), "d6ff00000000");
}

CAF_TEST(invalid text is refused) {
  check_invalid_text_is_refused();
}

CAF_TEST(containers) {
  CAF_CHECK_EQUAL(encode(list{}), "90");
  CAF_CHECK_EQUAL(encode(dict{}), "80");
  CAF_CHECK_EQUAL(encode(list(15)), "9f" + repeated("c0", 15));
  CAF_CHECK_EQUAL(encode(list(16)), "dc0010" + repeated("c0", 16));
  CAF_CHECK_EQUAL(encode(list(65536)), "dd00010000" + repeated("c0", 65536));
  dict xs;
  for (auto i = 0; i < 15; ++i)
    xs.set(std::string(1, static_cast<char>('a' + i)), i);
  CAF_CHECK(encode(xs).starts_with("8fa16100a16201"));
  xs.set("x", 1);
  CAF_CHECK(encode(xs).starts_with("de0010a16100a16201"));
  CAF_CHECK_EQUAL(encode(list{1, list{"x"}, dict{{"a", dict{}}}}),
                  "930191a17881a16180");
}

CAF_TEST(keys of any kind) {
  CAF_CHECK_EQUAL(encode(dict{{1, 1},
                              {"1", 2},
                              {1.5, 3},
                              {true, 4},
                              {nullptr, 5},
                              {byte_buffer{}, 6},
                              {list{1, list{}}, 7}}),
                  "870101a13102cb3ff800000000000003c304c005c40006"
                  "92019007");
  auto error = "serialization_error: unhashable type: 'dict'";
  CAF_CHECK_EQUAL(encode(dict{{dict{}, 1}}), error);
  CAF_CHECK_EQUAL(encode(list{dict{{list{1, list{dict{}}}, 1}}}), error);
  // What becomes of an object is for its type to know.
  CAF_CHECK_EQUAL(encode(dict{{tagged{0, dict{}}, 1}}),
                  "8181a85f5f747970655f5f92008001");
}

CAF_TEST(objects) {
  check_objects_are_written("81a85f5f747970655f5f9203a86167656e74732f30",
                            "9181a85f5f747970655f5f920181a17807");
}

CAF_TEST(dicts that look like objects are refused) {
  check_dicts_that_look_like_objects_are_refused();
  CAF_CHECK(encode(dict{{byte_buffer(8), 1}}).starts_with("81c408"));
}

CAF_TEST(writing keeps the nesting limit) {
  check_writing_keeps_the_nesting_limit("93000181a16191c0");
  max_nesting(2);
  CAF_CHECK_EQUAL(encode(dict{{list{list{}}, 1}}),
                  "serialization_error: nested deeper than 2");
}

CAF_TEST(writing keeps the size limit) {
  check_writing_keeps_the_size_limit({"123456789", byte_buffer(8), list(9)},
                                     {"1234567890", byte_buffer(9), list(10),
                                      list{1.0, 1},
                                      dict{{"abcdefg", 1}, {"b", 2}}});
}

CAF_TEST(messages keep the size limit) {
  check_messages_keep_the_size_limit("123456", "1234567");
}

CAF_TEST(large messages) {
  check_large_messages(2000000);
}

CAF_TEST_FIXTURE_SCOPE_END()
