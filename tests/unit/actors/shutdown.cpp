#define CAF_SUITE shutdown

#include "container_fixture.hpp"
#include "limited.hpp"

namespace {

options patient() {
  options result;
  result.shutdown_timeout = 1h;
  return result;
}

/// Answers when it is told to, by a message or by name.
class slow_agent : public agent {
public:
  slow_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("ask", [this] {
      owed_.push_back(make_promise());
      return owed_.back();
    });
    expose("owed", [this] { return owed_.size(); });
  }

  behavior make_behavior() override {
    return {[this](ok_atom) {
      for (auto& result : owed_)
        result.deliver("done");
    }};
  }

private:
  std::vector<promise<>> owed_;
};

struct fixture : container_fixture {
  /// Makes a container with a slow agent, and a call of it that is under way.
  explicit fixture() : near(make_container()) {
    // nop
  }

  void begin_call(options opts = patient()) {
    far = make_container(any_port, std::move(opts));
    callee = far.spawn<slow_agent>();
    remote = must(near.connect(callee.addr()));
    call.emplace(remote.call("ask").start());
    CAF_REQUIRE_EQUAL(must(remote.call<int>("owed")), 1);
  }

  /// Waits until the shutdown has begun: nothing more is accepted.
  void wait_until_refused() {
    if (!eventually([&] {
          auto x = remote.call("owed").get(patience);
          return !x && last_line(x.error()).starts_with("aiomas.exceptions.");
        }))
      CAF_FAIL("requests are still accepted");
  }

  container near;
  container far;
  agent_ref callee;
  proxy remote;
  std::optional<pending<value>::started> call;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(shutdown_tests, fixture)

CAF_TEST(requests under way are answered first) {
  begin_call();
  auto done = far.shutdown_async().start();
  wait_until_refused();
  CAF_CHECK(!done.ready());
  CAF_CHECK_EQUAL(
    last_line(remote.call("owed")),
    "aiomas.exceptions.ShutDownError: the connection is about to be "
    "closed");
  auto late = make_container();
  CAF_CHECK_EQUAL(code_of(failure(late.connect(callee.addr()))),
                  errc::cannot_connect);
  anon_send(callee.as_actor(), ok_atom::value);
  CAF_CHECK_EQUAL(must(call->get()), value{"done"});
  must(done.get());
  CAF_CHECK(eventually([&] { return !remote.connected(); }));
}

CAF_TEST(what is not answered in time fails) {
  auto opts = patient();
  opts.shutdown_timeout = 20ms;
  begin_call(opts);
  must(far.shutdown());
  CAF_CHECK(connection_lost(failure(call->get())));
}

CAF_TEST(a shutdown without patience) {
  auto opts = patient();
  opts.shutdown_timeout = 0s;
  begin_call(opts);
  must(far.shutdown());
  CAF_CHECK(connection_lost(failure(call->get())));
}

CAF_TEST(requests under way may call others) {
  later<request> asked;
  channel kept; // a channel goes with its last handle
  auto other = must(channel::start_server(
    sys, any_port, [&](event_based_actor* self, channel ch) {
      kept = ch;
      ch.recv().then(
        self,
        [=, &asked](request validation) {
          validation.reply("Other");
          ch.recv().then(
            self, [&asked](request x) { asked.set(x); }, [](error&) {});
        },
        [](error&) {});
    }));
  far = make_container(any_port, patient());
  callee = far.spawn([](agent_ptr self) {
    return agent_behavior{expose("pass_on", [=](std::string url) {
      auto result = self->make_promise();
      self->container().connect(url).then(
        self,
        [=](proxy to) {
          to.call("get").then(
            self, [result](value x) { result.deliver(x); }, result);
        },
        result);
      return result;
    })};
  });
  remote = must(near.connect(callee.addr()));
  call.emplace(
    remote.call("pass_on", to_string(other.address()) + "/0").start());
  auto req = asked.get();
  auto done = far.shutdown_async().start();
  wait_until_refused();
  req.reply(42);
  CAF_CHECK_EQUAL(must(call->get()), value{42});
  must(done.get());
}

CAF_TEST(agents do not see the connections of their own container end) {
  begin_call();
  std::atomic<int> downs = 0;
  auto watcher = near.spawn([&downs, watched = remote.as_actor()](agent_ptr x) {
    x->set_down_handler([&downs](down_msg&) { ++downs; });
    x->monitor(watched);
    return agent_behavior{expose("ping", [] { return 0; })};
  });
  must(must(far.connect(watcher.addr())).call("ping")); // it watches by now
  scoped_actor self{sys};
  self->monitor(watcher.as_actor());
  self->monitor(remote.as_actor());
  must(near.shutdown());
  for (auto i = 0; i < 2; ++i)
    self->receive([&](const down_msg& x) {
      if (x.source == watcher.as_actor())
        CAF_CHECK(x.reason == exit_reason::user_shutdown);
      else // who does not live in the container sees it
        CAF_CHECK_EQUAL(code_of(x.reason), errc::connection_closed);
    });
  CAF_CHECK_EQUAL(downs, 0);
  CAF_CHECK(connection_lost(failure(call->get())));
}

CAF_TEST(answers arrive even if nothing more is read) {
  auto opts = patient();
  opts.limits = session_limits{};
  opts.limits->close_timeout = 1h;
  opts.limits->max_outbound_bytes = 1000; // beyond it, nothing is read
  far = make_container(any_port, opts);
  constexpr size_t size = size_t{8} << 20;
  far.spawn([](agent_ptr) {
    return agent_behavior{expose("get", [] { return std::string(size, 'x'); })};
  });
  raw_socket peer;
  peer.connect(far.address().port());
  using namespace std::string_view_literals;
  constexpr auto request = "\0\0\0\x1c[0,1,[\"agents/0/get\",[],{}]]"sv;
  peer.send(request);
  peer.wait();
  std::string more;
  while (more.size() < (size_t{256} << 10))
    more += request;
  peer.send(more);
  auto done = far.shutdown_async().start();
  // Closing with bytes unread, the system would drop what is on its way.
  CAF_CHECK(peer.count_to_end() >= size);
  must(done.get());
}

CAF_TEST(several shutdowns end together) {
  begin_call();
  auto first = far.shutdown_async().start();
  auto second = far.shutdown_async().start();
  wait_until_refused();
  CAF_CHECK(!second.ready());
  anon_send(callee.as_actor(), ok_atom::value);
  must(first.get());
  must(second.get());
  must(far.shutdown());
}

CAF_TEST(callers that leave are not waited for) {
  begin_call();
  auto done = far.shutdown_async().start();
  wait_until_refused();
  near = {};
  must(done.get());
  CAF_CHECK(connection_lost(failure(call->get())));
}

CAF_TEST(an agent answers before its container is gone) {
  far = make_container(any_port, patient());
  callee = far.spawn([](agent_ptr self) {
    return agent_behavior{expose("stop", [=] {
      self->container().shutdown_async().detach();
      return "bye";
    })};
  });
  remote = must(near.connect(callee.addr()));
  CAF_CHECK_EQUAL(must(remote.call<std::string>("stop")), "bye");
  CAF_CHECK(eventually([&] { return !remote.connected(); }));
}

CAF_TEST(connections on which nothing happens) {
  far = make_container(
    any_port, limited([](session_limits& x) { x.idle_timeout = 20ms; }));
  remote = must(near.connect(far.spawn<echo_agent>().addr()));
  CAF_CHECK(eventually([&] { return !remote.connected(); }));
  auto again = must(near.connect(remote.url()));
  CAF_MESSAGE("who waits for an answer is not idle");
  auto call = again.call("never").timeout(200ms).start();
  CAF_CHECK_EQUAL(code_of(failure(call.get())), errc::timeout);
}

CAF_TEST_FIXTURE_SCOPE_END()
