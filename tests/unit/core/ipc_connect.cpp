#define CAF_SUITE ipc_connect

#include "caf/aiomas/detail/transport.hpp"

#include "caf/test/dsl.hpp"

#include "loop_fixture.hpp"
#include "unit/unix_sockets.hpp"

#include <optional>
#include <string>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;
using namespace std::chrono_literals;

namespace {

struct fixture : loop_fixture {
  temp_folder folder;
  address where = ipc(folder / "s");
  connect_settings settings;
  connect_attempt attempt;
  std::promise<std::string> ended; // set twice, it throws

  fixture() {
    settings.attempt_timeout = patience;
    settings.retry_min = 1ms;
    settings.retry_max = 2ms;
  }

  ~fixture() {
    loop->stop(); // before the rest goes, which it uses
  }

  /// Begins, and does `then` before anything else happens in the loop.
  template <class F>
  void start(F then) {
    in_loop([&] {
      attempt = connect(*loop, where, settings, [this](outcome<stream_ptr> x) {
        ended.set_value(x ? "connected" : to_string(x.error()));
      });
      then();
      return true;
    });
  }

  void start() {
    start([] {});
  }

  std::string ending() {
    return result_of(ended);
  }

  std::string failure(const std::string& why) {
    return "cannot_connect: Cannot connect to " + to_string(where) + ": " + why;
  }

  std::string given_up() {
    return "shut_down: Cannot connect to " + to_string(where) + ": shut down";
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(ipc_connect_tests, fixture)

// -- one attempt --------------------------------------------------------------

CAF_TEST(a server that listens) {
  raw_unix_socket server;
  server.bind(where.path());
  server.listen();
  start();
  CAF_CHECK_EQUAL(ending(), "connected");
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(there is no file) {
  start();
  CAF_CHECK_EQUAL(ending(), failure("No such file or directory"));
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(names that cannot be) {
  settings.timeout = std::nullopt;
  where = ipc(folder / std::string(200, 'x'));
  start();
  CAF_CHECK_EQUAL(ending(),
                  failure("the path has " + std::to_string(where.path().size())
                          + " bytes, but names of Unix sockets have at most "
                            "107"));
}

// -- refusals, whatever the timeout -------------------------------------------

CAF_TEST(a file that was left behind) {
  leave_socket(where.path());
  settings.timeout = std::nullopt;
  start();
  CAF_CHECK_EQUAL(ending(), failure("Connection refused"));
}

CAF_TEST(a regular file) {
  write_file(where.path());
  settings.timeout = std::nullopt;
  start();
  CAF_CHECK_EQUAL(ending(), failure("Connection refused"));
}

CAF_TEST(a path through a file) {
  write_file(where.path());
  where = ipc(where.path() + "/s");
  settings.timeout = std::nullopt;
  start();
  CAF_CHECK_EQUAL(ending(), failure("Not a directory"));
}

// -- further attempts ---------------------------------------------------------

CAF_TEST(a file that appears) {
  settings.timeout = std::nullopt;
  start();
  CAF_CHECK_EQUAL(residents(), 1u);
  raw_unix_socket server;
  server.bind(folder / "t");
  server.listen();
  std::filesystem::rename(folder / "t", where.path());
  CAF_CHECK_EQUAL(ending(), "connected");
}

CAF_TEST(a folder that appears) {
  where = ipc(folder / "sub/s");
  settings.timeout = std::nullopt;
  start();
  CAF_CHECK_EQUAL(residents(), 1u);
  raw_unix_socket server;
  std::filesystem::create_directory(folder / "tub");
  server.bind(folder / "tub/s");
  server.listen();
  std::filesystem::rename(folder / "tub", folder / "sub");
  CAF_CHECK_EQUAL(ending(), "connected");
}

CAF_TEST(a file that never appears) {
  settings.timeout = 20ms;
  start();
  CAF_CHECK_EQUAL(ending(), failure("No such file or directory"));
}

CAF_TEST(a server that is just starting) {
  raw_unix_socket server;
  server.bind(where.path());
  settings.timeout = std::nullopt;
  start([&] { server.listen(); });
  CAF_CHECK_EQUAL(ending(), "connected");
}

CAF_TEST(a server without room) {
  full_unix_server server{where.path()};
  start();
  CAF_CHECK_EQUAL(residents(), 1u);
  server.make_room();
  CAF_CHECK_EQUAL(ending(), "connected");
}

CAF_TEST(a server that never has room) {
  full_unix_server server{where.path()};
  settings.attempt_timeout = 30ms;
  start();
  CAF_CHECK_EQUAL(ending(), failure("timed out"));
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(abstract names) {
  auto name = folder / "abstract";
  where = ipc("@" + name);
  start();
  CAF_CHECK_EQUAL(ending(), failure("Connection refused"));
  CAF_MESSAGE("they have no file that could be waited for");
  ended = {};
  settings.timeout = std::nullopt;
  start();
  CAF_CHECK_EQUAL(residents(), 1u);
  raw_unix_socket server;
  server.bind(std::string(1, '\0') + name);
  server.listen();
  CAF_CHECK_EQUAL(ending(), "connected");
}

// -- attempts that are given up -----------------------------------------------

CAF_TEST(giving up in a pause) {
  settings.timeout = std::nullopt;
  settings.retry_min = 1h;
  start();
  CAF_CHECK_EQUAL(residents(), 1u);
  give_up(attempt);
  CAF_CHECK_EQUAL(ending(), given_up());
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(giving up while there is no room) {
  full_unix_server server{where.path()};
  settings.timeout = std::nullopt;
  start();
  give_up(attempt);
  CAF_CHECK_EQUAL(ending(), given_up());
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(a loop that ends in the middle of it) {
  full_unix_server server{where.path()};
  settings.timeout = std::nullopt;
  start();
  loop->stop();
  CAF_CHECK_EQUAL(ending(), given_up());
  CAF_CHECK(attempt.expired());
}

CAF_TEST_FIXTURE_SCOPE_END()
