// What a peer can make of few bytes.

#define CAF_SUITE amplification

#include "session_fixture.hpp"

#include "caf/aiomas/codec.hpp"

#include <string>

using namespace caf::aiomas;

namespace {

constexpr const char* codecs[] = {"json", "msgpack", "msgpack_blosc"};

struct fixture : session_fixture {
  void receive(const byte_buffer& payload) {
    byte_buffer bytes;
    auto where = begin_frame(bytes);
    bytes.insert(bytes.end(), payload.begin(), payload.end());
    CAF_REQUIRE(end_frame(bytes, where, limits.max_payload));
    std::span<const std::byte> rest{bytes};
    while (!rest.empty()) {
      auto room = uut->prepare();
      auto n = std::min(room.size(), rest.size());
      std::copy_n(rest.begin(), n, room.begin());
      rest = rest.subspan(n);
      uut->commit(n, now);
    }
  }

  static byte_buffer message(codec& how, int64_t id, const value& content) {
    byte_buffer result;
    CAF_REQUIRE(how.encode_message(0, id, content, result));
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(amplification_tests, fixture)

CAF_TEST(the number of values is bounded) {
  for (auto name : codecs) {
    auto how = codec_by_name(name)();
    auto bounds = how->limits();
    bounds.max_values = 1000;
    how->limits(bounds);
    // Type, id, and the list itself are values, too.
    auto most = message(*how, 1, list(997));
    CAF_CHECK(!how->decode_message(most).error);
    auto too_many = message(*how, 1, list(998));
    auto result = how->decode_message(too_many);
    CAF_REQUIRE(result.error);
    CAF_CHECK(result.error->text.find("more than 1000 values")
              != std::string::npos);
    CAF_REQUIRE(result.head);
    CAF_CHECK(result.head->id == value{1});
    dict entries; // keys count, too
    for (int i = 0; i < 600; ++i)
      entries.set(std::to_string(i), i);
    CAF_CHECK(how->decode_message(message(*how, 1, entries)).error);
  }
}

CAF_TEST(a session has its own bound) {
  limits.max_values = 100;
  start();
  auto how = json_codec::make();
  receive(message(*how, 0, list(1000)));
  CAF_CHECK(requests.empty());
  CAF_CHECK(closes.empty());
  CAF_CHECK(uut->has_output());
  receive(message(*how, 1, list(10)));
  CAF_CHECK_EQUAL(requests.size(), 1u);
}

CAF_TEST(requests count what they were decompressed to) {
  limits.max_inbound_bytes = size_t{3} << 20;
  start(codec_by_name("msgpack_blosc")());
  auto how = codec_by_name("msgpack_blosc")();
  auto request = message(*how, 0, std::string(size_t{1} << 20, 'x'));
  CAF_CHECK_LESS(request.size(), size_t{100} << 10);
  for (size_t n = 1; n < 3; ++n) {
    receive(request);
    CAF_CHECK_EQUAL(requests.size(), n);
    CAF_CHECK(uut->wants_input());
  }
  receive(request);
  CAF_CHECK(!uut->wants_input());
}

CAF_TEST_FIXTURE_SCOPE_END()
