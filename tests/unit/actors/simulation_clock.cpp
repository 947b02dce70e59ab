#define CAF_SUITE simulation_clock

#include "clock_fixture.hpp"

#include "caf/aiomas/run.hpp"

#include <atomic>
#include <set>

namespace {

std::string text_of_failure(expected<void> what) {
  return what ? "no error" : text_of(what.error());
}

// -- in one thread ------------------------------------------------------------

struct fixture : clock_fixture<simulation_clock> {
  /// Lets time pass until `t`.
  void run_until(moment t) {
    must(await(time->run_until(std::move(t))));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(simulation_clock_tests, fixture)

CAF_TEST(time jumps from one timer to the next) {
  in_agent([](clock_agent* self) {
    self->call_in(5, "5");
    self->call_in(1, "1");
    self->clock().call_in(2, [self] {
      self->see("2");
      self->call_in(0.5, "2.5");
    });
    launch(self, self->sleeping(2));
  });
  CAF_CHECK_EQUAL(time->time(), 10.0);
  CAF_CHECK(time->next_event() == 11.0);
  run_until(14);
  event_log expected{"1 11", "2 12", "slept 12", "2.5 12.5"};
  CAF_CHECK_EQUAL(take(), expected);
  CAF_CHECK_EQUAL(time->time(), 14.0);
  CAF_CHECK(date_time{time->utcnow()}
            == date_time{std::chrono::sys_days{std::chrono::year{2015} / 1 / 1}}
                 + 14s);
  run_until(15);
  CAF_CHECK_EQUAL(take(), event_log{"5 15"});
  CAF_CHECK(!time->running());
}

CAF_TEST(time stands still unless it runs) {
  in_agent([](clock_agent* self) { self->call_in(1, "1"); });
  run();
  advance_time(1h);
  CAF_CHECK_EQUAL(time->time(), 10.0);
  CAF_CHECK_EQUAL(take(), event_log{});
}

CAF_TEST(running until nothing is left) {
  in_agent([](clock_agent* self) {
    self->clock().call_in(3600, [self] { self->call_in(1800, "last"); });
  });
  must(await(time->run_until_idle()));
  CAF_CHECK_EQUAL(take(), event_log{"last 5410"});
  CAF_CHECK_EQUAL(time->time(), 5410.0);
  CAF_MESSAGE("nothing was left");
  must(await(time->run_until_idle()));
  CAF_CHECK_EQUAL(time->time(), 5410.0);
}

CAF_TEST(running until a date or until now) {
  in_agent([](clock_agent* self) { self->call_in(60, "minute"); });
  run_until(must(date_time::parse("2015-01-01T00:01:10")));
  CAF_CHECK_EQUAL(take(), event_log{"minute 70"});
  CAF_CHECK_EQUAL(time->time(), 70.0);
  anon_send(subject.as_actor(),
            aiomas::detail::errand::make([](scheduled_actor* self) {
              static_cast<clock_agent*>(self)->see("now");
            }));
  run_until(70);
  CAF_CHECK_EQUAL(take(), event_log{"now 70"});
}

CAF_TEST(running to where there is no time) {
  auto text = [this](moment t) {
    return text_of_failure(await(time->run_until(std::move(t))));
  };
  CAF_CHECK_EQUAL(text(9.5), "Time must be >= 10 but is 9.5");
  CAF_CHECK_EQUAL(text(not_a_number), "Time must be >= 10 but is nan");
  CAF_CHECK_EQUAL(text(inf), "Time must be <= 7803215236 but is inf");
  CAF_CHECK_EQUAL(text(1e300), "Time must be <= 7803215236 but is 1e+300");
  CAF_CHECK_EQUAL(text(date_time{}), "Time must be >= 10 but is -1420070400");
  in_agent([](clock_agent* self) { self->call_in(8e9, "never"); });
  CAF_CHECK_EQUAL(text_of_failure(await(time->run_until_idle())),
                  "Time must be <= 7803215236 but is 8000000010");
  CAF_CHECK(!time->running());
  CAF_CHECK_EQUAL(time->time(), 10.0);
}

CAF_TEST(only one runs it at a time) {
  auto held = time->hold();
  auto first = time->run_until(20).start();
  CAF_CHECK(time->running());
  CAF_CHECK_EQUAL(text_of_failure(await(time->run_until(30))),
                  "The clock runs already");
  held.reset();
  must(await(first));
  CAF_CHECK_EQUAL(time->time(), 20.0);
}

CAF_TEST(a bound in real time stops it) {
  in_agent([](clock_agent* self) { self->call_in(5, "5"); });
  auto held = time->hold();
  auto bounded = time->run_until(20).timeout(1s).start();
  run();
  advance_time(1s);
  CAF_CHECK_EQUAL(code_of(await(bounded).error()), errc::timeout);
  run();
  CAF_CHECK(!time->running());
  held.reset();
  run();
  CAF_CHECK_EQUAL(time->time(), 10.0);
  must(await(time->run_until(20).timeout(1s)));
  CAF_CHECK_EQUAL(take(), event_log{"5 15"});
}

CAF_TEST(delays of nothing are refused and small ones end) {
  in_agent([](clock_agent* self) {
    CAF_CHECK(throws<std::invalid_argument>([&] { self->call_in(0, "no"); }));
    self->call_in(1e-300, "tiny");
  });
  run_until(11);
  CAF_CHECK_EQUAL(take(), event_log{"tiny 10.000000000000002"});
}

CAF_TEST(who holds the clock keeps time from passing) {
  in_agent([](clock_agent* self) { self->call_in(1, "1"); });
  auto one = time->hold();
  auto two = one;
  auto running = time->run_until(20).start();
  run();
  one.reset();
  run();
  CAF_CHECK(!running.ready());
  CAF_CHECK_EQUAL(time->time(), 10.0);
  two.reset();
  must(await(running));
  CAF_CHECK_EQUAL(take(), event_log{"1 11"});
}

CAF_TEST(agents of several containers call each other) {
  auto far = right.spawn<clock_agent>(&seen);
  in_agent([url = far.addr()](clock_agent* self) {
    launch(self, [](clock_agent* me, std::string there) -> task<void> {
      auto other = co_await me->container().connect(there);
      for (auto i = 0; i < 3; ++i) {
        co_await me->clock().sleep(1);
        auto t = co_await other.call<double>("time");
        me->see("called at " + aiomas::detail::number_text(t) + ",");
      }
      // Time passes while the other one waits for it.
      auto t = co_await other.call<double>("sleep", 100);
      me->see("woke at " + aiomas::detail::number_text(t) + ",");
    }(self, url));
  });
  must(await(time->run_until_idle()));
  event_log expected{"called at 11, 11", "called at 12, 12", "called at 13, 13",
                     "slept 113", "woke at 113, 113"};
  CAF_CHECK_EQUAL(take(), expected);
}

CAF_TEST(agents that end) {
  in_agent([](clock_agent* self) {
    self->call_in(100, "no");
    self->clock().call_in(1, [self] { self->quit(); });
  });
  must(await(time->run_until_idle()));
  CAF_CHECK_EQUAL(time->time(), 11.0);
  CAF_CHECK_EQUAL(take(), event_log{});
}

CAF_TEST(agents that are made meanwhile) {
  in_agent([this](clock_agent* self) {
    self->clock().call_in(1, [this, self] {
      self->call_in(1, "old");
      right.spawn([this](agent_ptr me) {
        seen.push_back("made "
                       + aiomas::detail::number_text(me->clock().time()));
        me->clock().call_in(1, [this] { seen.push_back("new"); });
        return agent_behavior{};
      });
    });
  });
  must(await(time->run_until_idle()));
  CAF_CHECK_EQUAL(take(), (event_log{"made 11", "old 12", "new"}));
}

AIOMAS_CO_TEST(an actor runs the clock) {
  time->sleep(5).notify([this](expected<void>) { seen.push_back("woken"); });
  co_await time->run_until(20);
  CAF_CHECK_EQUAL(take(), event_log{"woken"});
  CAF_CHECK_EQUAL(time->time(), 20.0);
  co_await time->run_until_idle();
}

CAF_TEST_FIXTURE_SCOPE_END()

// -- without containers -------------------------------------------------------

CAF_TEST(a clock without a container) {
  auto time = std::make_shared<simulation_clock>("2015-01-01");
  std::vector<double> seen;
  for (auto t : {3, 1, 2})
    time->sleep(t).notify(
      [&](expected<void>) { seen.push_back(time->time()); });
  must(time->run_until_idle().get());
  CAF_CHECK_EQUAL(seen, (std::vector<double>{1, 2, 3}));
  simulation_clock alone{"2015-01-01"};
  CAF_CHECK_EQUAL(text_of_failure(alone.run_until(1).get()),
                  "A simulation_clock must be owned by a std::shared_ptr");
}

CAF_TEST(a clock lives as long as it is held) {
  auto time = std::make_shared<simulation_clock>("2015-01-01");
  auto held = time->hold();
  auto running = time->run_until(1).start();
  time.reset();
  CAF_CHECK(!running.ready());
  held.reset();
  must(running.get());
}

// -- with threads -------------------------------------------------------------

namespace {

/// Counts what comes at a wrong time.
class prober : public agent {
public:
  prober(actor_config& cfg, aiomas::container c, std::atomic<int>* wrong,
         std::atomic<int>* done)
    : agent(cfg, std::move(c)), wrong_(wrong), done_(done) {
    expose("time", [this] { return clock().time(); });
    expose("nap", [this](double dt) -> task<double> { return nap(dt); });
  }

  task<double> nap(double dt) {
    co_await clock().sleep(dt);
    co_return clock().time();
  }

  /// Calls others: their answers must come at the time of the call, or when
  /// they have slept.
  task<void> probe(std::vector<std::string> urls, int rounds) {
    std::vector<proxy> others;
    for (auto& url : urls)
      others.push_back(co_await container().connect(url));
    for (auto i = 0; i < rounds; ++i) {
      auto due = clock().time() + 1;
      co_await clock().sleep(1);
      check(due);
      for (auto& other : others) {
        if (co_await other.call<double>("time") != due)
          ++*wrong_;
        check(due);
      }
      due += 0.25;
      if (co_await others.front().call<double>("nap", 0.25) != due)
        ++*wrong_;
      check(due);
    }
    ++*done_;
  }

private:
  void check(double due) {
    if (clock().time() != due)
      ++*wrong_;
  }

  std::atomic<int>* wrong_;
  std::atomic<int>* done_;
};

/// Has something to do all the time.
class ticker : public agent {
public:
  ticker(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    tick();
  }

private:
  void tick() {
    clock().call_in(1, &ticker::tick, this);
  }
};

struct threaded_fixture : system_fixture, clock_holder<simulation_clock> {
  std::atomic<int> wrong = 0;
  std::atomic<int> done = 0;

  container make_container(address where, options opts) {
    opts.clock = time;
    return must(container::create(sys, std::move(where), std::move(opts)));
  }

  /// Lets agents of several containers call each other.
  template <spawn_options Os = no_spawn_options>
  void probe(const std::vector<container>& where, int rounds) {
    constexpr auto agents_each = 3;
    std::vector<agent_handle<prober>> all;
    std::vector<std::string> urls;
    for (auto& c : where)
      for (auto i = 0; i < agents_each; ++i) {
        all.push_back(c.spawn<prober, Os>(&wrong, &done));
        urls.push_back(all.back().addr());
      }
    {
      auto held = time->hold();
      for (auto& x : all)
        start(x, &prober::probe, urls, rounds).detach();
    }
    CAF_REQUIRE(eventually(
      [&] { return time->timers() == all.size(); })); // all have begun
    auto begin = time->time();
    must(time->run_until_idle().get(10 * patience));
    CAF_CHECK_EQUAL(wrong, 0);
    CAF_CHECK_EQUAL(done, static_cast<int>(all.size()));
    CAF_CHECK_EQUAL(time->time(), begin + 1.25 * rounds);
  }

  static address local(const char* id) {
    return address::make(address::transport::local, id);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(threaded_simulation_tests, threaded_fixture)

CAF_TEST(time never passes messages) {
  probe({make_container(local("sim.1"), {}), make_container(local("sim.2"), {}),
         make_container(local("sim.3"), {})},
        30);
}

CAF_TEST(time never passes messages of inlined agents) {
  options opts;
  opts.dispatch = dispatch_mode::inlined;
  probe(
    {make_container(local("sim.1"), opts), make_container(local("sim.2"), {})},
    30);
}

CAF_TEST(time never passes messages of detached agents) {
  probe<detached>(
    {make_container(local("sim.1"), {}), make_container(local("sim.2"), {})},
    20);
}

CAF_TEST(time never passes messages on sockets) {
  probe({make_container(any_port, {}), make_container(any_port, {})}, 20);
}

CAF_TEST(time never passes messages that take long) {
  auto near = make_container(any_port, {});
  auto far = make_container(any_port, {});
  std::atomic<int> seen = 0;
  auto target = far.spawn([&](agent_ptr self) {
    return agent_behavior{
      expose("take", [&, self](double sent, const std::string&) {
        ++seen;
        wrong += self->clock().time() == sent ? 0 : 1;
      })};
  });
  near.spawn([url = target.addr()](agent_ptr self) {
    for (auto t = 1; t <= 10; ++t)
      self->clock().call_in(t, [self, url]() -> task<void> {
        auto remote = co_await self->container().connect(url);
        std::string ballast(size_t{4} << 20, 'x');
        co_await remote.call("take", self->clock().time(), std::move(ballast));
      });
    return agent_behavior{};
  });
  CAF_REQUIRE(eventually([&] { return time->timers() == 10; }));
  must(time->run_until(20));
  must(time->run_until_idle());
  CAF_CHECK_EQUAL(seen, 10);
  CAF_CHECK_EQUAL(wrong, 0);
}

CAF_TEST(who holds the clock finds all at the same time) {
  auto near = make_container(any_port, {});
  auto far = make_container(any_port, {});
  auto callee = far.spawn<prober>(&wrong, &done);
  auto remote = must(near.connect(callee.addr()));
  far.spawn<ticker>();
  auto forever = time->run_until(1e9).start();
  for (auto i = 0; i < 500; ++i) {
    auto held = time->hold();
    auto before = time->time();
    if (must(remote.call<double>("time")) != before || time->time() != before)
      ++wrong;
  }
  CAF_CHECK_EQUAL(wrong, 0);
}

CAF_TEST(containers reach each other by any name) {
  auto near = make_container(any_port, {});
  auto far = make_container(any_port, {});
  auto callee = far.spawn<prober>(&wrong, &done);
  auto remote = must(near.connect(
    "tcp://localhost:" + std::to_string(far.address().port()) + "/0"));
  auto nap = remote.call<double>("nap", 5).start();
  CAF_REQUIRE(eventually([&] { return time->timers() == 1; }));
  must(time->run_until_idle());
  CAF_CHECK_EQUAL(must(nap.get()), 15.0);
}

CAF_TEST(time waits for any number of calls) {
  constexpr auto calls = 3000; // more than peers may have under way
  auto near = make_container(any_port, {});
  auto far = make_container(any_port, {});
  auto callee = far.spawn<prober>(&wrong, &done);
  auto remote = must(near.connect(callee.addr()));
  std::vector<pending<double, value>::started> naps;
  {
    auto held = time->hold();
    for (auto i = 0; i < calls; ++i)
      naps.push_back(remote.call<double>("nap", 10).start());
  }
  must(time->run_until_idle().get(10 * patience));
  auto right = 0;
  for (auto& nap : naps)
    right += must(nap.get()) == 20.0 ? 1 : 0;
  CAF_CHECK_EQUAL(right, calls);
}

CAF_TEST(time waits for calls of others) {
  // Its container does not take part.
  auto c = make_container(any_port, {});
  auto outside = must(container::create(sys, any_port));
  later<bool> asked;
  promise<int> owed;
  auto foreign = outside.spawn([&](agent_ptr self) {
    return agent_behavior{expose("ask",
                                 [&, self] {
                                   owed = self->make_promise<int>();
                                   asked.set(true);
                                   return owed;
                                 }),
                          [&](int x) { owed.deliver(x); }};
  });
  later<double> answered;
  c.spawn([url = foreign.addr(), answered](agent_ptr self) {
    self->clock().call_in(1, [self, url, answered]() -> task<void> {
      auto other = co_await self->container().connect(url);
      co_await other.call<int>("ask");
      answered.set(self->clock().time());
    });
    self->clock().call_in(2, [] {});
    return agent_behavior{};
  });
  CAF_REQUIRE(eventually([&] { return time->timers() == 2; }));
  auto running = time->run_until(20).start();
  CAF_CHECK(asked.get());
  CAF_CHECK_EQUAL(time->time(), 11.0);
  CAF_CHECK(!running.ready());
  anon_send(foreign.as_actor(), 42);
  CAF_CHECK_EQUAL(answered.get(), 11.0);
  must(running.get());
  CAF_CHECK_EQUAL(time->time(), 20.0);
}

CAF_TEST(a clock belongs to one system) {
  auto c = make_container(local("sim.1"), {});
  config_type other_cfg;
  actor_system other{other_cfg};
  options opts;
  opts.clock = time;
  auto refused = failure(container::create(other, any_port, opts));
  CAF_CHECK_EQUAL(code_of(refused), errc::invalid_argument);
}

CAF_TEST(running is given up) {
  auto c = make_container(local("sim.1"), {});
  auto held = time->hold();
  auto late = failure(time->run_until(20).get(1ms));
  CAF_CHECK_EQUAL(code_of(late), errc::timeout);
  CAF_CHECK(eventually([&] { return !time->running(); }));
  held.reset();
  must(time->run_until(20).get(patience));
}

CAF_TEST_FIXTURE_SCOPE_END()
