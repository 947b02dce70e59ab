#define CAF_SUITE session_deadlines

#include "session_fixture.hpp"

using namespace caf::aiomas;
using namespace std::literals;

CAF_TEST_FIXTURE_SCOPE(deadline_tests, session_fixture)

CAF_TEST(a frame must arrive in time however it trickles) {
  auto bytes = frame(R"([0,0,"abcdefghijklmnopqrstuvwxyz"])");
  call("a");
  sent();
  feed_part(bytes, 0, 1);
  auto begin = now;
  CAF_CHECK(uut->deadline() == begin + 15s);
  for (size_t i = 1; i < 16; ++i) {
    now = begin + i * 1s - 1ns;
    uut->advance(now);
    CAF_REQUIRE(!uut->closed());
    feed_part(bytes, i, 1);
  }
  CAF_CHECK(uut->deadline() == begin + 16s);
  now = begin + 16s;
  uut->advance(now);
  CAF_CHECK_EQUAL(endings(),
                  "0=stalled: A message of the peer took too long to arrive");
  CAF_CHECK_EQUAL(closes.size(), 1u);
}

CAF_TEST(the time for a frame depends on what it announces) {
  auto deadline = [this](size_t length) {
    start();
    auto bytes = frame(std::string(length, 'x'));
    feed_part(bytes, 0, 10);
    return *uut->deadline() - now;
  };
  CAF_CHECK(deadline(10) == 16s);
  CAF_CHECK(deadline(1 << 20) == 16s);
  CAF_CHECK(deadline((1 << 20) + 1) == 17s);
  CAF_CHECK(deadline(5 << 20) == 20s);
}

CAF_TEST(each frame has its own time) {
  auto bytes = frame("[0,0,1]");
  feed_part(bytes, 0, 5);
  pass(10s);
  feed_part(bytes, 5);
  CAF_CHECK(uut->deadline() == std::nullopt);
  auto both = frame("[0,1,1]");
  both.insert(both.end(), bytes.begin(), bytes.begin() + 5);
  feed_part(both, 0, 5);
  pass(10s);
  feed_part(both, 5);
  CAF_CHECK(uut->deadline() == now + 16s);
}

CAF_TEST(the time for a frame stands still while we do not read) {
  limits.max_inbound_requests = 1;
  start();
  auto bytes = frame("[0,0,1]");
  auto next = frame("[0,1,2]");
  bytes.insert(bytes.end(), next.begin(), next.begin() + 5);
  feed_bytes(bytes);
  CAF_CHECK(!uut->wants_input());
  CAF_CHECK(uut->deadline() == std::nullopt);
  pass(1h);
  CAF_CHECK(!uut->closed());
  reply("x");
  sent();
  CAF_CHECK(uut->deadline() == now + 16s);
  pass(10s);
  // Bytes that were on their way already may arrive while we do not read.
  feed_part(next, 5, 1);
  CAF_CHECK(uut->deadline() == now + 6s);
  pass(6s);
  CAF_CHECK(uut->closed());
}

CAF_TEST(a frame that begins while we do not read has its full time) {
  limits.max_inbound_requests = 1;
  start();
  feed("[0,0,1]");
  pass(10s);
  feed_part(frame("[0,1,2]"), 0, 5);
  CAF_CHECK(uut->deadline() == std::nullopt);
  pass(10s);
  reply("x");
  sent();
  CAF_CHECK(uut->deadline() == now + 16s);
}

CAF_TEST(a call that makes us read lets the time go on) {
  limits.max_inbound_requests = 1;
  start();
  auto bytes = frame("[0,0,1]");
  auto next = frame("[0,1,2]");
  bytes.insert(bytes.end(), next.begin(), next.begin() + 5);
  feed_bytes(bytes);
  pass(10s);
  auto id = call("callback");
  sent();
  CAF_CHECK(uut->deadline() == now + 16s);
  pass(6s);
  uut->cancel(id);
  CAF_CHECK(uut->deadline() == std::nullopt);
  pass(1h);
  reply("x");
  sent();
  CAF_CHECK(uut->deadline() == now + 10s);
}

CAF_TEST(output must make progress) {
  auto pending = uut->deadline();
  CAF_CHECK(pending == std::nullopt);
  call("0123456789");
  CAF_CHECK(uut->deadline() == now + 30s);
  pass(20s);
  take();
  call("more");
  CAF_CHECK(uut->deadline() == now + 10s);
  uut->written(0, now);
  CAF_CHECK(uut->deadline() == now + 10s);
  uut->written(1, now);
  CAF_CHECK(uut->deadline() == now + 30s);
  pass(30s - 1ns);
  CAF_CHECK(!uut->closed());
  pass(1ns);
  CAF_CHECK(uut->closed());
  CAF_CHECK_EQUAL(endings(),
                  "0=stalled: The peer took no bytes for too long, "
                  "1=stalled: The peer took no bytes for too long");
}

CAF_TEST(the time for output begins with the output) {
  call("a");
  pass(20s);
  sent();
  CAF_CHECK(uut->deadline() == std::nullopt);
  pass(20s);
  feed("[0,0,1]");
  reply("x");
  CAF_CHECK(uut->deadline() == now + 30s);
}

CAF_TEST(timeouts may be as long as one likes) {
  limits.frame_timeout = std::chrono::milliseconds::max();
  limits.frame_timeout_per_mib = std::chrono::milliseconds::max();
  limits.write_timeout = std::chrono::milliseconds::max();
  start();
  feed_part(frame("[0,0,1]"), 0, 5);
  call("a");
  CAF_REQUIRE(uut->deadline());
  CAF_CHECK(*uut->deadline() > now + 24h);
}

CAF_TEST(a peer that takes bytes slowly does not stall) {
  limits.write_timeout = 10s;
  start();
  call("a");
  take();
  for (int i = 0; i < 3; ++i) {
    now += 9s;
    uut->progressed(now);
    uut->advance(now);
  }
  CAF_CHECK(!uut->closed());
  now += 10s;
  uut->advance(now);
  CAF_CHECK(uut->closed());
}

CAF_TEST_FIXTURE_SCOPE_END()
