#define CAF_SUITE blosc_codec

#include "caf/aiomas/codec/msgpack.hpp"
#include "caf/aiomas/codec/msgpack_blosc.hpp"

#include "unit/core/codec_fixture.hpp"

#include <atomic>
#include <latch>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

using namespace codec_tests;
using namespace std::literals;

namespace {

using fixture = codec_fixture<msgpack_blosc_codec, hex_digits>;

constexpr auto bad = "deserialization_error: ";

// Compresses well.
value sample(size_t n) {
  list xs;
  for (size_t i = 0; i < n; ++i)
    xs.push_back(dict{{"name", "agent " + std::to_string(i % 7)}, {"x", i}});
  return xs;
}

// Does not.
byte_buffer noise(size_t n) {
  std::mt19937 random{1};
  byte_buffer result(n);
  for (auto& x : result)
    x = static_cast<std::byte>(random());
  return result;
}

byte_buffer packed(codec& how, const value& x) {
  byte_buffer out;
  CAF_REQUIRE(how.encode_message(0, 1, x, out));
  return out;
}

// What holds the MsgPack `digits` as they are, of less than 256 bytes.
std::string stored(const std::string& digits) {
  auto number = [](size_t x) {
    byte_buffer bytes(4);
    bytes[0] = static_cast<std::byte>(x);
    return detail::to_hex(bytes);
  };
  auto size = digits.size() / 2;
  auto block = size < 8 ? size : size / 8 * 8; // has items of 8 bytes
  return "02011308" + number(size) + number(block) + number(16 + size) + digits;
}

size_t flags_of(const byte_buffer& x) {
  return std::to_integer<size_t>(x.at(2));
}

std::unique_ptr<codec> make_codec(blosc_options options) {
  auto factory = msgpack_blosc_codec::with(std::move(options));
  if (!factory)
    CAF_FAIL(to_string(factory.error()));
  return (*factory)();
}

std::string problem_of(blosc_options options) {
  auto factory = msgpack_blosc_codec::with(std::move(options));
  return factory ? "none" : to_string(factory.error());
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(blosc_codec_tests, fixture)

// -- writing ------------------------------------------------------------------

CAF_TEST(small messages are stored) {
  CAF_CHECK_EQUAL(codec.name(), "msgpack_blosc"s);
  CAF_CHECK_EQUAL(encode(nullptr), "02011308010000000100000011000000c0");
}

CAF_TEST(large messages are compressed) {
  auto x = sample(1000);
  auto out = packed(codec, x);
  byte_buffer plain;
  msgpack_codec inner;
  CAF_REQUIRE(inner.encode_message(0, 1, x, plain));
  CAF_CHECK_LESS(out.size(), plain.size() / 2);
  auto msg = codec.decode_message(out);
  CAF_REQUIRE(!msg.error);
  CAF_CHECK(msg.content == x);
  // What cannot be compressed costs no more than the header.
  CAF_CHECK_EQUAL(packed(codec, noise(100000)).size(), 16u + 3u + 5u + 100000u);
}

CAF_TEST(all options can be read) {
  auto x = list{sample(500), noise(2000), std::string(5000, 'x')};
  size_t checked = 0;
  for (auto compressor :
       {"blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"}) {
    for (auto shuffle :
         {blosc_shuffle::none, blosc_shuffle::byte, blosc_shuffle::bit}) {
      for (auto [level, type_size] : {std::pair{0, 1u}, {1, 8u}, {9, 255u}}) {
        auto options = blosc_options{compressor, level, shuffle, type_size};
        // A library may have been built without it.
        if (problem_of(options).find("no compressor") != std::string::npos)
          continue;
        auto out = packed(*make_codec(options), x);
        auto msg = codec.decode_message(out);
        CAF_REQUIRE(!msg.error);
        CAF_CHECK(msg.content == x);
        ++checked;
      }
    }
  }
  CAF_CHECK_GREATER_OR_EQUAL(checked, 9u);
}

CAF_TEST(options are checked) {
  CAF_CHECK_EQUAL(problem_of({}), "none");
  auto unknown = problem_of({"gzip"});
  CAF_CHECK(
    unknown.starts_with("invalid_argument: c-blosc has no compressor "
                        "\"gzip\", but blosclz"));
  CAF_CHECK(problem_of({""}).starts_with("invalid_argument"));
  auto level = "invalid_argument: compression levels go from 0 to 9";
  CAF_CHECK_EQUAL(problem_of({"blosclz", -1}), level);
  CAF_CHECK_EQUAL(problem_of({"blosclz", 10}), level);
  auto size = "invalid_argument: Blosc's type sizes go from 1 to 255";
  CAF_CHECK_EQUAL(problem_of({"blosclz", 9, blosc_shuffle::none, 0}), size);
  CAF_CHECK_EQUAL(problem_of({"blosclz", 9, blosc_shuffle::none, 256}), size);
  auto stored = packed(*make_codec({"blosclz", 0}), sample(1000));
  CAF_CHECK_EQUAL(flags_of(stored) & 2, 2u);
}

CAF_TEST(writing keeps the size limit) {
  max_size(100);
  auto error = "message_too_large: message is longer than 100 bytes";
  CAF_CHECK_EQUAL(encode(byte_buffer(99)), error);
  CAF_CHECK_EQUAL(encode(std::string(1000000, 'x')), error);
  // The header counts as well.
  CAF_CHECK_EQUAL(encode(byte_buffer(84)),
                  "message_too_large: compressed message is longer than 100 "
                  "bytes");
  CAF_CHECK_EQUAL(encode(byte_buffer(82)).size(), 2 * 100u);
}

CAF_TEST(writing keeps the nesting limit) {
  check_writing_keeps_the_nesting_limit(stored("93000181a16191c0"));
}

CAF_TEST(invalid text is refused) {
  check_invalid_text_is_refused();
}

CAF_TEST(large messages) {
  check_large_messages(100000);
}

// -- reading ------------------------------------------------------------------

CAF_TEST(stored messages) {
  auto header = "02010208"s;
  CAF_CHECK_EQUAL(decode(header + "01000000 01000000 11000000 07"), "7");
  // Any type size, and version 1.
  CAF_CHECK_EQUAL(decode("020102ff 01000000 01000000 11000000 07"), "7");
  CAF_CHECK_EQUAL(decode("01010208 01000000 01000000 11000000 07"), "7");
  CAF_CHECK_EQUAL(
    decode_message(header + "04000000 04000000 14000000 930005c0"), "0 5 None");
  CAF_CHECK_EQUAL(
    decode_message(header + "04000000 01000000 14000000 930005c1"),
    "0 5 invalid type of a value at byte 3");
}

CAF_TEST(bad headers) {
  auto at = [](const char* what, size_t n) {
    return bad + (what + " at byte "s) + std::to_string(n);
  };
  auto length = "Blosc's length of its data is not that of the payload";
  auto sizes = "Blosc's data have another length than announced";
  auto blocks = "Blosc's block size is 0 or longer than the data";
  auto version = "unknown version of Blosc's format";
  CAF_CHECK_EQUAL(decode(""), at("payload is shorter than Blosc's header", 0));
  CAF_CHECK_EQUAL(decode("c0"),
                  at("payload is shorter than Blosc's header", 1));
  CAF_CHECK_EQUAL(decode("00010208 01000000 01000000 11000000 07"),
                  at(version, 0));
  CAF_CHECK_EQUAL(decode("03010208 01000000 01000000 11000000 07"),
                  at(version, 0));
  CAF_CHECK_EQUAL(decode("02010a08 01000000 01000000 11000000 07"),
                  at("unknown flag in Blosc's header", 2));
  CAF_CHECK_EQUAL(decode("02010200 01000000 01000000 11000000 07"),
                  at("Blosc's type size is 0", 3));
  CAF_CHECK_EQUAL(decode("02010208 01000000 00000000 11000000 07"),
                  at(blocks, 8));
  CAF_CHECK_EQUAL(decode("02010208 01000000 02000000 11000000 07"),
                  at(blocks, 8));
  CAF_CHECK_EQUAL(decode("02010208 01000000 01000000 10000000 07"),
                  at(length, 12));
  CAF_CHECK_EQUAL(decode("02010208 01000000 01000000 12000000 07"),
                  at(length, 12));
  CAF_CHECK_EQUAL(decode("02010208 01000000 01000000 12000000 0707"),
                  at(sizes, 4));
  CAF_CHECK_EQUAL(decode("02010208 03000000 01000000 12000000 0707"),
                  at(sizes, 4));
  // Compressed, with a block for each byte.
  CAF_CHECK_EQUAL(decode("02011108 ffffff03 01000000 14000000 00000000"),
                  at(sizes, 4));
  CAF_CHECK_EQUAL(decode("02011108 ffffffff 01000000 14000000 00000000"),
                  bad
                    + "decompressed payload would be longer than 67108864 "
                      "bytes at byte 4"s);
  CAF_CHECK_EQUAL(decode("02011108 ffffff03 ffffff03 14000000 14000000"),
                  at("corrupt Blosc data", 16));
}

CAF_TEST(nothing) {
  CAF_CHECK_EQUAL(decode("02011308 00000000 01000000 10000000"),
                  bad + "unexpected end at byte 0"s);
  CAF_CHECK_EQUAL(decode("02011308 00000000 00000000 11000000 c0"),
                  bad + "data of length 0 with bytes at byte 16"s);
}

CAF_TEST(messages) {
  check_messages();
}

CAF_TEST(not a triple) {
  check_not_a_triple();
}

CAF_TEST(the triple is no level of nesting) {
  check_the_triple_is_no_level(67, 66);
}

CAF_TEST(unknown compressors) {
  // The upper three bits of the flags.
  CAF_CHECK_EQUAL(decode("0201b108 80000000 80000000 18000000 14000000"
                         "00000000"),
                  bad
                    + "c-blosc was built without the compressor number 5 at "
                      "byte 2"s);
  CAF_CHECK_EQUAL(decode("02071108 80000000 80000000 18000000 14000000"
                         "00000000"),
                  bad + "unknown version of a compressor's format at byte 1"s);
}

CAF_TEST(reading keeps the limits) {
  auto out = packed(codec, std::string(100000, 'x'));
  CAF_CHECK_LESS(out.size(), 5000u);
  max_size(100000);
  auto msg = codec.decode_message(out);
  CAF_REQUIRE(msg.error);
  CAF_CHECK(!msg.head);
  CAF_CHECK_EQUAL(msg.error->text,
                  "decompressed payload would be longer than "
                  "100000 bytes at byte 4");
  max_size(100008);
  CAF_CHECK(!codec.decode_message(out).error);
}

CAF_TEST(all prefixes of a message are errors) {
  auto out = packed(codec, sample(100));
  for (size_t n = 0; n < out.size(); ++n) {
    byte_buffer part{out.begin(), out.begin() + static_cast<long>(n)};
    CAF_CHECK(decode_bytes(part).starts_with(bad));
    // Also if the header says so.
    if (n >= 16) {
      part[12] = static_cast<std::byte>(n);
      part[13] = static_cast<std::byte>(n >> 8);
      CAF_CHECK(decode_bytes(part).starts_with(bad));
    }
  }
}

CAF_TEST(flipped bits do no harm) {
  std::mt19937 random{7};
  auto x = list{sample(300), std::string(10000, 'x'), noise(300)};
  size_t refused = 0;
  for (auto compressor :
       {"blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd"}) {
    if (!msgpack_blosc_codec::with({compressor}))
      continue;
    for (auto shuffle : {blosc_shuffle::byte, blosc_shuffle::bit}) {
      auto good = packed(*make_codec({compressor, 5, shuffle}), x);
      for (auto i = 0; i < 500; ++i) {
        auto broken = good;
        for (auto flips = random() % 4 + 1; flips > 0; --flips) {
          auto bit = random() % (8 * broken.size());
          // Half of them where the structure is.
          if (random() % 2 == 0)
            bit %= 8 * 64;
          broken[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
        }
        broken.shrink_to_fit();
        refused += codec.decode_message(broken).error ? 1 : 0;
      }
    }
  }
  CAF_CHECK_GREATER(refused, 1000u);
}

// -- threads ------------------------------------------------------------------

// Each connection has a codec of its own, in whatever thread. They must not
// share what Blosc keeps globally unless it is told not to.
CAF_TEST(codecs work in several threads at once) {
  constexpr size_t threads = 4;
  constexpr size_t rounds = 200;
  const char* compressors[] = {"blosclz", "lz4", "zlib", "zstd"};
  std::vector<std::unique_ptr<caf::aiomas::codec>> codecs;
  for (size_t i = 0; i < threads; ++i) {
    blosc_options options{compressors[i], 1 + static_cast<int>(i)};
    // A library may have been built without it.
    auto is_there = problem_of(options) == "none";
    codecs.push_back(make_codec(is_there ? options : blosc_options{}));
  }
  std::atomic<size_t> same = 0;
  std::latch start{threads};
  auto work = [&](size_t id) {
    start.arrive_and_wait();
    for (size_t i = 0; i < rounds; ++i) {
      auto x = value{list{id, sample(i), noise(i * 50)}};
      byte_buffer out;
      if (!codecs[id]->encode_message(0, i, x, out))
        continue;
      auto msg = codecs[id]->decode_message(out);
      same += !msg.error && msg.content == x ? 1 : 0;
    }
  };
  std::vector<std::thread> running;
  for (size_t id = 0; id < threads; ++id)
    running.emplace_back(work, id);
  for (auto& x : running)
    x.join();
  CAF_CHECK_EQUAL(same, threads * rounds);
}

// -- objects ------------------------------------------------------------------

CAF_TEST(objects are written) {
  check_objects_are_written(
    stored("81a85f5f747970655f5f9203a86167656e74732f30"),
    stored("9181a85f5f747970655f5f920181a17807"));
}

CAF_TEST(dicts that look like objects are refused) {
  check_dicts_that_look_like_objects_are_refused();
}

CAF_TEST(objects are resolved) {
  check_objects_are_resolved();
}

CAF_TEST(bad objects) {
  check_bad_objects(12);
}

CAF_TEST(objects are kept) {
  check_objects_are_kept();
}

// -- memory -------------------------------------------------------------------

CAF_TEST(large parts share what was decompressed) {
  auto x = list{std::string(5000, 'x'), byte_buffer(6000)};
  auto out = packed(codec, x);
  CAF_CHECK_LESS(out.size(), 2000u);
  auto first = codec.decode_message(out);
  CAF_REQUIRE(!first.error);
  CAF_CHECK(first.content == value{x});
  auto& xs = *first.content.get_if<list>();
  CAF_CHECK(xs[0].get_if<shared_string>() != nullptr);
  CAF_CHECK(xs[1].get_if<shared_bytes>() != nullptr);
  // Later messages do not change it.
  for (auto i = 0; i < 3; ++i)
    CAF_CHECK(
      !codec.decode_message(packed(codec, std::string(20000, 'y'))).error);
  CAF_CHECK(first.content == value{x});
  auto again = codec.decode(packed(codec, x));
  CAF_REQUIRE(again);
  auto& nested = again->get_if<list>()->at(2).get_if<list>()->at(0);
  CAF_CHECK(nested.get_if<shared_string>() != nullptr);
}

CAF_TEST(what is stored is shared with the frame) {
  auto x = noise(10000);
  auto frame = std::make_shared<byte_buffer>(packed(codec, x));
  CAF_CHECK_EQUAL(flags_of(*frame) & 2, 2u);
  auto msg = codec.decode_message(*frame, frame);
  CAF_REQUIRE(!msg.error);
  CAF_CHECK(msg.content == value{x});
  CAF_CHECK(msg.content.get_if<shared_bytes>() != nullptr);
  CAF_CHECK_EQUAL(frame.use_count(), 2);
  msg = codec.decode_message(*frame);
  CAF_CHECK(msg.content.get_if<shared_bytes>() == nullptr);
}

CAF_TEST(errors leave no traces) {
  auto good = packed(codec, sample(100));
  auto broken = good;
  for (size_t i = 16; i < broken.size(); ++i)
    broken[i] = std::byte{0xFF};
  for (auto i = 0; i < 3; ++i) {
    CAF_CHECK(codec.decode_message(broken).error);
    CAF_CHECK(codec.decode_message(good).content == sample(100));
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
