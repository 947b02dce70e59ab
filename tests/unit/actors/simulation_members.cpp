#define CAF_SUITE simulation_members

// Who takes part in a simulation, who comes and goes, and what that does to the
// time of the others.

#include "simulation_fixture.hpp"

CAF_TEST_FIXTURE_SCOPE(simulation_members_tests, simulation_fixture)

CAF_TEST(members get to know each other even if one has failed) {
  auto& a = make_world();
  auto& b = make_world();
  auto& c = make_world();
  auto caller = a.spawn(&log);
  auto callee = b.spawn(&log);
  auto naps = begin(start(caller, &gossip::naps, callee.addr(), 5.0, 1u));
  CAF_REQUIRE(eventually([&] { return b.time->timers() == 1; }));
  for (auto x : {&a, &b, &c})
    must(master.add(x->url()));
  must(c.here.shutdown());
  CAF_CHECK(connection_lost(failure(master.run_until(1))));
  must(master.run_until(10));
  CAF_CHECK_EQUAL(must(naps.get()), 1u);
  CAF_CHECK_EQUAL(a.time->time(), 10.0);
  CAF_CHECK_EQUAL(b.time->time(), 10.0);
}

CAF_TEST(a node whose manager is lost does not stop the others) {
  auto& a = make_world();
  auto& b = make_world();
  auto& c = make_world();
  {
    slow_relay link{a.here.container().address().port(), 0ms};
    must(master.add("tcp://127.0.0.1:" + std::to_string(link.port()) + "/0"));
    must(master.add(b.url()));
    must(master.add(c.url()));
    talk(2);
    must(master.run_until(5));
  }
  CAF_CHECK(connection_lost(failure(master.run_until(10))));
  // What the others ask of the one that stands still holds the time now.
  auto result = master.run_until(10).get(1s);
  CAF_CHECK(result || code_of(result.error()) == errc::timeout);
  CAF_MESSAGE("until it takes part again");
  must(master.add(a.url()));
  must(master.run_until(12));
  log.wrong = 0; // the times were different
  must(master.run_until(20));
  CAF_CHECK_EQUAL(log.wrong, 0);
  CAF_CHECK_EQUAL(a.time->time(), 20.0);
}

CAF_TEST(members are removed) {
  auto& a = make_world();
  auto& b = make_world();
  must(master.add(a.url()));
  must(master.add(b.url()));
  talk(1);
  must(master.run_until(5));
  must(master.remove(b.url()));
  CAF_CHECK_EQUAL(text_of_failure(master.remove(b.url())),
                  b.url() + " does not take part");
  must(b.here.shutdown());
  log.wrong = 0;
  must(master.run_until(10));
  CAF_CHECK_EQUAL(a.time->time(), 10.0);
}

CAF_TEST(a node takes part once) {
  auto& a = make_world();
  must(master.add(a.url()));
  CAF_CHECK_EQUAL(text_of_failure(master.add(a.url())),
                  a.url() + " takes part already");
  CAF_CHECK_EQUAL(text_of_failure(master.add(a.time)),
                  "a clock of this process takes part already");
  must(master.run_until(5));
}

CAF_TEST(a second master takes over) {
  auto& a = make_world();
  must(master.add(a.url()));
  must(master.run_until(5));
  simulation_master other{sys};
  must(other.add(a.url()));
  must(other.run_until(10));
  CAF_CHECK_EQUAL(last_line(master.run_until(20)),
                  "ValueError: Another simulation_master leads the clock");
  CAF_CHECK_EQUAL(a.time->time(), 10.0);
}

CAF_TEST(a refused clock leaves its system in peace) {
  auto& a = make_world();
  auto& b = make_world();
  auto second = std::make_shared<simulation_clock>("2016-01-01");
  auto c = must(container::create(a.sys, any_port, world::by(second)));
  must(master.add(a.time));
  must(master.add(b.url()));
  talk(2);
  must(master.run_until(5));
  CAF_CHECK_EQUAL(text_of_failure(master.add(second)),
                  "a clock of this process begins with the date "
                  "2016-01-01T00:00:00+00:00 instead of "
                  "2015-01-01T00:00:00+00:00");
  must(master.run_until(10));
  CAF_CHECK_EQUAL(log.wrong, 0);
  CAF_MESSAGE("nor does it run beside those that are led");
  CAF_CHECK_EQUAL(
    text_of_failure(second->run_until(5)),
    "A simulation_master leads another clock of this actor system");
}

CAF_TEST(clocks of one system set timers for each other) {
  auto one = std::make_shared<simulation_clock>("2015-01-01");
  auto two = std::make_shared<simulation_clock>("2015-01-01");
  auto c = must(container::create(sys, any_port, world::by(one)));
  auto d = must(container::create(sys, any_port, world::by(two)));
  must(master.add(one));
  must(master.add(two));
  std::atomic<double> woke = 0;
  auto sleeper = c.spawn([&](agent_ptr self) {
    self->clock().call_at(10, [] {});
    return agent_behavior{[&, self](int) {
      self->clock().call_in(0.5, [&, self] { woke = self->clock().time(); });
    }};
  });
  d.spawn([&, sleeper](agent_ptr self) {
    // A message of CAF, which is on no link.
    self->clock().call_at(
      1, [self, sleeper] { self->send(sleeper.as_actor(), 5); });
    return agent_behavior{};
  });
  CAF_REQUIRE(
    eventually([&] { return one->timers() == 1 && two->timers() == 1; }));
  must(master.run_until(20));
  CAF_CHECK_EQUAL(woke, 1.5);
}

CAF_TEST(systems of a process may use local addresses) {
  for (auto name : {"sim.master.1", "sim.master.2"})
    must(master.add(make_world(0, "2015-01-01",
                               address::make(address::transport::local, name))
                      .url()));
  talk(3);
  must(master.run_until(100).get(10 * patience));
  CAF_CHECK_EQUAL(log.wrong, 0);
}

CAF_TEST(any number of calls may wait for the time) {
  constexpr size_t calls = 1500; // more than peers may have under way
  auto& a = make_world();
  auto& b = make_world();
  auto caller = a.spawn(&log);
  auto callee = b.spawn(&log);
  auto naps = begin(start(caller, &gossip::naps, callee.addr(), 5.0, calls));
  CAF_REQUIRE(eventually([&] { return b.time->timers() == calls; }));
  must(master.add(a.url()));
  must(master.add(b.url()));
  must(master.run_until(10));
  CAF_CHECK_EQUAL(must(naps.get()), calls);
}

CAF_TEST(a follower that cannot follow) {
  must(master.add(make_world().url()));
  auto plain = must(start_node(sys, any_port));
  must(master.add_follower(plain.manager_url()));
  CAF_CHECK_EQUAL(last_line(master.run_until(5)),
                  "AttributeError: 'realtime_clock' object has no attribute "
                  "'set_time'");
  must(master.run_until(6));
}

CAF_TEST(whoever waits for a run keeps the master) {
  auto& a = make_world();
  must(master.add(a.url()));
  auto held = a.time->hold();
  auto running = begin(master.run_until(5));
  CAF_REQUIRE(eventually([&] { return a.time->running(); }));
  master = {};
  held.reset();
  must(running.get());
  CAF_CHECK_EQUAL(a.time->time(), 5.0);
  CAF_MESSAGE("an empty one does nothing");
  CAF_CHECK_EQUAL(text_of_failure(master.run_until(6)),
                  "The simulation_master is empty");
  CAF_CHECK_EQUAL(master.time(), 0.0);
}

CAF_TEST_FIXTURE_SCOPE_END()
