#define CAF_SUITE listening

#include "caf/aiomas/detail/transport.hpp"

#include "caf/test/dsl.hpp"

#include "loop_fixture.hpp"
#include "unit/name_table.hpp"
#include "unit/sockets.hpp"

#include <atomic>
#include <thread>

#include <sys/resource.h>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;
using namespace std::chrono_literals;

namespace {

/// Leaves the process without descriptors as long as it lives.
class no_descriptors {
public:
  no_descriptors() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    auto wanted = before_;
    wanted.rlim_cur = 0;
    ::setrlimit(RLIMIT_NOFILE, &wanted);
  }

  ~no_descriptors() {
    ::setrlimit(RLIMIT_NOFILE, &before_);
  }

private:
  rlimit before_;
};

struct fixture : loop_fixture {
  name_table names;
  std::promise<std::string> bound; // set twice, it throws
  listener_ptr listener;
  std::atomic<int> accepts = 0; // how often it began to accept
  std::atomic<int> accepted = 0;

  ~fixture() {
    loop->stop(); // before the rest goes, which it uses
  }

  /// Begins to listen, and returns before a name is looked up.
  void start(const address& where) {
    in_loop([&] {
      listen(*loop, where, {}, [this](outcome<listener_ptr> what) {
        if (what)
          serve(std::move(*what));
        bound.set_value(what ? "listening" : to_string(what.error()));
      });
      return true;
    });
  }

  void serve(listener_ptr what) {
    listener = std::move(what);
    listener->start(
      [this](io_loop*) -> io_loop& {
        ++accepts;
        return *loop;
      },
      [](const std::string&) { return aiomas_test::ticket_if(true); },
      [this](io_loop&, stream_ptr, listener::ticket) { ++accepted; });
  }

  std::string ending() {
    return result_of(bound);
  }
};

/// Waits until another thread has counted to `n`.
void wait_for(const std::atomic<int>& count, int n) {
  auto end = std::chrono::steady_clock::now() + patience;
  while (count < n) {
    if (std::chrono::steady_clock::now() > end)
      CAF_FAIL("waited in vain");
    std::this_thread::yield();
  }
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(listening_tests, fixture)

CAF_TEST(addresses are not looked up) {
  start({"127.0.0.1", 0});
  CAF_CHECK_EQUAL(ending(), "listening");
  CAF_CHECK_EQUAL(names.asked("127.0.0.1"), 0u);
}

CAF_TEST(names that are not known) {
  start({"nowhere", 5555});
  CAF_CHECK_EQUAL(ending(),
                  "cannot_listen: Cannot listen on "
                  "tcp://nowhere:5555: Host not found "
                  "(authoritative)");
}

CAF_TEST(a loop that ends while a name is looked up) {
  names.block("slow to bind");
  start({"slow to bind", 5555});
  names.wait_asked("slow to bind");
  loop->stop();
  CAF_CHECK_EQUAL(
    ending(), "shut_down: Cannot listen on tcp://slow to bind:5555: shut down");
}

CAF_TEST(all addresses of a name under one port) {
  names.add("both", {"127.0.0.1", "127.0.0.2"});
  start({"both", 0});
  CAF_REQUIRE_EQUAL(ending(), "listening");
  raw_socket clients[2];
  clients[0].connect(listener->where().port(), 1);
  clients[1].connect(listener->where().port(), 2);
  wait_for(accepted, 2);
}

CAF_TEST(accepting without descriptors) {
  names.add("both", {"127.0.0.1", "127.0.0.2"});
  start({"both", 0});
  CAF_REQUIRE_EQUAL(ending(), "listening");
  auto begin = std::chrono::steady_clock::now();
  raw_socket clients[2];
  {
    no_descriptors left;
    clients[0].connect(listener->where().port(), 1);
    clients[1].connect(listener->where().port(), 2);
    CAF_MESSAGE("both sockets pause after each attempt");
    wait_for(accepts, 2 + 6);
    CAF_CHECK(std::chrono::steady_clock::now() - begin > 250ms);
  }
  CAF_MESSAGE("in the end, nobody is lost");
  wait_for(accepted, 2);
}

CAF_TEST_FIXTURE_SCOPE_END()
