#define CAF_SUITE session_limits

#include "session_fixture.hpp"

#include "caf/aiomas/defaults.hpp"

using namespace caf::aiomas;
using namespace std::literals;

namespace {

const std::string overloaded_text
  = R"(Traceback (most recent call last):\n)"
    R"(aiomas.exceptions.OverloadedError: too many requests are waiting, the peer is overloaded\n)";

struct fixture : session_fixture {
  std::string refusal(int id) {
    return "[2," + std::to_string(id) + ",\"" + overloaded_text + "\"]";
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(limit_tests, fixture)

CAF_TEST(limits are those of the defaults unless told otherwise) {
  CAF_CHECK_EQUAL(limits.max_payload, defaults::max_payload);
  CAF_CHECK_EQUAL(limits.max_nesting, defaults::max_nesting);
  CAF_CHECK_EQUAL(limits.max_inbound_requests, defaults::max_inbound_requests);
  CAF_CHECK_EQUAL(limits.max_inbound_bytes, defaults::max_inbound_bytes);
  CAF_CHECK_EQUAL(limits.max_outbound_bytes, defaults::max_outbound_bytes);
  CAF_CHECK(limits.frame_timeout == defaults::frame_timeout);
  CAF_CHECK(limits.frame_timeout_per_mib == defaults::frame_timeout_per_mib);
  CAF_CHECK(limits.write_timeout == defaults::write_timeout);
  CAF_CHECK(limits.overflow == overflow_policy::wait);
}

// -- messages -----------------------------------------------------------------

CAF_TEST(a call that is too large is not sent) {
  limits.max_payload = 100;
  start();
  call(std::string(93, 'x'));
  CAF_REQUIRE_EQUAL(ended.size(), 1u);
  CAF_CHECK(ended[0].starts_with("?=message_too_large: "));
  CAF_CHECK(!uut->has_output());
  call(std::string(92, 'x'));
  CAF_CHECK_EQUAL(sent(), "[0,1,\"" + std::string(92, 'x') + "\"]");
}

CAF_TEST(a result that is too large becomes an exception) {
  limits.max_payload = 200;
  start();
  feed("[0,0,1]");
  reply(std::string(300, 'x'));
  auto text = sent();
  CAF_CHECK(text.starts_with(R"([2,0,"Traceback (most recent call last):\n)"
                             "ValueError: "));
  CAF_CHECK_LESS_OR_EQUAL(text.size(), 200u);
}

CAF_TEST(a traceback that is too large is replaced) {
  limits.max_payload = 200;
  start();
  feed("[0,0,1]");
  uut->fail(requests[0].first, std::string(300, 'x'), now);
  CAF_CHECK(sent().starts_with(
    R"([2,0,"Traceback (most recent call last):\nValueError: )"));
}

CAF_TEST(content that is nested too deeply is not sent) {
  limits.max_nesting = 2;
  start();
  call(list{list{1}});
  call(list{list{list{1}}});
  CAF_CHECK(ended.at(0).starts_with("?=serialization_error: "));
  CAF_CHECK_EQUAL(sent(), "[0,0,[[1]]]");
  feed("[0,0,[[1]]]", "[0,1,[[[1]]]]");
  CAF_CHECK_EQUAL(open_requests(), "[[1]]");
}

// -- requests of the peer -----------------------------------------------------

CAF_TEST(too many requests stop the reading) {
  limits.max_inbound_requests = 2;
  start();
  CAF_CHECK(uut->wants_input());
  feed("[0,0,1]", "[0,1,2]", "[0,2,3]", "[0,3,4]");
  CAF_CHECK_EQUAL(open_requests(), "1, 2");
  CAF_CHECK(!uut->wants_input());
  reply("x");
  CAF_CHECK(uut->wants_input());
  CAF_CHECK_EQUAL(open_requests(), "2");
  uut->commit(0, now);
  CAF_CHECK_EQUAL(open_requests(), "2, 3");
  CAF_CHECK(!uut->wants_input());
  uut->fail(requests[0].first, "x", now);
  uut->commit(0, now);
  CAF_CHECK_EQUAL(open_requests(), "2, 3, 4");
  CAF_CHECK(!uut->wants_input());
  uut->fail_with(requests[1].first, "x", now);
  CAF_CHECK(uut->wants_input());
  CAF_CHECK_EQUAL(traffic->requests_refused, 0u);
}

CAF_TEST(too many bytes of requests stop the reading) {
  limits.max_inbound_bytes = 20;
  start();
  feed("[0,0,\"0123456\"]");
  CAF_CHECK(uut->wants_input());
  feed("[0,1,2]");
  CAF_CHECK(!uut->wants_input());
  feed("[0,2,3]");
  CAF_CHECK_EQUAL(open_requests(), "'0123456', 2");
  reply("x");
  CAF_CHECK(uut->wants_input());
  uut->commit(0, now);
  CAF_CHECK_EQUAL(open_requests(), "2, 3");
}

CAF_TEST(further requests are refused while a call of ours is pending) {
  limits.max_inbound_requests = 2;
  start();
  call("callback");
  sent();
  feed("[0,0,1]", "[0,1,2]", "[0,2,3]", "[0,3,4]");
  CAF_CHECK_EQUAL(open_requests(), "1, 2");
  CAF_CHECK(uut->wants_input());
  CAF_CHECK_EQUAL(sent(), refusal(2) + " " + refusal(3));
  CAF_CHECK_EQUAL(traffic->requests_refused, 2u);
  CAF_CHECK_EQUAL(traffic->requests_received, 4u);
  // With its reply, requests are left where they are again.
  feed("[1,0,1]", "[0,4,5]");
  CAF_CHECK_EQUAL(endings(), "0=1");
  CAF_CHECK(!uut->wants_input());
  CAF_CHECK(!uut->has_output());
  reply("x");
  uut->commit(0, now);
  CAF_CHECK_EQUAL(open_requests(), "2, 5");
}

CAF_TEST(a call goes on with the reading) {
  limits.max_inbound_requests = 1;
  start();
  feed("[0,0,1]", "[0,1,2]");
  CAF_CHECK(!uut->wants_input());
  auto id = call("callback");
  CAF_CHECK(uut->wants_input());
  uut->commit(0, now);
  CAF_CHECK_EQUAL(sent(), R"([0,0,"callback"] )" + refusal(1));
  uut->cancel(id);
  CAF_CHECK(!uut->wants_input());
}

// -- bytes for the peer -------------------------------------------------------

CAF_TEST(calls wait while too many bytes do) {
  limits.max_outbound_bytes = 30;
  start();
  for (int i = 0; i < 6; ++i)
    call(i); // 11 bytes each
  CAF_CHECK_EQUAL(uut->pending_calls(), 6u);
  CAF_CHECK_EQUAL(take(), "[0,0,0] [0,1,1] [0,2,2]");
  uut->written(3, now);
  CAF_CHECK(!uut->has_output());
  uut->written(1, now);
  CAF_CHECK_EQUAL(take(), "[0,3,3]");
  uut->written(11, now);
  CAF_CHECK_EQUAL(take(), "[0,4,4]");
  call("last");
  uut->written(100, now);
  CAF_CHECK_EQUAL(take(), R"([0,5,5] [0,6,"last"])");
  CAF_CHECK_EQUAL(traffic->requests_sent, 7u);
}

CAF_TEST(too many calls wait) {
  limits.max_outbound_bytes = 5;
  limits.max_waiting_calls = 2;
  start();
  for (int i = 0; i < 5; ++i)
    call(i);
  CAF_CHECK_EQUAL(endings(),
                  "?=overloaded: Too many calls wait to be sent, "
                  "?=overloaded: Too many calls wait to be sent");
  CAF_CHECK_EQUAL(sent(), "[0,0,0]");
  CAF_CHECK_EQUAL(sent(), "[0,1,1]");
  call("next");
  CAF_CHECK_EQUAL(sent(), "[0,2,2]");
  CAF_CHECK_EQUAL(sent(), R"([0,5,"next"])");
  CAF_CHECK_EQUAL(endings(), "");
}

CAF_TEST(a frame is always accepted when nothing waits) {
  limits.max_outbound_bytes = 0;
  limits.overflow = overflow_policy::reject;
  start();
  call(std::string(1000, 'x'));
  CAF_CHECK(uut->has_output());
  call("b");
  CAF_CHECK_EQUAL(endings(), "?=overloaded: Too many bytes wait to be sent");
  sent();
  call("c");
  CAF_CHECK_EQUAL(sent(), R"([0,2,"c"])");
}

CAF_TEST(bytes taken but not written count) {
  limits.max_outbound_bytes = 5;
  limits.overflow = overflow_policy::reject;
  start();
  call("a");
  take();
  uut->written(1, now);
  call("b");
  CAF_CHECK_EQUAL(ended.size(), 1u);
}

CAF_TEST(a call that waits may be cancelled or end in time) {
  limits.max_outbound_bytes = 1;
  start();
  call("a");
  auto second = call("b");
  call("c", 1s);
  call("d", 10s);
  CAF_CHECK(uut->deadline() == now + 1s);
  CAF_CHECK(uut->cancel(second));
  pass(1s);
  CAF_CHECK_EQUAL(endings(),
                  "1=cancelled: Request was cancelled, "
                  "2=timeout: No reply in time");
  CAF_CHECK_EQUAL(uut->pending_calls(), 2u);
  CAF_CHECK_EQUAL(sent(), R"([0,0,"a"])");
  CAF_CHECK_EQUAL(sent(), R"([0,3,"d"])");
  CAF_CHECK(uut->deadline() == now + 9s);
  feed("[1,1,1]", "[1,3,1]");
  CAF_CHECK_EQUAL(endings(), "3=1");
  CAF_CHECK(uut->deadline() == std::nullopt);
}

CAF_TEST(a call that is given up frees its content at once) {
  limits.max_outbound_bytes = 1;
  start();
  call("a");
  auto watch = std::make_shared<int>();
  auto id = call(object::make(watch));
  call("c");
  CAF_CHECK_EQUAL(watch.use_count(), 2);
  uut->cancel(id);
  CAF_CHECK_EQUAL(watch.use_count(), 1);
}

CAF_TEST(a call that waits ends with the session) {
  limits.max_outbound_bytes = 1;
  start();
  call("a");
  call("b");
  uut->close({errc::shut_down, "bye"});
  CAF_CHECK_EQUAL(endings(), "0=shut_down: bye, 1=shut_down: bye");
  CAF_CHECK_EQUAL(sent(), R"([0,0,"a"])");
  CAF_CHECK(!uut->has_output());
}

CAF_TEST(a call that waits may turn out to be unsendable) {
  limits.max_outbound_bytes = 1;
  start();
  call("a");
  call(byte_buffer{std::byte{1}});
  call("c");
  auto rounds = 0;
  on_event = [&] {
    if (++rounds == 1)
      call("from the handler");
  };
  sent();
  CAF_REQUIRE_EQUAL(ended.size(), 1u);
  CAF_CHECK(ended[0].starts_with("1=serialization_error: "));
  CAF_CHECK_EQUAL(sent(), R"([0,2,"c"])");
  CAF_CHECK_EQUAL(sent(), R"([0,3,"from the handler"])");
}

CAF_TEST(calls that only wait do not count as pending with the peer) {
  limits.max_outbound_bytes = 10;
  limits.max_inbound_requests = 1;
  start();
  feed("[0,0,1]");
  uut->reply(requests.at(0).first, "0123456789", now);
  feed("[0,1,1]");
  auto id = call("waits");
  CAF_CHECK(!uut->wants_input());
  uut->cancel(id);
  CAF_CHECK(!uut->wants_input());
  call("waits");
  CAF_CHECK(!uut->wants_input());
  take();
  uut->written(100, now);
  CAF_CHECK(uut->wants_input());
}

CAF_TEST(replies are never refused but stop the reading) {
  limits.max_outbound_bytes = 30;
  start();
  feed("[0,0,0]", "[0,1,1]", "[0,2,2]", "[0,3,3]");
  reply("x"); // 13 bytes each
  reply("x");
  CAF_CHECK(uut->wants_input());
  reply("x");
  CAF_CHECK(!uut->wants_input());
  reply("x");
  feed("[0,4,4]");
  CAF_CHECK(requests.empty());
  take();
  CAF_CHECK(!uut->wants_input());
  uut->written(21, now);
  CAF_CHECK(!uut->wants_input());
  uut->written(1, now);
  CAF_CHECK(uut->wants_input());
  uut->commit(0, now);
  CAF_CHECK_EQUAL(open_requests(), "4");
}

CAF_TEST(calls of our own do not stop the reading) {
  limits.max_outbound_bytes = 30;
  start();
  call(std::string(100, 'x'));
  CAF_CHECK(uut->wants_input());
  feed("[0,0,1]");
  CAF_CHECK_EQUAL(open_requests(), "1");
}

CAF_TEST(replies of the peer are read however many of ours wait) {
  limits.max_outbound_bytes = 500;
  start();
  call("a");
  take();
  feed("[0,0,0]");
  reply(std::string(1000, 'x'));
  CAF_CHECK(uut->wants_input());
  feed("[0,1,1]", "[1,0,1]");
  CAF_CHECK_EQUAL(endings(), "0=1");
  CAF_CHECK_EQUAL(traffic->requests_refused, 1u);
  CAF_CHECK(!uut->wants_input());
}

CAF_TEST(refusals that are not taken stop the reading in any case) {
  limits.max_outbound_bytes = 1000;
  start();
  call("a");
  auto refused = 0;
  for (; uut->wants_input() && refused < 100; ++refused)
    feed("[0,0,nope]");
  CAF_CHECK_LESS(refused, 20);
  CAF_CHECK(!uut->wants_input());
  sent();
  CAF_CHECK(uut->wants_input());
}

CAF_TEST_FIXTURE_SCOPE_END()
