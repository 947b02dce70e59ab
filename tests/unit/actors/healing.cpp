#define CAF_SUITE healing

#include "container_fixture.hpp"

#include "caf/aiomas/test.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/session.hpp"

#include <atomic>

namespace {

/// What becomes of a call that is not answered.
enum class loss { silent, refused };

/// Stands in for a container with one agent. Its connections end with the first
/// `losses` calls, without a result; further ones get the number of the call.
class flaky_container {
public:
  flaky_container(actor_system& sys, int losses, loss how = loss::silent,
                  const address& where = any_port)
    : counts_(std::make_shared<data>()),
      srv_(must(channel::start_server(
        sys, where,
        [counts = counts_, losses, how](event_based_actor* self, channel ch) {
          ++counts->connections;
          answer(self, ch, losses, how, counts);
        }))) {
    // nop
  }

  std::string url() const {
    return to_string(srv_.address()) + "/0";
  }

  int connections() const {
    return counts_->connections;
  }

  int calls() const {
    return counts_->calls;
  }

private:
  struct data {
    std::atomic<int> connections = 0;
    std::atomic<int> calls = 0;
  };

  static void answer(event_based_actor* self, channel ch, int losses, loss how,
                     std::shared_ptr<data> counts) {
    ch.recv().then(
      self,
      [=](request req) {
        auto& parts = *req.content().get_if<list>();
        if (parts[0] == value{"validate_aid"}) {
          req.reply("Flaky");
        } else if (auto number = ++counts->calls; number > losses) {
          req.reply(number);
        } else {
          if (how == loss::refused)
            req.fail(make_python_error(std::string{shut_down_error}, "bye"));
          ch.close();
          return;
        }
        answer(self, ch, losses, how, counts);
      },
      [](error&) {});
  }

  std::shared_ptr<data> counts_;
  server srv_;
};

options healing() {
  options result;
  result.reconnect = reconnect_policy::backoff;
  return result;
}

struct fixture : container_fixture {
  fixture() : far(make_container()), agent(far.spawn<echo_agent>()) {
    // nop
  }

  /// The other process dies and is started again.
  void restart_far() {
    stop_far();
    start_far();
  }

  void stop_far() {
    where = far.address();
    agent = {};
    must(far.shutdown());
  }

  void start_far() {
    far = make_container(where);
    agent = far.spawn<echo_agent>();
  }

  /// Begins an operation with a deadline that is to pass.
  template <class T, class Raw>
  errc ends_within(std::chrono::milliseconds limit, pending<T, Raw> what) {
    return code_of(failure(std::move(what).timeout(limit).start().get()));
  }

  /// Lets the loss of a connection be noticed on this side, too.
  void wait_for_loss(const proxy& what) {
    if (!eventually([&] { return !what.connected(); }))
      CAF_FAIL("still connected");
  }

  address where = any_port;
  container far;
  agent_ref agent;
};

struct driven_fixture : test_fixture {
  driven_fixture()
    : test_fixture(healing()),
      remote(must(await(left.connect(right.spawn<echo_agent>().addr())))),
      where(right.address()) {
    // nop
  }

  expected<int> ask() {
    return await(remote.call<int>("add", 1));
  }

  void lose() {
    must(await(right.shutdown_async()));
    run();
  }

  void come_back() {
    right = must(await(container::create_async(sys, where)));
    right.spawn<echo_agent>();
  }

  proxy remote;
  address where;
};

struct persistent_fixture : test_fixture {
  persistent_fixture() : test_fixture(persistent()) {
    // nop
  }

  static options persistent() {
    auto result = healing();
    result.connect_timeout = options::forever;
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(healing_tests, fixture)

CAF_TEST(connections are not opened again by default) {
  auto near = make_container();
  auto remote = must(near.connect(agent.addr()));
  restart_far();
  wait_for_loss(remote);
  auto why = failure(remote.idempotent(5).call("add", 1));
  CAF_CHECK(connection_lost(why));
  auto again = must(near.connect(agent.addr()));
  CAF_CHECK(!(again == remote));
  CAF_CHECK_EQUAL(must(again.call<int>("add", 1)), 11);
}

CAF_TEST(the next call opens another connection) {
  auto near = make_container(any_port, healing());
  auto remote = must(near.connect(agent.addr()));
  auto below = proxy{remote["add"]};
  auto text = to_string(remote);
  restart_far();
  wait_for_loss(remote);
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1)), 11);
  CAF_CHECK(remote.connected());
  CAF_CHECK(below.connected());
  CAF_CHECK_EQUAL(must(below.call<int>("", 2)), 12);
  CAF_CHECK_EQUAL(to_string(remote), text);
  CAF_MESSAGE("connecting yields the same proxy");
  CAF_CHECK(must(near.connect(agent.addr())) == remote);
  restart_far();
  wait_for_loss(remote);
  CAF_CHECK(must(near.connect(agent.addr())) == remote);
  CAF_CHECK(below.connected());
}

CAF_TEST(calls that come meanwhile share a connection) {
  flaky_container peer{sys, 1};
  auto near = make_container(any_port, healing());
  auto remote = must(near.connect(peer.url()));
  CAF_CHECK(connection_lost(failure(remote.call("get"))));
  CAF_CHECK(!remote.connected());
  std::vector<decltype(remote.call<int>("get").start())> calls;
  for (auto i = 0; i < 20; ++i)
    calls.push_back(remote.call<int>("get").start());
  auto sum = 0;
  for (auto& call : calls)
    sum += must(call.get());
  CAF_CHECK_EQUAL(sum, 230); // 2 to 21
  CAF_CHECK_EQUAL(peer.connections(), 2);
}

CAF_TEST(too many calls wait for a connection) {
  auto opts = healing();
  opts.connect_timeout = options::forever;
  opts.limits = session_limits{};
  opts.limits->max_waiting_calls = 2;
  auto near = make_container(any_port, opts);
  auto remote = must(near.connect(agent.addr()));
  stop_far();
  wait_for_loss(remote);
  auto first = remote.call<int>("add", 1).start();
  auto second = remote.call<int>("add", 2).start();
  CAF_CHECK_EQUAL(code_of(failure(remote.call("add", 3))), errc::overloaded);
  // Unlike a container, it has its agent before it listens.
  flaky_container peer{sys, 0, loss::silent, where};
  CAF_CHECK_EQUAL(must(first.get()) + must(second.get()), 1 + 2);
}

CAF_TEST(calls that are lost are not sent again) {
  flaky_container peer{sys, 1};
  auto near = make_container(any_port, healing());
  auto remote = must(near.connect(peer.url()));
  CAF_CHECK(connection_lost(failure(remote.call("get"))));
  CAF_CHECK_EQUAL(peer.calls(), 1);
  CAF_CHECK_EQUAL(must(remote.call<int>("get")), 2);
}

CAF_TEST(idempotent calls are sent again) {
  auto near = make_container(any_port, healing());
  {
    flaky_container peer{sys, 2};
    auto remote = must(near.connect(peer.url()));
    CAF_CHECK(remote.idempotent(2) == remote);
    CAF_CHECK_EQUAL(must(remote.idempotent(2).call<int>("get")), 3);
    CAF_CHECK_EQUAL(peer.connections(), 3);
  }
  CAF_MESSAGE("also if the peer has refused them");
  {
    flaky_container peer{sys, 1, loss::refused};
    auto remote = must(near.connect(peer.url()));
    CAF_CHECK_EQUAL(last_line(remote.call("get")),
                    "aiomas.exceptions.ShutDownError: bye");
  }
  {
    flaky_container peer{sys, 1, loss::refused};
    auto opts = healing();
    opts.connect_retry_min = 1ms;
    opts.connect_retry_max = 1ms;
    auto hasty = make_container(any_port, opts);
    auto remote = must(hasty.connect(peer.url()));
    CAF_CHECK_EQUAL(must(remote.idempotent(1000).call<int>("get")), 2);
  }
  CAF_MESSAGE("not more often than they may");
  flaky_container peer{sys, 3};
  auto remote = must(near.connect(peer.url()));
  CAF_CHECK(connection_lost(failure(remote.idempotent(2).call("get"))));
  CAF_CHECK_EQUAL(peer.calls(), 3);
  CAF_MESSAGE("nor if they fail for other reasons");
  auto echo = must(near.connect(agent.addr())).idempotent(3);
  CAF_CHECK_EQUAL(last_line(echo.call("fail", "x")), "ValueError: x");
  CAF_CHECK_EQUAL(ends_within(10ms, echo.call("never")), errc::timeout);
  CAF_CHECK_EQUAL(must(echo.call<int>("owed")), 1);
}

CAF_TEST(the agent may be gone) {
  auto near = make_container(any_port, healing());
  auto remote = must(near.connect(agent.addr()));
  stop_far();
  far = make_container(where);
  wait_for_loss(remote);
  CAF_CHECK_EQUAL(code_of(failure(remote.call("add", 1))), errc::no_such_agent);
  agent = far.spawn<echo_agent>();
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1)), 11);
}

CAF_TEST(waiting for a connection ends with the deadline) {
  auto opts = healing();
  opts.connect_timeout = options::forever;
  opts.connect_retry_min = 1ms;
  opts.connect_retry_max = 1ms;
  auto near = make_container(any_port, opts);
  auto remote = must(near.connect(agent.addr()));
  stop_far();
  wait_for_loss(remote);
  CAF_CHECK_EQUAL(ends_within(20ms, remote.call("add", 1)), errc::timeout);
  auto waiting = remote.call<int>("add", 1).start();
  flaky_container peer{sys, 0, loss::silent, where};
  CAF_CHECK_EQUAL(must(waiting.get()), 1);
}

CAF_TEST(the default deadline counts as well) {
  auto opts = healing();
  opts.connect_timeout = options::forever;
  opts.call_timeout = 200ms;
  auto near = make_container(any_port, opts);
  auto remote = must(near.connect(agent.addr()));
  stop_far();
  wait_for_loss(remote);
  CAF_CHECK_EQUAL(code_of(failure(remote.call("add", 1).start().get())),
                  errc::timeout);
}

CAF_TEST(a shutdown ends the wait) {
  auto opts = healing();
  opts.connect_timeout = options::forever;
  auto near = make_container(any_port, opts);
  auto remote = must(near.connect(agent.addr()));
  stop_far();
  wait_for_loss(remote);
  auto waiting = remote.call("add", 1).start();
  must(near.shutdown());
  CAF_CHECK_EQUAL(code_of(failure(waiting.get())), errc::shut_down);
  CAF_CHECK_EQUAL(code_of(failure(remote.call("add", 1))), errc::shut_down);
}

CAF_TEST(actor handles go down with their connection) {
  auto near = make_container(any_port, healing());
  auto remote = must(near.connect(agent.addr()));
  scoped_actor self{sys};
  self->monitor(remote.as_actor());
  restart_far();
  self->receive([](const down_msg& x) { CAF_CHECK(connection_lost(x.reason)); },
                after(patience) >> [] { CAF_FAIL("nobody was told"); });
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1)), 11);
  self->request(remote.as_actor(), infinite, invocation{"add", 2})
    .receive([](const value& x) { CAF_CHECK_EQUAL(x, value{12}); },
             [](error& x) { CAF_FAIL(describe(x)); });
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST_FIXTURE_SCOPE(healing_pauses, driven_fixture)

CAF_TEST(a pause follows each failure) {
  lose();
  CAF_CHECK_EQUAL(code_of(ask().error()), errc::cannot_connect);
  CAF_MESSAGE("nobody tries during the pause");
  come_back();
  CAF_CHECK_EQUAL(code_of(ask().error()), errc::cannot_connect);
  advance_time(caf::aiomas::defaults::connect_retry_min * 4 / 5);
  CAF_CHECK_EQUAL(code_of(ask().error()), errc::cannot_connect);
  CAF_MESSAGE("after it, the next call does");
  advance_time(caf::aiomas::defaults::connect_retry_min * 2 / 5);
  CAF_CHECK_EQUAL(must(ask()), 11);
}

CAF_TEST(pauses grow until a connection comes about) {
  lose();
  CAF_CHECK_EQUAL(code_of(ask().error()), errc::cannot_connect);
  advance_time(caf::aiomas::defaults::connect_retry_min * 6 / 5);
  CAF_CHECK_EQUAL(code_of(ask().error()), errc::cannot_connect);
  come_back();
  advance_time(caf::aiomas::defaults::connect_retry_min * 6 / 5);
  CAF_CHECK_EQUAL(code_of(ask().error()), errc::cannot_connect);
  advance_time(caf::aiomas::defaults::connect_retry_min / 2);
  CAF_CHECK_EQUAL(must(ask()), 11);
  CAF_MESSAGE("the next pause is a short one again");
  lose();
  CAF_CHECK_EQUAL(code_of(ask().error()), errc::cannot_connect);
  come_back();
  advance_time(caf::aiomas::defaults::connect_retry_min * 6 / 5);
  CAF_CHECK_EQUAL(must(ask()), 11);
}

CAF_TEST(whoever connects ends the pause for all) {
  auto other = must(await(left.connect(right.spawn<echo_agent>().addr())));
  lose();
  CAF_CHECK_EQUAL(code_of(ask().error()), errc::cannot_connect);
  come_back();
  right.spawn<echo_agent>();
  must(await(left.connect(other.url())));
  CAF_CHECK_EQUAL(must(ask()), 11);
}

CAF_TEST(peers that accept and leave are not stormed) {
  lose();
  auto connections = 0;
  auto srv = must(await(
    channel::start_server(sys, where, [&](event_based_actor*, channel ch) {
      ++connections;
      ch.close();
    })));
  CAF_CHECK(connection_lost(ask().error()));
  CAF_CHECK(connection_lost(ask().error()));
  CAF_CHECK_EQUAL(connections, 1);
  advance_time(caf::aiomas::defaults::connect_retry_min * 6 / 5);
  CAF_CHECK(connection_lost(ask().error()));
  CAF_CHECK_EQUAL(connections, 2);
}

CAF_TEST(idempotent calls outlast a peer that is being started) {
  lose();
  auto call = remote.idempotent(5).call<int>("add", 1).start();
  run();
  CAF_CHECK(!call.ready());
  advance_time(caf::aiomas::defaults::connect_retry_min * 6 / 5);
  CAF_CHECK(!call.ready());
  come_back();
  advance_time(10s);
  CAF_CHECK(call.ready());
  CAF_CHECK_EQUAL(must(await(call)), 11);
  CAF_MESSAGE("but not for ever");
  lose();
  call = remote.idempotent(2).call<int>("add", 1).start();
  advance_time(1h);
  CAF_REQUIRE(call.ready());
  CAF_CHECK_EQUAL(code_of(await(call).error()), errc::cannot_connect);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST_FIXTURE_SCOPE(persistent_healing, persistent_fixture)

CAF_TEST(nothing goes on when nobody waits) {
  auto remote = must(await(left.connect(right.spawn<echo_agent>().addr())));
  auto where = right.address();
  must(await(right.shutdown_async()));
  run();
  auto call = remote.call<int>("add", 1).timeout(1s).start();
  advance_time(2s);
  CAF_REQUIRE(call.ready());
  CAF_CHECK_EQUAL(code_of(await(call).error()), errc::timeout);
  auto connections = 0;
  auto srv = must(await(channel::start_server(
    sys, where, [&](event_based_actor*, channel) { ++connections; })));
  advance_time(1h);
  CAF_CHECK_EQUAL(connections, 0);
}

CAF_TEST_FIXTURE_SCOPE_END()
