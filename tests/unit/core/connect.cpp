#define CAF_SUITE connect

#include "caf/aiomas/detail/transport.hpp"

#include "caf/test/dsl.hpp"

#include "unit/sockets.hpp"

#include <chrono>
#include <future>
#include <optional>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;
using namespace std::chrono_literals;

namespace {

/// How long something may take that should take no time, but for name servers
/// that do not answer.
constexpr auto patience = 30s;

/// Waits for what another thread sets.
template <class T>
T result_of(std::promise<T>& what) {
  auto result = what.get_future();
  if (result.wait_for(patience) != std::future_status::ready)
    CAF_FAIL("waited in vain");
  return result.get();
}

/// An I/O thread, and one attempt to connect there.
struct fixture {
  std::shared_ptr<io_loop> loop = std::make_shared<io_loop>();
  connect_settings settings;
  connect_attempt attempt;
  std::chrono::steady_clock::time_point begin
    = std::chrono::steady_clock::now();
  std::promise<std::string> ended; // set twice, it throws

  fixture() {
    settings.attempt_timeout = patience;
    loop->start();
  }

  ~fixture() {
    loop->stop();
  }

  /// Returns what `f` returns in the loop's thread.
  template <class F>
  auto in_loop(F f) {
    std::promise<decltype(f())> result;
    loop->post([&] { result.set_value(f()); });
    return result_of(result);
  }

  /// Begins, and returns when the first attempt is under way.
  void start(const address& where) {
    attempt = in_loop([&] {
      return connect(*loop, where, settings, [this](outcome<stream_ptr> ends) {
        ended.set_value(ends ? "connected" : to_string(ends.error()));
      });
    });
  }

  std::string ending() {
    return result_of(ended);
  }

  size_t residents() {
    return in_loop([this] { return loop->residents(); });
  }
};

std::string failure(const address& where, const std::string& why) {
  return "cannot_connect: Cannot connect to " + to_string(where) + ": " + why;
}

std::string given_up(const address& where) {
  return "shut_down: Cannot connect to " + to_string(where) + ": shut down";
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(connect_tests, fixture)

// -- attempts that fail -------------------------------------------------------

CAF_TEST(an attempt that gets no answer) {
  full_port silent;
  settings.attempt_timeout = 20ms;
  start(silent.where());
  CAF_CHECK_EQUAL(ending(), failure(silent.where(), "timed out"));
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(further attempts that get no answer) {
  full_port silent;
  settings.attempt_timeout = 20ms;
  settings.timeout = 400ms;
  start(silent.where());
  CAF_CHECK_EQUAL(ending(), failure(silent.where(), "timed out"));
  CAF_CHECK(std::chrono::steady_clock::now() - begin > 400ms);
}

CAF_TEST(names that have no address) {
  address nowhere{"nosuch.invalid", 5555};
  start(nowhere);
  auto text = ending();
  auto expected = failure(nowhere, "Host not found");
  CAF_CHECK_EQUAL(text.substr(0, expected.size()), expected);
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(names that still have no address) {
  address nowhere{"nosuch.invalid", 5555};
  settings.timeout = 400ms;
  start(nowhere);
  auto text = ending();
  auto expected = failure(nowhere, "Host not found");
  CAF_CHECK_EQUAL(text.substr(0, expected.size()), expected);
  CAF_CHECK(std::chrono::steady_clock::now() - begin > 400ms);
}

// -- attempts that are given up -----------------------------------------------

CAF_TEST(giving up in a pause) {
  reserved_port nobody;
  settings.timeout = std::nullopt;
  start(nobody.where());
  CAF_CHECK_EQUAL(residents(), 1u);
  give_up(attempt);
  CAF_CHECK_EQUAL(ending(), given_up(nobody.where()));
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(giving up while there is no answer) {
  full_port silent;
  settings.timeout = std::nullopt;
  start(silent.where());
  give_up(attempt);
  give_up(attempt);
  CAF_CHECK_EQUAL(ending(), given_up(silent.where()));
  CAF_MESSAGE("soon, nothing of it is left");
  CAF_CHECK_EQUAL(residents(), 0u);
  loop->stop();
  CAF_CHECK(attempt.expired());
}

CAF_TEST(giving up what is over) {
  reserved_port nobody;
  start(nobody.where());
  CAF_CHECK_EQUAL(ending(), failure(nobody.where(), "Connection refused"));
  give_up(attempt);
  give_up({});
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(a loop that ends in the middle of it) {
  full_port silent;
  settings.timeout = std::nullopt;
  start(silent.where());
  loop->stop();
  CAF_CHECK_EQUAL(ending(), given_up(silent.where()));
  CAF_CHECK(attempt.expired());
  give_up(attempt);
}

CAF_TEST_FIXTURE_SCOPE_END()
