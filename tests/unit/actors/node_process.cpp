#define CAF_SUITE node_process

#include "container_fixture.hpp"

#include "caf/aiomas/node.hpp"
#include "caf/aiomas/node_process.hpp"

#include <csignal>
#include <filesystem>

#include <unistd.h>

namespace {

/// What a node's handlers are told, by I/O threads.
struct ledger {
  void add(std::string text) {
    std::lock_guard guard{mtx};
    entries.push_back(std::move(text));
  }

  std::vector<std::string> all() {
    std::lock_guard guard{mtx};
    return entries;
  }

  std::mutex mtx;
  std::vector<std::string> entries; // guarded by mtx
};

bool is_alive(pid_t pid) {
  return ::kill(pid, 0) == 0;
}

/// The processes are shells that play nodes.
struct fixture : container_fixture {
  node_command shell(std::string script) {
    node_command result;
    result.words = {"sh", "-c", std::move(script)};
    result.on_ready = [told = told](const std::string&) { told->add("ready"); };
    result.on_end = [told = told](const node_end& x) {
      told->add(to_string(x) + (x.was_ready ? ", was ready" : "")
                + (x.wanted ? ", wanted" : "")
                + (x.restarts ? ", restarts" : ""));
    };
    result.restart.first_pause = 1ms;
    result.restart.longest_pause = 4ms;
    return result;
  }

  /// A node that nobody can connect to.
  node_command idle_shell(const std::string& before = {}) {
    return shell(before
                 + "echo READY tcp://127.0.0.1:1/; while :; do sleep 0.01; "
                   "done");
  }

  expected<node_process> start(node_command what) {
    return node_process::start_async(master, std::move(what)).get(patience);
  }

  void check_told(std::vector<std::string> expected) {
    CAF_CHECK_EQUAL(deep_to_string(told->all()), deep_to_string(expected));
  }

  container master = make_container();
  std::shared_ptr<ledger> told = std::make_shared<ledger>();
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(node_process_tests, fixture)

CAF_TEST(a node is ready when it says so) {
  auto what = idle_shell("echo something else; echo READYNOT; ");
  auto lines = std::make_shared<ledger>();
  what.on_output = [lines](std::string_view x) { lines->add(std::string{x}); };
  auto n = must(start(what));
  CAF_CHECK_EQUAL(n.url(), "tcp://127.0.0.1:1/0");
  CAF_CHECK(is_alive(n.pid()));
  check_told({"ready"});
  n.kill();
  auto how = must(n.wait());
  CAF_CHECK_EQUAL(to_string(how), "signal 9");
  CAF_CHECK_EQUAL(n.pid(), -1);
  check_told({"ready", "signal 9, was ready, wanted"});
  CAF_CHECK_EQUAL(
    deep_to_string(lines->all()),
    deep_to_string(std::vector<std::string>{"something else", "READYNOT"}));
}

CAF_TEST(a node that ends before it is ready) {
  auto n = start(shell("exit 3"));
  CAF_CHECK_EQUAL(describe(failure(std::move(n))),
                  "cannot_connect: The node has ended before it was ready: "
                  "exit code 3");
  check_told({"exit code 3"});
}

CAF_TEST(a node that is never ready) {
  auto what = shell("while :; do sleep 0.01; done");
  what.ready_timeout = 20ms;
  CAF_CHECK_EQUAL(describe(failure(start(what))),
                  "timeout: The node was not ready in time");
  check_told({"signal 9"});
}

CAF_TEST(a node with a bad URL) {
  for (auto url : {"nowhere", "", "http://127.0.0.1:1/", "tcp://127.0.0.1/"}) {
    auto n = start(shell("echo 'READY " + std::string{url}
                         + "'; while :; do sleep 0.01; done"));
    auto why = failure(std::move(n));
    CAF_CHECK_EQUAL(code_of(why), errc::cannot_connect);
    CAF_CHECK(
      text_of(why).starts_with("The node prints no URL of a "
                               "container: READY"));
  }
}

CAF_TEST(a program that is not there) {
  node_command what;
  what.words = {"/no/such/program"};
  what.restart.limit = 5;
  CAF_CHECK_EQUAL(describe(failure(start(what))),
                  "invalid_argument: Cannot start /no/such/program: No such "
                  "file or directory");
}

CAF_TEST(the start is given up) {
  auto what = shell("while :; do sleep 0.01; done");
  auto n = node_process::start_async(master, what).timeout(50ms).get();
  CAF_CHECK_EQUAL(code_of(failure(std::move(n))), errc::timeout);
  CAF_CHECK(eventually([&] { return !told->all().empty(); }));
  check_told({"signal 9, wanted"});
}

CAF_TEST(the last handle kills) {
  auto n = must(start(idle_shell()));
  auto pid = n.pid();
  n = {};
  CAF_CHECK(eventually([&] { return !is_alive(pid); }));
  CAF_CHECK(eventually([&] { return told->all().size() == 2; }));
  check_told({"ready", "signal 9, was ready, wanted"});
}

CAF_TEST(a node that ends by itself) {
  auto n = must(start(shell("echo READY tcp://127.0.0.1:1/; exit 0")));
  CAF_CHECK_EQUAL(to_string(must(n.wait())), "exit code 0");
  CAF_CHECK_EQUAL(to_string(must(n.stop())), "exit code 0");
  CAF_CHECK_EQUAL(to_string(must(n.stop())), "exit code 0");
  check_told({"ready", "exit code 0, was ready"});
}

CAF_TEST(restarts until there were too many) {
  auto what = shell("echo READY tcp://127.0.0.1:1/; exit 5");
  what.restart.limit = 3;
  auto n = must(start(what));
  CAF_CHECK_EQUAL(to_string(must(n.wait())), "exit code 5");
  std::string again = "exit code 5, was ready, restarts";
  check_told({"ready", again, "ready", again, "ready", again, "ready",
              "exit code 5, was ready"});
}

CAF_TEST(a new row of restarts) {
  auto what = shell("echo READY tcp://127.0.0.1:1/; exit 5");
  what.restart.limit = 1;
  what.restart.healthy_after = 0s;
  auto count = std::make_shared<std::atomic<int>>(0);
  later<int> enough;
  what.on_end = [=](const node_end&) {
    if (++*count == 10)
      enough.set(10);
  };
  auto n = must(start(what));
  CAF_CHECK_EQUAL(enough.get(), 10);
  must(n.stop());
}

CAF_TEST(restarts before it was ready) {
  auto what = shell("exit 5");
  what.restart.limit = 2;
  CAF_CHECK_EQUAL(describe(failure(start(what))),
                  "cannot_connect: The node has ended before it was ready: "
                  "exit code 5");
  check_told({"exit code 5, restarts", "exit code 5, restarts", "exit code 5"});
}

CAF_TEST(a node that cannot be started again) {
  auto folder = std::filesystem::temp_directory_path()
                / ("aiomas." + std::to_string(::getpid()));
  std::filesystem::create_directory(folder);
  auto what = shell("rmdir \"$PWD\"; echo READY tcp://127.0.0.1:1/; exit 5");
  what.folder = folder.string();
  what.restart.limit = 2;
  auto n = must(start(what));
  must(n.wait());
  CAF_CHECK(!std::filesystem::exists(folder));
  check_told({"ready", "exit code 5, was ready, restarts", "unknown, restarts",
              "unknown"});
}

CAF_TEST(stop during the pause of a restart) {
  auto what = shell("echo READY tcp://127.0.0.1:1/; exit 5");
  what.restart.limit = 3;
  what.restart.first_pause = 1h;
  what.restart.longest_pause = 1h;
  auto n = must(start(what));
  CAF_CHECK(eventually([&] { return told->all().size() == 2; }));
  CAF_CHECK_EQUAL(to_string(must(n.stop())), "exit code 5");
}

CAF_TEST(stop falls back to a polite signal) {
  // Nobody can be asked, since nobody listens there.
  auto n = must(start(idle_shell("trap 'exit 9' TERM; ")));
  CAF_CHECK_EQUAL(to_string(must(n.stop())), "exit code 9");
  check_told({"ready", "exit code 9, was ready, wanted"});
}

CAF_TEST(stop falls back to a final signal) {
  auto what = idle_shell("trap '' TERM; ");
  what.term_timeout = 20ms;
  auto n = must(start(what));
  CAF_CHECK_EQUAL(to_string(must(n.stop())), "signal 9");
}

CAF_TEST(a manager that does not answer) {
  raw_socket listener;
  auto port = listener.bind();
  listener.listen(1);
  auto what = shell("echo READY tcp://127.0.0.1:" + std::to_string(port)
                    + "/; while :; do sleep 0.01; done");
  what.stop_timeout = 20ms;
  auto n = must(start(what));
  CAF_CHECK_EQUAL(to_string(must(n.stop())), "signal 15");
}

CAF_TEST(a node that dies in the middle of stop) {
  raw_socket listener;
  auto port = listener.bind();
  listener.listen(1);
  auto n = must(start(shell("echo READY tcp://127.0.0.1:" + std::to_string(port)
                            + "/; while :; do sleep 0.01; done")));
  auto first = begin(n.stop_async());
  auto second = begin(n.stop_async());
  auto peer = listener.accept(); // it is being asked
  ::kill(n.pid(), SIGSEGV);
  CAF_CHECK_EQUAL(to_string(must(first.get())), "signal 11");
  CAF_CHECK_EQUAL(to_string(must(second.get())), "signal 11");
  check_told({"ready", "signal 11, was ready, wanted"});
}

CAF_TEST(the end of the system ends the node) {
  node_process n; // outlives the system
  pid_t pid = 0;
  {
    config_type other_cfg;
    actor_system other{other_cfg};
    auto c = must(container::create(other, any_port));
    n = must(node_process::start(c, idle_shell()));
    pid = n.pid();
  }
  CAF_CHECK(!is_alive(pid));
  CAF_CHECK_EQUAL(n.pid(), -1);
  check_told({"ready", "signal 9, was ready, wanted"});
  CAF_CHECK_EQUAL(to_string(must(n.stop())), "signal 9");
}

CAF_TEST(the manager is asked to stop) {
  // The test itself is the node; the process is there to end.
  auto n = must(start_node(sys, any_port));
  auto p = must(start(shell("trap 'exit 0' TERM; echo READY " + n.base_url()
                            + "; while :; do sleep 0.01; done")));
  auto manager = must(p.manager());
  CAF_CHECK_EQUAL(to_string(manager.as_proxy()),
                  "ManagerProxy('" + p.url() + "')");
  auto stopping = begin(p.stop_async());
  must(n.container().shutdown());
  // It was answered, but the process lives on.
  ::kill(p.pid(), SIGTERM);
  CAF_CHECK_EQUAL(to_string(must(stopping.get())), "exit code 0");
}

CAF_TEST(handlers may throw) {
  auto what = shell("echo READY tcp://127.0.0.1:1/; exit 1");
  what.on_ready = [](const std::string&) { throw std::runtime_error("1"); };
  what.on_output = [](std::string_view) { throw std::runtime_error("2"); };
  what.on_end = [](const node_end&) { throw std::runtime_error("3"); };
  auto n = must(start(what));
  CAF_CHECK_EQUAL(to_string(must(n.wait())), "exit code 1");
}

CAF_TEST_FIXTURE_SCOPE_END()
