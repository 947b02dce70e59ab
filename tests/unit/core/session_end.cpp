#define CAF_SUITE session_end

#include "session_fixture.hpp"

using namespace caf::aiomas;
using namespace std::chrono_literals;

namespace {

struct fixture : session_fixture {
  void finish(session::clock::duration limit = 10s) {
    uut->finish({errc::connection_closed, "Enough"}, now + limit);
  }

  std::string closed() const {
    return join(closes, [](auto& x) { return x; });
  }
};

struct idle_fixture : fixture {
  idle_fixture() {
    limits.idle_timeout = 60s;
    start();
    uut->commit(0, now);
  }

  /// When the session is to be looked at next, from now on.
  session::clock::duration left() const {
    auto due = uut->deadline();
    return due ? *due - now : session::clock::duration{-1};
  }
};

} // namespace

// -- the last requests --------------------------------------------------------

CAF_TEST_FIXTURE_SCOPE(finish_tests, fixture)

CAF_TEST(a session without requests ends at once) {
  call("a");
  finish();
  CAF_CHECK_EQUAL(closed(), "connection_closed: Enough");
  CAF_CHECK_EQUAL(endings(), "0=connection_closed: Enough");
}

CAF_TEST(requests under way are answered first) {
  feed("[0,0,1]", "[0,1,2]");
  finish();
  CAF_CHECK(!uut->closed());
  CAF_CHECK(uut->deadline() == now + 10s);
  reply("x");
  CAF_CHECK(!uut->closed());
  uut->fail(std::move(requests.at(0).first), "why", now);
  CAF_CHECK_EQUAL(closed(), "connection_closed: Enough");
  CAF_CHECK_EQUAL(take(), R"([1,0,"x"] [2,1,"why"])");
}

CAF_TEST(calls of our own go on meanwhile) {
  feed("[0,0,1]");
  finish();
  call("a");
  CAF_CHECK_EQUAL(sent(), R"([0,0,"a"])");
  feed("[1,0,5]");
  CAF_CHECK_EQUAL(endings(), "0=5");
  reply("x");
  CAF_CHECK(uut->closed());
}

CAF_TEST(further requests are refused) {
  feed("[0,0,1]");
  finish();
  feed("[0,1,2]");
  CAF_CHECK_EQUAL(open_requests(), "1");
  CAF_CHECK_EQUAL(sent(), R"([2,1,"Traceback (most recent call last):\n)"
                          R"(aiomas.exceptions.ShutDownError: )"
                          R"(the connection is about to be closed\n"])");
  CAF_CHECK_EQUAL(traffic->requests_refused, 1u);
}

CAF_TEST(what takes too long fails) {
  feed("[0,0,1]");
  call("a");
  sent();
  finish();
  pass(10s - 1ns);
  CAF_CHECK(!uut->closed());
  pass(1ns);
  CAF_CHECK_EQUAL(closed(), "connection_closed: Enough");
  CAF_CHECK_EQUAL(endings(), "0=connection_closed: Enough");
  finish();
  CAF_CHECK_EQUAL(closes.size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()

// -- silence ------------------------------------------------------------------

CAF_TEST_FIXTURE_SCOPE(idle_tests, idle_fixture)

CAF_TEST(silence ends a session) {
  CAF_CHECK(left() == 60s);
  pass(60s - 1ns);
  CAF_CHECK(!uut->closed());
  pass(1ns);
  CAF_CHECK_EQUAL(closed(), "connection_closed: Nothing was said for too long");
}

CAF_TEST(whatever comes or goes begins the time anew) {
  pass(50s);
  feed("[0,0,1]");
  CAF_MESSAGE("who is asked is not idle");
  CAF_CHECK(left() < 0s);
  pass(100s);
  reply("x");
  CAF_CHECK(left() == 30s); // the output's
  pass(10s);
  sent();
  CAF_CHECK(left() == 60s);
  pass(50s);
  CAF_MESSAGE("nor is who asks");
  call("a");
  sent();
  CAF_CHECK(left() < 0s);
  pass(100s);
  feed("[1,0,5]");
  CAF_CHECK(left() == 60s);
  pass(59s);
  CAF_CHECK(!uut->closed());
}

CAF_TEST(calls that end early do not count) {
  call("a", 10s);
  sent();
  pass(100s);
  CAF_CHECK(uut->closed());
  CAF_CHECK_EQUAL(endings(), "0=timeout: No reply in time");
}

CAF_TEST(by default silence is fine) {
  limits = {};
  start();
  uut->commit(0, now);
  CAF_CHECK(left() < 0s);
}

CAF_TEST(calls that come too late) {
  auto ending = [this](errc code) {
    start();
    uut->close(fault{code, "why"});
    call("late");
    return endings();
  };
  CAF_CHECK_EQUAL(ending(errc::connection_reset), "?=connection_reset: why");
  CAF_CHECK_EQUAL(ending(errc::invalid_argument), "?=invalid_argument: why");
  for (auto code : {errc::connection_closed, errc::shut_down, errc::stalled})
    CAF_CHECK_EQUAL(ending(code), "?=connection_closed: Connection closed");
}

CAF_TEST_FIXTURE_SCOPE_END()
