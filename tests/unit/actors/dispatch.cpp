#define CAF_SUITE dispatch

#include "container_fixture.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/task.hpp"

#include <array>
#include <chrono>
#include <future>
#include <memory>
#include <string>
#include <vector>

namespace {

/// Tells in which thread it runs.
class thread_agent : public agent {
public:
  thread_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("worker", [] { return aiomas::detail::on_scheduler_worker(); });
    expose("io", [] { return aiomas::detail::io_loop::on_any_loop(); });
    expose("block", [this]() -> error {
      auto remote = this->container().connect(addr()).get();
      return remote ? error{} : remote.error();
    });
    expose("service", [](value x) { return x; });
    expose("itself", [this](int n) -> task<int> {
      auto me = co_await this->container().connect(addr());
      if (n == 0)
        co_return 0;
      co_return 1 + co_await me.call<int>("itself", n - 1);
    });
  }
};

/// Calls another one, which calls back, and so on.
class cycling : public agent {
public:
  cycling(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("cycle", &cycling::cycle);
  }

  task<int> cycle(std::string url, int n) {
    if (n == 0)
      co_return 0;
    auto other = co_await container().connect(url);
    co_return 1 + co_await other.call<int>("cycle", addr(), n - 1);
  }
};

/// Keeps another one of its kind busy without traffic of its own.
class chatty : public agent {
public:
  chatty(actor_config& cfg, aiomas::container c, actor other)
    : agent(cfg, std::move(c)), other_(std::move(other)) {
    expose("tell", [this](int n) {
      for (auto i = 0; i < n; ++i)
        send(other_, i);
    });
    expose("heard", [this] { return heard_; });
  }

  behavior make_behavior() override {
    return {[this](int) { ++heard_; }};
  }

private:
  actor other_;
  int heard_ = 0;
};

/// Answers only after others have, for a while.
class patient : public agent {
public:
  patient(actor_config& cfg, aiomas::container c, actor other)
    : agent(cfg, std::move(c)), other_(std::move(other)) {
    expose("note", [this](int x) {
      noted_.push_back(x);
      return noted_;
    });
    expose("await", [this](int x) {
      auto owed = make_promise<int>();
      request(other_, infinite, x).await([this, owed](int y) {
        noted_.push_back(y);
        owed.deliver(y);
      });
      return owed;
    });
    expose("later", [this](int x) -> task<int> {
      co_await clock().sleep(std::chrono::milliseconds{1});
      co_return x;
    });
    expose("quit", [this] {
      quit();
      return 1;
    });
    expose("forget", [this] { quit(); });
  }

private:
  actor other_;
  std::vector<int> noted_;
};

struct fixture : container_fixture {
  container make(dispatch_mode how) {
    options opts;
    opts.dispatch = how;
    return make_container(any_port, std::move(opts));
  }

  container client = make_container();
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(dispatch_tests, fixture)

CAF_TEST(scheduled agents run on the workers) {
  auto c = make(dispatch_mode::scheduled);
  auto remote = must(client.connect(c.spawn<thread_agent>().addr()));
  CAF_CHECK(must(remote.call<bool>("worker")));
  CAF_CHECK(!must(remote.call<bool>("io")));
}

CAF_TEST(inlined agents run in the thread that reads) {
  auto c = make(dispatch_mode::inlined);
  auto remote = must(client.connect(c.spawn<thread_agent>().addr()));
  // A worker starts each agent, and may still be at it.
  CAF_CHECK(eventually([&] { return must(remote.call<bool>("io")); }));
  CAF_CHECK(must(remote.call<bool>("io")));
  CAF_CHECK(!must(remote.call<bool>("worker")));
}

CAF_TEST(detached agents have a thread of their own) {
  for (auto how : {dispatch_mode::scheduled, dispatch_mode::inlined}) {
    auto c = make(how);
    auto remote
      = must(client.connect(c.spawn<thread_agent, detached>().addr()));
    CAF_CHECK(!must(remote.call<bool>("worker")));
    CAF_CHECK(!must(remote.call<bool>("io")));
    auto done = remote.call<void>("block");
    must(std::move(done));
  }
}

CAF_TEST(blocking calls are refused where they would block others) {
  for (auto how : {dispatch_mode::scheduled, dispatch_mode::inlined}) {
    auto c = make(how);
    auto remote = must(client.connect(c.spawn<thread_agent>().addr()));
    auto text = last_line(remote.call<void>("block"));
    CAF_CHECK_EQUAL(text, "RuntimeError: This thread must not block");
  }
}

CAF_TEST(inlined agents call themselves and each other) {
  auto c = make(dispatch_mode::inlined);
  auto d = make(dispatch_mode::inlined);
  auto remote = must(client.connect(c.spawn<thread_agent>().addr()));
  CAF_CHECK_EQUAL(must(remote.call<int>("itself", 50)), 50);
  auto x = c.spawn<cycling>();
  auto y = d.spawn<cycling>();
  auto cycle = must(client.connect(x.addr()));
  CAF_CHECK_EQUAL(must(cycle.call<int>("cycle", y.addr(), 50)), 50);
}

CAF_TEST(many calls at once) {
  for (auto how : {dispatch_mode::scheduled, dispatch_mode::inlined}) {
    auto c = make(how);
    std::vector<proxy> remotes;
    for (auto i = 0; i < 20; ++i)
      remotes.push_back(must(client.connect(c.spawn<thread_agent>().addr())));
    using call = decltype(begin(remotes[0].call<int>("service", 0)));
    std::vector<call> calls;
    for (auto i = 0; i < 2000; ++i)
      calls.push_back(begin(remotes[i % 20].call<int>("service", i)));
    auto right = 0;
    for (auto i = 0; i < 2000; ++i)
      right += must(calls[i].get()) == i;
    CAF_CHECK_EQUAL(right, 2000);
  }
}

CAF_TEST(what inlined agents start goes on without further traffic) {
  auto c = make(dispatch_mode::inlined);
  auto listener = c.spawn<chatty>(actor{});
  auto speaker = c.spawn<chatty>(listener.as_actor());
  auto to = must(client.connect(speaker.addr()));
  must(to.call<void>("tell", 10'000));
  // Beyond what one turn may run, the scheduler takes over.
  auto ear = must(client.connect(listener.addr()));
  CAF_CHECK(eventually([&] { return must(ear.call<int>("heard")) == 10'000; }));
}

CAF_TEST(an inlined agent that ends fails its calls) {
  auto c = make(dispatch_mode::inlined);
  auto remote = must(client.connect(c.spawn<echo_agent>().addr()));
  auto first = begin(remote.call("never"));
  auto second = begin(remote.call<void>("stop"));
  must(second.get());
  auto text = last_line(failure(first.get()));
  // Whichever is first: the promise that goes, or the news of the end.
  CAF_CHECK(text == "RuntimeError: the call ended without a result"
            || text == "CafError: the agent has ended");
  auto gone = last_line(remote.call("service", 1));
  CAF_CHECK(gone.find("Error") != std::string::npos);
}

CAF_TEST(shutting down under load) {
  for (auto how : {dispatch_mode::scheduled, dispatch_mode::inlined}) {
    auto c = make(how);
    auto remote = must(client.connect(c.spawn<thread_agent>().addr()));
    using call = decltype(begin(remote.call<int>("service", 0)));
    std::vector<call> calls;
    for (auto i = 0; i < 1000; ++i)
      calls.push_back(begin(remote.call<int>("service", i)));
    must(c.shutdown_async());
    // Each ends once, with or without a result.
    auto ended = 0;
    for (auto& x : calls) {
      (void) x.get();
      ++ended;
    }
    CAF_CHECK_EQUAL(ended, 1000);
  }
}

CAF_TEST(agents that wait for a response keep what comes meanwhile) {
  auto c = make(dispatch_mode::inlined);
  auto slow = sys.spawn([](event_based_actor* self) -> behavior {
    auto owed = std::make_shared<response_promise>();
    return {[self, owed](int) { *owed = self->make_response_promise(); },
            [owed](ok_atom, int x) { owed->deliver(x); }};
  });
  auto remote = must(client.connect(c.spawn<patient>(slow).addr()));
  must(remote.call("note", 1));
  auto first = begin(remote.call<int>("await", 0));
  auto second = begin(remote.call<std::vector<int>>("note", 3));
  auto third = begin(remote.call<int>("later", 4));
  CAF_MESSAGE("calls of a connection are read in their order");
  auto other = must(client.connect(c.spawn<echo_agent>().addr()));
  must(other.call("service", 0));
  CAF_CHECK(!second.ready());
  CAF_CHECK(!third.ready());
  anon_send(slow, ok_atom::value, 2);
  CAF_CHECK_EQUAL(must(first.get()), 2);
  auto noted = must(second.get());
  CAF_CHECK_EQUAL(noted, (std::vector<int>{1, 2, 3}));
  CAF_CHECK_EQUAL(must(third.get()), 4);
}

CAF_TEST(an agent that ends in a call has answered it) {
  auto c = make(dispatch_mode::inlined);
  auto idle = [&] { return c.spawn<patient>(actor{}).addr(); };
  auto remote = must(client.connect(idle()));
  must(remote.call("note", 1));
  CAF_CHECK_EQUAL(must(remote.call<int>("quit")), 1);
  CAF_CHECK(last_line(remote.call("note", 1)).find("Error")
            != std::string::npos);
  auto other = must(client.connect(idle()));
  must(other.call("note", 1));
  must(other.call<void>("forget"));
}

CAF_TEST(agents that begin with their first call) {
  auto c = make(dispatch_mode::inlined);
  auto lazy = c.spawn<patient, lazy_init>(actor{});
  auto remote = must(client.connect(lazy.addr()));
  CAF_CHECK_EQUAL(must(remote.call<std::vector<int>>("note", 1)),
                  std::vector<int>{1});
}

CAF_TEST(more calls at once than a turn may handle) {
  auto c = make(dispatch_mode::inlined);
  auto remote = must(client.connect(c.spawn<patient>(actor{}).addr()));
  must(remote.call("note", 0));
  constexpr auto n = 3 * static_cast<int>(aiomas::defaults::inline_at_once);
  using call = decltype(begin(remote.call<int>("later", 0)));
  std::vector<call> calls;
  for (auto i = 1; i <= n; ++i)
    calls.push_back(begin(remote.call<int>("later", i)));
  auto right = 0;
  for (auto i = 0; i < n; ++i)
    right += must(calls[i].get()) == i + 1;
  CAF_CHECK_EQUAL(right, n);
}

CAF_TEST(a peer that is alone gets the first replies before the last is ready) {
  std::promise<void> got_first;
  auto opened = got_first.get_future();
  auto c = make(dispatch_mode::inlined);
  auto agent = c.spawn([&opened](agent_ptr) -> agent_behavior {
    return {expose("echo", [](int x) { return x; }), expose("gate", [&opened] {
              using namespace std::chrono_literals;
              return opened.wait_for(10s) == std::future_status::ready;
            })};
  });
  // Else, its first run may be that of a worker.
  CAF_REQUIRE_EQUAL(
    must(must(client.connect(agent.addr())).call<int>("echo", 1)), 1);
  raw_socket peer;
  peer.connect(c.address().port());
  auto call = [](int id, const std::string& content) {
    auto payload
      = "[0," + std::to_string(id) + ",[\"agents/0/" + content + "]]";
    auto size = static_cast<char>(payload.size());
    return std::string{'\0', '\0', '\0', size} + payload;
  };
  std::array<char, 4096> room;
  for (auto id = 0; id < 10; ++id) {
    peer.send(call(id, "echo\",[1],{}"));
    peer.wait();
    CAF_REQUIRE_GREATER(peer.receive(room), 0u);
  }
  CAF_MESSAGE("many at once");
  std::string all;
  for (auto id = 10; id < 60; ++id)
    all += call(id, "echo\",[1],{}");
  peer.send(all + call(60, "gate\",[],{}"));
  peer.wait();
  CAF_CHECK_GREATER(peer.receive(room), 0u);
  got_first.set_value();
  std::string last;
  while (last.find("[1,60,") == last.npos) {
    peer.wait();
    auto n = peer.receive(room);
    CAF_REQUIRE_GREATER(n, 0u);
    last.append(room.data(), n);
  }
  CAF_CHECK(last.find("[1,60,true]") != last.npos);
}

CAF_TEST_FIXTURE_SCOPE_END()
