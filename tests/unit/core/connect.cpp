#define CAF_SUITE connect

#include "caf/aiomas/detail/transport.hpp"

#include "caf/test/dsl.hpp"

#include "unit/sockets.hpp"

#include "loop_fixture.hpp"
#include "unit/name_table.hpp"

#include <optional>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;
using namespace std::chrono_literals;

namespace {

/// One attempt to connect.
struct fixture : loop_fixture {
  connect_settings settings;
  connect_attempt attempt;
  std::chrono::steady_clock::time_point begin
    = std::chrono::steady_clock::now();
  std::promise<std::string> ended; // set twice, it throws

  fixture() {
    settings.attempt_timeout = patience;
  }

  ~fixture() {
    loop->stop(); // before the rest goes, which it uses
  }

  /// Begins, and returns when the first attempt is under way.
  void start(const address& where) {
    attempt = in_loop([&] {
      return connect(*loop, where, settings, [this](outcome<stream_ptr> ends) {
        ended.set_value(ends ? "connected to " + (*ends)->peer_host()
                             : to_string(ends.error()));
      });
    });
  }

  std::string ending() {
    return result_of(ended);
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

// -- names
// ---------------------------------------------------------------------

CAF_TEST(addresses are not looked up) {
  name_table names;
  raw_socket listener;
  auto port = listener.bind();
  listener.listen(1);
  start({"127.0.0.1", port});
  CAF_CHECK_EQUAL(ending(), "connected to 127.0.0.1");
  CAF_CHECK_EQUAL(names.asked("127.0.0.1"), 0u);
}

CAF_TEST(a name that is looked up for too long) {
  name_table names;
  names.block("too slow");
  settings.attempt_timeout = 20ms;
  start({"too slow", 5555});
  CAF_CHECK_EQUAL(ending(), failure({"too slow", 5555}, "timed out"));
  CAF_CHECK_EQUAL(names.asked("too slow"), 1u);
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(a loop that ends while a name is looked up) {
  name_table names;
  names.block("slow");
  settings.timeout = std::nullopt;
  start({"slow", 5555});
  names.wait_asked("slow");
  loop->stop();
  CAF_CHECK_EQUAL(ending(), given_up({"slow", 5555}));
  CAF_CHECK(attempt.expired());
}

CAF_TEST(giving up while a name is looked up) {
  name_table names;
  names.block("abandoned");
  start({"abandoned", 5555});
  give_up(attempt);
  CAF_CHECK_EQUAL(ending(), given_up({"abandoned", 5555}));
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(pauses between attempts) {
  name_table names;
  settings.timeout = std::nullopt;
  settings.retry_min = 1ms;
  settings.retry_max = 2ms;
  start({"nowhere", 5555});
  CAF_MESSAGE("with those that are the default, this would take minutes");
  names.wait_asked("nowhere", 20);
  give_up(attempt);
  CAF_CHECK_EQUAL(ending(), given_up({"nowhere", 5555}));
}

CAF_TEST(pauses are never too short) {
  name_table names;
  settings.timeout = std::nullopt;
  settings.retry_min = 0ms;
  settings.retry_max = 0ms;
  start({"nowhere", 5555});
  names.wait_asked("nowhere", 20);
  CAF_CHECK(std::chrono::steady_clock::now() - begin > 15ms);
  give_up(attempt);
}

// -- several addresses
// ---------------------------------------------------------

CAF_TEST(an address that does not answer hides none that does) {
  full_port silent;
  raw_socket listener;
  listener.bind(2, silent.where().port());
  listener.listen(1);
  name_table names;
  names.add("both", {"127.0.0.1", "127.0.0.2"});
  start({"both", silent.where().port()});
  CAF_CHECK_EQUAL(ending(), "connected to 127.0.0.2");
  CAF_CHECK(std::chrono::steady_clock::now() - begin > 240ms);
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(the next address is tried at once when one fails) {
  raw_socket listener;
  auto port = listener.bind(3);
  listener.listen(1);
  name_table names;
  names.add("three", {"127.0.0.1", "127.0.0.2", "127.0.0.3"});
  settings.head_start = 1h;
  start({"three", port});
  CAF_CHECK_EQUAL(ending(), "connected to 127.0.0.3");
}

CAF_TEST(the first address that answers wins) {
  raw_socket first;
  auto port = first.bind();
  first.listen(1);
  raw_socket second;
  second.bind(2, port);
  second.listen(1);
  name_table names;
  names.add("both", {"127.0.0.1", "127.0.0.2"});
  settings.head_start = 1h;
  start({"both", port});
  CAF_CHECK_EQUAL(ending(), "connected to 127.0.0.1");
}

CAF_TEST(no address answers) {
  reserved_port nobody;
  full_port silent;
  name_table names;
  names.add("both", {"127.0.0.1", "127.0.0.2"});
  CAF_MESSAGE("all fail");
  address where{"both", nobody.where().port()};
  start(where);
  CAF_CHECK_EQUAL(ending(), failure(where, "Connection refused"));
  CAF_MESSAGE("one of them fails");
  ended = {};
  where = {"both", silent.where().port()};
  settings.head_start = 1ms;
  settings.attempt_timeout = 50ms;
  start(where);
  CAF_CHECK_EQUAL(ending(), failure(where, "timed out"));
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(a loop that ends while addresses are tried) {
  full_port silent;
  name_table names;
  names.add("same", {"127.0.0.1", "127.0.0.1", "127.0.0.1"});
  settings.head_start = 1ms;
  settings.timeout = std::nullopt;
  start({"same", silent.where().port()});
  names.wait_asked("same");
  loop->stop();
  CAF_CHECK_EQUAL(ending(), given_up({"same", silent.where().port()}));
  CAF_CHECK(attempt.expired());
}

CAF_TEST_FIXTURE_SCOPE_END()
