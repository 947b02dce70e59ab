#define CAF_SUITE container

#include "container_fixture.hpp"

#include <asio/io_context.hpp>
#include <asio/signal_set.hpp>

#include <atomic>
#include <csignal>
#include <thread>

using stop_atom = atom_constant<atom("stop")>;

CAF_TEST_FIXTURE_SCOPE(container_tests, container_fixture)

// -- creating -----------------------------------------------------------------

CAF_TEST(containers have a URL) {
  auto c = make_container();
  CAF_CHECK(c);
  CAF_CHECK(!container{});
  CAF_CHECK_NOT_EQUAL(c.address().port(), 0u);
  auto port = std::to_string(c.address().port());
  CAF_CHECK_EQUAL(c.base_url(), "tcp://127.0.0.1:" + port + "/");
  auto named = make_container({"localhost", 0});
  port = std::to_string(named.address().port());
  CAF_CHECK_EQUAL(named.base_url(), "tcp://localhost:" + port + "/");
  CAF_MESSAGE("all interfaces are shown as the name of the host");
  auto open = make_container({"", 0});
  port = std::to_string(open.address().port());
  CAF_CHECK(open.base_url().ends_with(":" + port + "/"));
  CAF_CHECK(!open.base_url().starts_with("tcp://:"));
  if (auto v6 = container::create(sys, {"::1", 0})) {
    port = std::to_string(v6->address().port());
    CAF_CHECK_EQUAL(v6->base_url(), "tcp://[::1]:" + port + "/");
  }
}

CAF_TEST(addresses that are in use) {
  auto c = make_container();
  auto what = failure(container::create(sys, c.address()));
  CAF_CHECK_EQUAL(code_of(what), errc::cannot_listen);
  CAF_MESSAGE("a shut down container gives its address back");
  must(c.shutdown());
  auto next = make_container(c.address());
  CAF_CHECK_EQUAL(next.base_url(), c.base_url());
}

CAF_TEST(creating and shutting down inside of actors) {
  auto c = make_container();
  auto code = in_actor([&](event_based_actor*) {
    return code_of(container::create(sys, any_port).error());
  });
  CAF_CHECK_EQUAL(code, errc::would_deadlock);
  code = in_actor(
    [&](event_based_actor*) { return code_of(c.shutdown().error()); });
  CAF_CHECK_EQUAL(code, errc::would_deadlock);
  later<expected<container>> created;
  run_in_actor([&](event_based_actor* self) {
    pass_on(self, container::create_async(sys, any_port), created);
  });
  auto made = must(created.get());
  CAF_CHECK_NOT_EQUAL(made.address().port(), 0u);
  later<expected<void>> ended;
  run_in_actor([&](event_based_actor* self) {
    pass_on(self, made.shutdown_async(), ended);
  });
  CAF_CHECK(ended.get());
}

CAF_TEST(accessors) {
  struct frozen_clock : aiomas::clock {
    double time() const override {
      return 42;
    }

    std::chrono::system_clock::time_point utcnow() const override {
      return {};
    }
  };
  auto c = make_container();
  CAF_CHECK_EQUAL(c.codec(), "json");
  CAF_CHECK(&c.system() == &sys);
  auto before = c.clock().time();
  CAF_CHECK(before <= c.clock().time());
  auto drift = std::chrono::system_clock::now() - c.clock().utcnow();
  CAF_CHECK(drift < 1min && drift > -1min);
  options opts;
  opts.clock = std::make_shared<frozen_clock>();
  auto frozen = make_container(any_port, opts);
  CAF_CHECK_EQUAL(frozen.clock().time(), 42.0);
  CAF_CHECK(&frozen.clock() == opts.clock.get());
  auto copy = c;
  CAF_CHECK(copy == c);
  CAF_CHECK(!(frozen == c));
}

// -- ids and names ------------------------------------------------------------

CAF_TEST(agents are numbered) {
  auto c = make_container();
  auto zero = c.spawn<echo_agent>();
  auto one = c.spawn<echo_agent>();
  CAF_CHECK_EQUAL(zero.addr(), c.base_url() + "0");
  CAF_CHECK_EQUAL(one.addr(), c.base_url() + "1");
  CAF_MESSAGE("a number is never used again");
  stop(c, one, "1");
  auto two = c.spawn<echo_agent>();
  CAF_CHECK_EQUAL(two.addr(), c.base_url() + "2");
  CAF_MESSAGE("each container counts for itself");
  CAF_CHECK(make_container().spawn<echo_agent>().addr().ends_with("/0"));
}

CAF_TEST(the root of a container) {
  auto c = make_container();
  auto a = c.spawn<echo_agent>();
  auto peer = connect_raw(c);
  auto root = peer.remote();
  CAF_CHECK_EQUAL(must(root.call("validate_aid", "0")), value{"Echo"});
  CAF_CHECK_EQUAL(must(root.call("validate_aid", kw("aid", "0"))),
                  value{"Echo"});
  for (auto aid : {"1", "", "00", "-1", "0/", " 0", "nope"})
    CAF_CHECK(must(root.call("validate_aid", aid)).is_null());
  CAF_CHECK_EQUAL(must(root.call<int>("agents/0/add", 1, 2)), 3);
  auto fails_with = [&](std::string path, const char* text) {
    CAF_CHECK_EQUAL(last_line(root.call(path)), text);
  };
  fails_with("", "LookupError: Name \"\" not found in \"\"");
  fails_with("nope", "LookupError: Name \"nope\" not found in \"\"");
  fails_with("nope/0", "LookupError: Name \"nope\" not found in \"\"");
  fails_with("/agents", "LookupError: Name \"\" not found in \"\"");
  fails_with("agents", "TypeError: 'ServiceDict' object is not callable");
  fails_with("agents/", "LookupError: Name \"\" not found in \"agents\"");
  fails_with("agents/7", "LookupError: Name \"7\" not found in \"agents\"");
  fails_with("agents/7/x", "LookupError: Name \"7\" not found in \"agents\"");
  fails_with("agents/0", "TypeError: 'Echo' object is not callable");
  fails_with("agents/0/", "LookupError: Name \"\" not found in \"agents/0\"");
  fails_with("agents/0/x", "LookupError: Name \"x\" not found in \"agents/0\"");
  fails_with("agents/0/add/x",
             "LookupError: Name \"x\" not found in \"agents/0/add\"");
  fails_with("validate_aid/x",
             "LookupError: Name \"x\" not found in \"validate_aid\"");
  CAF_CHECK_EQUAL(last_line(root.call("validate_aid")),
                  "TypeError: validate_aid() missing a required positional "
                  "argument: 'aid': validate_aid(aid: str)");
}

CAF_TEST(agents that end are gone) {
  auto c = make_container();
  auto a = c.spawn<echo_agent>();
  auto b = c.spawn<echo_agent>();
  auto peer = connect_raw(c);
  auto remote = must(c.connect(a.addr()));
  must(remote.call("stop"));
  CAF_CHECK(ends(a));
  stop(c, a, "0");
  CAF_CHECK_EQUAL(last_line(remote.call("service", 1)),
                  "LookupError: Name \"0\" not found in \"agents\"");
  CAF_CHECK_EQUAL(last_line(peer.remote().call("agents/0/service", 1)),
                  "LookupError: Name \"0\" not found in \"agents\"");
  CAF_CHECK_EQUAL(must(peer.remote().call("agents/1/service", 1)), value{1});
}

// -- shutting down ------------------------------------------------------------

CAF_TEST(shutting down) {
  auto c = make_container();
  auto a = c.spawn<echo_agent>();
  auto b = c.spawn("Function", [](agent_ptr) { return agent_behavior{}; });
  must(c.shutdown());
  CAF_CHECK(ends(a));
  CAF_CHECK(ends(b));
  CAF_CHECK_EQUAL(code_of(failure(rpc::open_connection(sys, c.address()))),
                  errc::cannot_connect);
  CAF_CHECK_EQUAL(code_of(failure(c.connect(a.addr()))), errc::shut_down);
  CAF_MESSAGE("once more, by another handle");
  auto copy = c;
  must(copy.shutdown());
  must(copy.shutdown_async());
}

CAF_TEST(agents that are spawned too late end) {
  auto c = make_container();
  auto first = c.spawn<echo_agent>();
  must(c.shutdown());
  auto late = c.spawn<echo_agent>();
  CAF_CHECK(late);
  CAF_CHECK(ends(late));
  CAF_CHECK(ends(c.spawn([](agent_ptr) { return agent_behavior{}; })));
}

CAF_TEST(the last handle of the user counts) {
  auto c = make_container();
  auto copy = c;
  auto a = c.spawn<echo_agent>(); // has a handle, too
  auto b = c.spawn([c](agent_ptr self) mutable {
    c = self->container();
    return agent_behavior{
      expose("url", [self] { return self->container().base_url(); })};
  });
  auto where = c.address();
  auto peer = connect_raw(c);
  c = {};
  CAF_CHECK_EQUAL(must(peer.remote().call("agents/0/service", 1)), value{1});
  CAF_CHECK_EQUAL(must(peer.remote().call("agents/1/url")),
                  value{copy.base_url()});
  copy = {};
  CAF_CHECK(ends(a));
  CAF_CHECK(ends(b));
  CAF_CHECK(eventually([&] { return !peer.remote().connected(); }));
  CAF_CHECK_EQUAL(code_of(failure(rpc::open_connection(sys, where))),
                  errc::cannot_connect);
}

CAF_TEST(calls under way when the callee shuts down) {
  auto near = make_container();
  auto far = make_container();
  auto remote = must(near.connect(far.spawn<echo_agent>().addr()));
  std::atomic<int> count = 0;
  later<bool> failed;
  remote.call("never").notify([&](expected<value> x) {
    ++count;
    failed.set(!x);
  });
  CAF_CHECK_EQUAL(must(remote.call<int>("owed")), 1);
  must(far.shutdown());
  CAF_CHECK(failed.get());
  failure(remote.call("owed"));
  CAF_CHECK_EQUAL(count.load(), 1);
}

CAF_TEST(calls under way when the caller shuts down) {
  auto near = make_container();
  auto far = make_container();
  auto remote = must(near.connect(far.spawn<echo_agent>().addr()));
  std::atomic<int> count = 0;
  later<errc> code;
  remote.call("never").notify([&](expected<value> x) {
    ++count;
    code.set(x ? errc::none : code_of(x.error()));
  });
  CAF_CHECK_EQUAL(must(remote.call<int>("owed")), 1);
  must(near.shutdown());
  CAF_CHECK_EQUAL(code.get(), errc::connection_closed);
  CAF_CHECK_EQUAL(code_of(failure(remote.call("owed"))),
                  errc::connection_closed);
  CAF_CHECK_EQUAL(count.load(), 1);
  CAF_MESSAGE("the callee lives on");
  auto again = make_container();
  auto next = must(again.connect(far.base_url() + "0"));
  CAF_CHECK_EQUAL(must(next.call<int>("owed")), 1);
}

CAF_TEST(an agent shuts its container down) {
  auto c = make_container();
  auto a = c.spawn([](agent_ptr self) {
    return agent_behavior{
      [self](stop_atom) { self->container().shutdown_async().detach(); }};
  });
  anon_send(a.as_actor(), stop_atom::value);
  CAF_CHECK(ends(a));
  aiomas::run(sys);
}

// -- running ------------------------------------------------------------------

CAF_TEST(running until all containers are shut down) {
  auto first = make_container();
  auto second = make_container();
  later<bool> done;
  std::thread runner{[&] {
    aiomas::run(sys);
    done.set(true);
  }};
  must(first.shutdown());
  must(first.shutdown());
  CAF_CHECK(!done.ready());
  second = {};
  CAF_CHECK(done.get());
  runner.join();
  CAF_MESSAGE("nothing to wait for");
  aiomas::run(sys);
}

CAF_TEST(running until a signal arrives) {
  auto is_caught = [](int number) {
    struct sigaction current = {};
    sigaction(number, nullptr, &current);
    return current.sa_handler != SIG_DFL;
  };
  auto c = make_container();
  for (auto number : {SIGTERM, SIGINT}) {
    later<bool> done;
    std::thread runner{[&] {
      aiomas::run(sys);
      done.set(true);
    }};
    CAF_CHECK(eventually([&] { return is_caught(number); }));
    {
      // ThreadSanitizer does not know that the kernel orders the two; Asio's
      // lock does.
      asio::io_context none;
      asio::signal_set after{none};
    }
    ::kill(::getpid(), number);
    CAF_CHECK(done.get());
    runner.join();
    CAF_CHECK(!is_caught(number));
  }
  CAF_MESSAGE("the container is still there");
  CAF_CHECK_EQUAL(must(connect_raw(c).remote().call("validate_aid", "0")),
                  value{});
}

CAF_TEST(running inside of an actor returns at once) {
  auto c = make_container();
  CAF_CHECK(in_actor([&](event_based_actor*) {
    aiomas::run(sys);
    return true;
  }));
}

CAF_TEST(a system ends with containers that nobody shut down) {
  later<bool> failed;
  {
    container_fixture other;
    auto near = other.make_container();
    auto far = other.make_container();
    auto remote = must(near.connect(far.spawn<echo_agent>().addr()));
    remote.call("never").notify(
      [failed](expected<value> x) { failed.set(!x); });
    must(remote.call("owed"));
  }
  CAF_CHECK(failed.get());
}

CAF_TEST_FIXTURE_SCOPE_END()
