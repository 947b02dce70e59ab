#define CAF_SUITE simulation_master

#include "simulation_fixture.hpp"

#include <mutex>

CAF_TEST_FIXTURE_SCOPE(simulation_master_tests, simulation_fixture)

CAF_TEST(time never passes messages between processes) {
  for (auto i = 0; i < 3; ++i)
    must(master.add(make_world().url()));
  talk(4);
  must(master.run_until(60).get(10 * patience));
  CAF_CHECK_EQUAL(log.wrong, 0);
  CAF_CHECK_GREATER(log.seen, 1000);
  for (auto& x : worlds)
    CAF_CHECK_EQUAL(x.time->time(), 60.0);
  CAF_CHECK_EQUAL(master.time(), 60.0);
}

CAF_TEST(time never passes messages on slow links) {
  auto& x = make_world();
  auto& y = make_world();
  must(master.add(x.url()));
  must(master.add(y.url()));
  auto target = y.here.container().spawn<gossip>(&log);
  slow_relay link{y.here.container().address().port(), 5ms};
  auto url = "tcp://127.0.0.1:" + std::to_string(link.port()) + "/1";
  x.here.container().spawn([&, url](agent_ptr self) {
    for (auto t = 1; t <= 20; ++t)
      self->clock().call_at(t, [&, self, url]() -> task<void> {
        auto remote = co_await self->container().connect(url);
        auto before = self->clock().time();
        auto woke = co_await remote.call<double>("nap", 0.5);
        if (woke != before + 0.5 || self->clock().time() != woke)
          ++log.wrong;
        co_await remote.call("hear", woke, 0);
      });
    return agent_behavior{};
  });
  CAF_REQUIRE(eventually([&] { return x.time->timers() == 20; }));
  must(master.run_until(30));
  CAF_CHECK_EQUAL(log.wrong, 0);
  CAF_CHECK_EQUAL(log.seen, 20);
  must(x.here.shutdown());
  must(y.here.shutdown());
}

CAF_TEST(clocks of this process take part) {
  auto& there = make_world();
  auto& here = make_world();
  must(master.add(there.url()));
  must(master.add(here.time));
  talk(3);
  must(master.run_until(must(date_time::parse("2015-01-01T00:00:30")))
         .get(10 * patience));
  CAF_CHECK_EQUAL(log.wrong, 0);
  CAF_CHECK_EQUAL(here.time->time(), 30.0);
  CAF_MESSAGE("nobody else runs them");
  CAF_CHECK_EQUAL(text_of_failure(here.time->run_until(40)),
                  "A simulation_master leads the clock");
  CAF_CHECK_EQUAL(text_of_failure(master.add(here.time)),
                  "a clock of this process takes part already");
  CAF_MESSAGE("but when the master has gone");
  master = {};
  // What others still owe an answer to may keep the time from passing.
  auto runs = eventually([&] {
    auto result = here.time->run_until(30).get(10ms);
    return result || code_of(result.error()) == errc::timeout;
  });
  CAF_CHECK(runs);
}

CAF_TEST(several clocks of one system take part) {
  auto& first = make_world();
  auto second = std::make_shared<simulation_clock>("2015-01-01");
  options opts;
  opts.clock = second;
  auto c = must(container::create(first.sys, any_port, opts));
  must(master.add(first.url()));
  must(master.add(second));
  auto one = first.here.container().spawn<gossip>(&log);
  auto two = c.spawn<gossip>(&log);
  std::vector<std::string> urls{one.addr(), two.addr()};
  start(one, &gossip::live, urls, 1u).detach();
  start(two, &gossip::live, urls, 2u).detach();
  CAF_REQUIRE(eventually(
    [&] { return first.time->timers() == 1 && second->timers() == 1; }));
  must(master.run_until(60).get(10 * patience));
  CAF_CHECK_EQUAL(log.wrong, 0);
  CAF_CHECK_EQUAL(second->time(), 60.0);
}

CAF_TEST(running until nothing is left) {
  auto& x = make_world();
  auto& y = make_world();
  must(master.add(x.url()));
  must(master.add(y.url()));
  auto far = y.here.container().spawn<gossip>(&log);
  later<double> woke;
  x.here.container().spawn([url = far.addr(), woke](agent_ptr self) {
    self->clock().call_in(100, [self, url, woke]() -> task<void> {
      auto remote = co_await self->container().connect(url);
      woke.set(co_await remote.call<double>("nap", 1000));
    });
    return agent_behavior{};
  });
  CAF_REQUIRE(eventually([&] { return x.time->timers() == 1; }));
  must(master.run_until_idle());
  CAF_CHECK_EQUAL(woke.get(), 1100.0);
  CAF_CHECK_EQUAL(master.time(), 1100.0);
  must(master.run_until_idle());
  CAF_CHECK_EQUAL(master.time(), 1100.0);
}

CAF_TEST(members that do not fit) {
  CAF_CHECK_EQUAL(text_of_failure(master.run_until(5)),
                  "The simulation has no members");
  must(master.add(make_world(10).url()));
  CAF_MESSAGE("those behind are set to the time of the others");
  auto& late = make_world(5);
  must(master.add(late.url()));
  must(master.run_until(20));
  CAF_CHECK_EQUAL(late.time->time(), 20.0);
  CAF_MESSAGE("those ahead are refused");
  auto& ahead = make_world(30);
  CAF_CHECK_EQUAL(text_of_failure(master.add(ahead.url())),
                  ahead.url()
                    + " has the time 30, but that of the simulation is 20");
  auto& other = make_world(0, "2016-02-03");
  CAF_CHECK_EQUAL(text_of_failure(master.add(other.url())),
                  other.url()
                    + " begins with the date 2016-02-03T00:00:00+00:00 instead "
                      "of 2015-01-01T00:00:00+00:00");
  CAF_MESSAGE("as are other clocks");
  auto plain = must(start_node(sys, any_port));
  CAF_CHECK_EQUAL(last_line(master.add(plain.manager_url())),
                  "AttributeError: 'realtime_clock' object has no attribute "
                  "'join_simulation'");
  auto unused = std::make_shared<simulation_clock>("2015-01-01");
  CAF_CHECK_EQUAL(text_of_failure(master.add(unused)),
                  "No container uses this clock");
  CAF_CHECK_EQUAL(
    text_of_failure(master.add(std::shared_ptr<simulation_clock>{})),
    "There must be a clock");
  CAF_CHECK_EQUAL(text_of_failure(master.run_until(19)),
                  "Time must be >= 20 but is 19");
  CAF_CHECK_EQUAL(text_of_failure(master.run_until(not_a_number)),
                  "Time must be >= 20 but is nan");
  CAF_MESSAGE("the others go on");
  must(master.run_until(21));
}

CAF_TEST(running twice) {
  auto& x = make_world();
  must(master.add(x.url()));
  auto held = x.time->hold();
  auto first = begin(master.run_until(10));
  CAF_REQUIRE(eventually([&] { return x.time->running(); }));
  CAF_CHECK_EQUAL(text_of_failure(master.run_until(20)),
                  "The simulation runs already");
  held.reset();
  must(first.get());
}

CAF_TEST(running is given up) {
  auto& x = make_world();
  must(master.add(x.url()));
  auto held = x.time->hold();
  CAF_CHECK_EQUAL(code_of(failure(master.run_until(10).get(1ms))),
                  errc::timeout);
  held.reset();
  // Giving up takes a while.
  CAF_CHECK(
    eventually([&] { return static_cast<bool>(master.run_until(20).get()); }));
  CAF_CHECK_EQUAL(x.time->time(), 20.0);
}

CAF_TEST(a node that ends fails the run and the others go on) {
  auto& x = make_world();
  auto& y = make_world();
  must(master.add(x.url()));
  must(master.add(y.url()));
  talk(2);
  auto url = y.url();
  auto forever = begin(master.run_until(1e6));
  CAF_REQUIRE(eventually([&] { return log.seen > 100; }));
  must(y.here.shutdown());
  auto why = text_of(failure(forever.get()));
  CAF_CHECK(why.starts_with(url + ": "));
  CAF_MESSAGE(why);
  auto now = master.time();
  must(master.run_until(now + 60));
  CAF_CHECK_EQUAL(x.time->time(), now + 60);
}

CAF_TEST(connections that end do not stop the time) {
  for (auto i = 0; i < 2; ++i)
    must(master.add(make_world().url()));
  auto& first = worlds.front();
  // Connects anew for each call: by a container of its own that ends.
  options opts;
  opts.clock = worlds.back().time;
  auto target = first.here.container().spawn<gossip>(&log);
  for (auto i = 1; i <= 20; ++i) {
    auto c = must(container::create(worlds.back().sys, any_port, opts));
    auto caller = c.spawn([&, url = target.addr(), i](agent_ptr self) {
      self->clock().call_at(i * 10, [&, self, url]() -> task<void> {
        auto remote = co_await self->container().connect(url);
        co_await remote.call("hear", self->clock().time(), 0);
      });
      return agent_behavior{};
    });
    CAF_REQUIRE(eventually([&] { return opts.clock->timers() == 1; }));
    must(master.run_until(i * 10 + 1));
    must(c.shutdown());
  }
  CAF_CHECK_EQUAL(log.wrong, 0);
  CAF_CHECK_EQUAL(log.seen, 20);
}

CAF_TEST(members come while it runs) {
  auto& x = make_world();
  must(master.add(x.url()));
  auto& y = make_world();
  auto waits = x.time->hold();
  auto running = begin(master.run_until(10));
  CAF_REQUIRE(eventually([&] { return x.time->running(); }));
  must(master.add(y.url()));
  waits.reset();
  must(running.get());
  CAF_CHECK_EQUAL(y.time->time(), 10.0);
}

CAF_TEST(followers are told the time) {
  auto& x = make_world();
  must(master.add(x.url()));
  options opts;
  auto clock = std::make_shared<external_clock>("2015-01-01");
  opts.clock = clock;
  auto follower = must(start_node(sys, any_port, opts));
  std::mutex mtx;
  std::vector<double> visits; // by mtx
  auto watcher = follower.container().spawn([&](agent_ptr self) {
    for (auto t = 1; t <= 20; ++t)
      self->clock().call_at(t, [&, self] {
        std::lock_guard guard{mtx};
        visits.push_back(self->clock().time());
      });
    return agent_behavior{};
  });
  CAF_REQUIRE(eventually([&] { return clock->timers() == 20; }));
  must(master.add_follower(follower.manager_url(), 5s));
  must(master.run_until(12));
  CAF_CHECK_EQUAL(clock->time(), 12.0);
  // What is due there happens when the time is set.
  auto happened = eventually([&] {
    std::lock_guard guard{mtx};
    return visits.size() == 12;
  });
  CAF_REQUIRE(happened);
  std::vector<double> expected{5, 5, 5, 5, 5, 10, 10, 10, 10, 10, 12, 12};
  std::lock_guard guard{mtx};
  CAF_CHECK_EQUAL(visits, expected);
  CAF_CHECK_EQUAL(
    text_of_failure(master.add_follower(follower.manager_url(), 0)),
    "dt must be > 0 but is 0");
}

CAF_TEST_FIXTURE_SCOPE_END()
