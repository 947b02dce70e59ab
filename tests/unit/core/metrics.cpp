#define CAF_SUITE metrics

#include "caf/aiomas/metrics.hpp"

#include "session_fixture.hpp"

#include "caf/aiomas/detail/traffic.hpp"

#include <chrono>
#include <string>

using namespace caf::aiomas;
using namespace std::chrono_literals;

namespace {

struct fixture : session_fixture {
  fixture() {
    limits.frame_timeout = 1h;
  }

  ~fixture() override {
    uut.reset(); // counts to the end
  }

  void start_counting() {
    uut = std::make_unique<session>(json_codec::make(), limits, *this, counted);
  }

  metrics_snapshot metrics() const {
    metrics_snapshot result;
    result.add(counted);
    return result;
  }

  detail::traffic counted;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(metrics_tests, fixture)

CAF_TEST(durations belong to the range that ends at or above them) {
  using histogram = latency_histogram;
  CAF_CHECK_EQUAL(histogram::range_of(0ns), 0u);
  CAF_CHECK_EQUAL(histogram::range_of(20us), 0u);
  CAF_CHECK_EQUAL(histogram::range_of(20us + 1ns), 1u);
  CAF_CHECK_EQUAL(histogram::range_of(10s), histogram::ranges - 2);
  CAF_CHECK_EQUAL(histogram::range_of(10s + 1ns), histogram::ranges - 1);
  CAF_CHECK_EQUAL(histogram::range_of(std::chrono::nanoseconds::max()),
                  histogram::ranges - 1);
}

CAF_TEST(a histogram counts and adds up) {
  detail::latency_counters counters;
  counters.add(10us);
  counters.add(15us);
  counters.add(3ms);
  counters.add(-1s); // a clock that went back
  latency_histogram result;
  counters.add_to(result);
  CAF_CHECK_EQUAL(result.count(), 4u);
  CAF_CHECK_EQUAL(result.counts[0], 3u);
  CAF_CHECK_EQUAL(result.counts[latency_histogram::range_of(3ms)], 1u);
  CAF_CHECK(result.sum == 25us + 3ms);
}

CAF_TEST(calls are pending until they end) {
  start_counting();
  call("a");
  call("b", 1s);
  call("c");
  auto x = metrics();
  CAF_CHECK_EQUAL(x.calls_pending, 3u);
  CAF_CHECK_EQUAL(x.calls_succeeded, 0u);
  sent();
  now += 3ms;
  feed("[1,0,true]");
  feed("[2,2,\"Traceback\"]");
  now += 1s;
  uut->advance(now);
  feed("[1,1,\"too late\"]");
  x = metrics();
  CAF_CHECK_EQUAL(x.calls_pending, 0u);
  CAF_CHECK_EQUAL(x.calls_succeeded, 1u);
  CAF_CHECK(x.calls_failed
            == (error_counts{{errc::remote_exception, 1}, {errc::timeout, 1}}));
  CAF_CHECK_EQUAL(x.replies_dropped, 1u);
  // Those that were answered.
  CAF_CHECK_EQUAL(x.call_latency.count(), 2u);
  CAF_CHECK(x.call_latency.sum == 6ms);
}

CAF_TEST(calls that are never sent end as well) {
  limits.max_outbound_bytes = 1;
  limits.overflow = overflow_policy::reject;
  start_counting();
  call("a");
  call("b");
  uut->close(fault{errc::connection_reset, "gone"});
  call("c");
  auto x = metrics();
  CAF_CHECK_EQUAL(x.calls_pending, 0u);
  CAF_CHECK(x.calls_failed
            == (error_counts{{errc::overloaded, 1},
                             {errc::connection_reset, 2}}));
  CAF_CHECK_EQUAL(x.call_latency.count(), 0u);
}

CAF_TEST(requests are pending until they are answered) {
  limits.max_inbound_requests = 3;
  start_counting();
  call("keeps us reading");
  feed("[0,0,1]", "[0,1,2]", "[0,2,3]", "[0,3,4]");
  auto x = metrics();
  CAF_CHECK_EQUAL(x.requests_received, 4u);
  CAF_CHECK_EQUAL(x.requests_refused, 1u);
  CAF_CHECK_EQUAL(x.requests_pending, 3u);
  now += 5ms;
  reply("x");
  uut->fail(requests[0].first, "x", now);
  x = metrics();
  CAF_CHECK_EQUAL(x.requests_pending, 1u);
  CAF_CHECK_EQUAL(x.requests_succeeded, 1u);
  CAF_CHECK_EQUAL(x.requests_failed, 1u);
  CAF_CHECK_EQUAL(x.request_latency.count(), 2u);
  CAF_CHECK(x.request_latency.sum == 10ms);
  uut->close(fault{errc::connection_closed, "enough"});
  reply("too late");
  x = metrics();
  CAF_CHECK_EQUAL(x.requests_pending, 0u);
  CAF_CHECK_EQUAL(x.requests_succeeded, 1u);
  CAF_CHECK_EQUAL(x.requests_dropped, 1u);
}

CAF_TEST(bytes wait until they are written or dropped) {
  start_counting();
  call("abc");
  auto x = metrics();
  CAF_CHECK_EQUAL(x.frames_sent, 1u);
  CAF_CHECK_EQUAL(x.outbound_bytes, 4u + 11u);
  CAF_CHECK_EQUAL(x.bytes_sent, 0u);
  take();
  uut->written(5, now);
  x = metrics();
  CAF_CHECK_EQUAL(x.bytes_sent, 5u);
  CAF_CHECK_EQUAL(x.outbound_bytes, 10u);
  uut->close(fault{errc::connection_closed, "enough"});
  uut->drop_output();
  uut->written(10, now);
  x = metrics();
  CAF_CHECK_EQUAL(x.bytes_sent, 5u);
  CAF_CHECK_EQUAL(x.outbound_bytes, 0u);
}

CAF_TEST(numbers of several threads add up) {
  start_counting();
  call("a");
  metrics_snapshot result;
  result.add(counted);
  result.add(counted);
  CAF_CHECK_EQUAL(result.calls_pending, 2u);
  CAF_CHECK_EQUAL(result.frames_sent, 2u);
}

CAF_TEST_FIXTURE_SCOPE_END()
