#define CAF_SUITE node

#include "container_fixture.hpp"

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/external_clock.hpp"
#include "caf/aiomas/manager_proxy.hpp"
#include "caf/aiomas/node.hpp"
#include "caf/aiomas/register_agent.hpp"

#include <limits>
#include <thread>

namespace {

task<agent_ref> slowly(aiomas::container c, std::string url) {
  auto gate = co_await c.connect(std::move(url));
  co_await gate.call("wait");
  co_return agent_ref{c.spawn<echo_agent>()};
}

task<agent_ref> in_vain(aiomas::container c) {
  co_await c.connect("tcp://127.0.0.1:1/0");
  co_return agent_ref{c.spawn<echo_agent>()};
}

AIOMAS_REGISTER_AGENT("node_test:Echo", echo_agent)
AIOMAS_REGISTER_AGENT("node_test:Slowly", slowly, {"url"})
AIOMAS_REGISTER_AGENT("node_test:InVain", in_vain)

/// Lets others wait.
class gate : public agent {
public:
  gate(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("wait", [this] {
      waiting_.push_back(make_promise());
      return waiting_.back();
    });
    expose("count", [this] { return waiting_.size(); });
    expose("open", [this] {
      for (auto& x : waiting_)
        x.deliver(value{});
    });
  }

private:
  std::vector<promise<>> waiting_;
};

struct fixture : container_fixture {
  void start(options opts = {}) {
    what = must(start_node(sys, any_port, std::move(opts)));
    manager = manager_proxy{must(master.connect(what.manager_url()))};
  }

  container master = make_container();
  node what;
  manager_proxy manager;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(node_tests, fixture)

CAF_TEST(the manager is agent 0) {
  start();
  CAF_CHECK_EQUAL(what.manager_url(), what.base_url() + "0");
  CAF_CHECK_EQUAL(to_string(manager.as_proxy()),
                  "ManagerProxy('" + what.manager_url() + "')");
}

CAF_TEST(spawning) {
  start();
  auto first = must(manager.spawn("node_test:Echo"));
  CAF_CHECK_EQUAL(first.url, what.base_url() + "1");
  CAF_CHECK_EQUAL(must(first.remote.call<int>("add", 3, 4)), 7);
  auto second = must(manager.spawn("node_test:Echo"));
  CAF_CHECK_EQUAL(second.url, what.base_url() + "2");
  auto again = must(master.connect(second.url));
  CAF_CHECK_EQUAL(must(again.call<int>("add", 1)), 11);
  auto by_name = must(manager.as_proxy().call<spawned_agent>(
    "spawn", kw("qualname", "node_test:Echo")));
  CAF_CHECK_EQUAL(by_name.url, what.base_url() + "3");
}

CAF_TEST(spawning in vain) {
  start();
  CAF_CHECK_EQUAL(
    last_line(manager.spawn("foo")),
    "ValueError: Malformed object name \"foo\": Expected \"module:object\"");
  CAF_CHECK_EQUAL(last_line(manager.spawn("nope:X")),
                  "ModuleNotFoundError: No module named 'nope'");
  CAF_CHECK_EQUAL(last_line(manager.spawn("node_test:X")),
                  "AttributeError: module 'node_test' has no attribute 'X'");
  CAF_CHECK_EQUAL(last_line(manager.spawn("node_test:Echo", 1)),
                  "TypeError: Echo() takes 0 positional arguments but 1 was "
                  "given: Echo()");
  auto& raw = manager.as_proxy();
  CAF_CHECK_EQUAL(last_line(raw.call("spawn")),
                  "TypeError: spawn() missing a required positional argument: "
                  "'qualname'");
  CAF_CHECK_EQUAL(
    last_line(raw.call("spawn", "node_test:Echo", kw("qualname", "x:y"))),
    "TypeError: spawn() got multiple values for argument "
    "'qualname'");
  CAF_CHECK_EQUAL(last_line(raw.call("spawn", 5)),
                  "TypeError: spawn() argument 'qualname': expected str, got "
                  "int");
  // The node goes on.
  must(manager.spawn("node_test:Echo"));
}

CAF_TEST(factories may be coroutines) {
  start();
  auto door = master.spawn<gate>();
  auto door_proxy = must(master.connect(door.addr()));
  auto slow = begin(manager.spawn("node_test:Slowly", door.addr()));
  CAF_REQUIRE(
    eventually([&] { return must(door_proxy.call<int>("count")) == 1; }));
  // Others are not kept waiting.
  auto quick = must(manager.spawn("node_test:Echo"));
  CAF_CHECK_EQUAL(quick.url, what.base_url() + "1");
  must(door_proxy.call("open"));
  CAF_CHECK_EQUAL(must(slow.get()).url, what.base_url() + "2");
  CAF_CHECK(last_line(manager.spawn("node_test:InVain"))
              .starts_with("ConnectionError: "));
}

CAF_TEST(the time of an external clock) {
  options opts;
  opts.clock = std::make_shared<external_clock>("2024-02-29T00:00:00");
  start(opts);
  must(manager.set_time(10));
  CAF_CHECK_EQUAL(what.container().clock().time(), 10.0);
  CAF_CHECK_EQUAL(last_line(manager.set_time(9.5)),
                  "ValueError: Time must be > 10 but is 9.5");
  CAF_CHECK_EQUAL(last_line(manager.set_time(10)),
                  "ValueError: Time must be > 10 but is 10");
  for (auto bad : {std::numeric_limits<double>::quiet_NaN(),
                   std::numeric_limits<double>::infinity()})
    CAF_CHECK(last_line(manager.set_time(bad)).starts_with("ValueError: "));
  CAF_CHECK_EQUAL(last_line(manager.as_proxy().call("set_time", "now")),
                  "TypeError: set_time() argument 't': expected float, got "
                  "str: set_time(t: float)");
  CAF_CHECK_EQUAL(what.container().clock().time(), 10.0);
}

CAF_TEST(the time of another clock) {
  start();
  CAF_CHECK_EQUAL(last_line(manager.set_time(10)),
                  "AttributeError: 'realtime_clock' object has no attribute "
                  "'set_time'");
}

CAF_TEST(stop is answered before the end) {
  start();
  must(manager.stop());
  must(what.shutdown()); // waits for the one that is under way
  CAF_CHECK_EQUAL(code_of(failure(master.connect(what.base_url() + "1"))),
                  errc::cannot_connect);
}

CAF_TEST(requests are answered before the end) {
  start();
  auto door = what.container().spawn<gate>();
  auto remote = must(master.connect(door.addr()));
  auto waiting = begin(remote.call("wait"));
  CAF_REQUIRE(eventually([&] { return must(remote.call<int>("count")) == 1; }));
  auto opening = begin(remote.call("open"));
  auto stopping = begin(manager.stop());
  must(opening.get());
  must(waiting.get());
  must(stopping.get());
  must(what.shutdown());
}

CAF_TEST(stop twice) {
  start();
  using call = pending<value>::started;
  later<std::pair<call, call>> calls;
  // Written in one go, since both belong to one turn: the second has arrived
  // when the first begins the shutdown.
  auto stop = [&] { return manager.as_proxy().call("stop").start(); };
  auto& loop = *middleman::of(sys).loops().front();
  loop.post([&] { calls.set({stop(), stop()}); });
  auto [first, second] = calls.get();
  must(first.get());
  CAF_CHECK_EQUAL(last_line(failure(second.get())),
                  "asyncio.exceptions.InvalidStateError: invalid state");
  must(what.shutdown());
}

CAF_TEST(run returns when the node was stopped) {
  master = {}; // so that the node is the only container
  what = must(start_node(sys, any_port));
  std::thread stopper;
  aiomas::run(sys, [&] {
    stopper = std::thread{[&] {
      auto peer = must(rpc::open_connection(sys, what.container().address()));
      must(peer.remote().call("agents/0/stop"));
    }};
  });
  stopper.join();
  auto peer = rpc::open_connection(sys, what.container().address()).get();
  CAF_CHECK_EQUAL(code_of(failure(std::move(peer))), errc::cannot_connect);
}

CAF_TEST(the node ends with its last handle) {
  start();
  auto url = what.manager_url();
  auto remote = manager.as_proxy();
  what = {};
  CAF_CHECK(eventually([&] { return !remote.connected(); }));
}

CAF_TEST(a node that cannot listen) {
  auto taken = make_container();
  CAF_CHECK_EQUAL(code_of(failure(start_node(sys, taken.address()))),
                  errc::cannot_listen);
}

CAF_TEST(starting inside of an actor) {
  later<expected<node>> started;
  auto self = run_in_actor([&](event_based_actor* me) {
    CAF_CHECK_EQUAL(code_of(start_node(sys, any_port).error()),
                    errc::would_deadlock);
    pass_on(me, start_node_async(sys, any_port), started);
  });
  auto made = must(started.get());
  CAF_CHECK(made.base_url().starts_with("tcp://127.0.0.1:"));
}

CAF_TEST_FIXTURE_SCOPE_END()
