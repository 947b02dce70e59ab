#define CAF_SUITE external_clock

#include "clock_fixture.hpp"

#include "caf/aiomas/when.hpp"

#include <atomic>
#include <thread>

namespace {

struct fixture : clock_fixture<external_clock> {
  void set(double t) {
    if (auto ok = time->set_time(t); !ok)
      CAF_FAIL(describe(ok.error()));
    run();
  }

  /// What the agent's function fails with, as peers see it.
  template <class... Ts>
  std::string failure_of(const char* function, Ts... xs) {
    auto remote = must(await(right.connect(subject.addr())));
    auto result = await(remote.call(function, xs...));
    return result ? "no error" : last_line(result.error());
  }
};

date_time date(const char* text) {
  return must(date_time::parse(text));
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(external_clock_tests, fixture)

// -- the original's clock, line by line ---------------------------------------

CAF_TEST(time and date) {
  CAF_CHECK_EQUAL(time->time(), 10.0);
  CAF_CHECK(date_time{time->utcnow()} == date("2015-01-01T00:00:10"));
  CAF_CHECK(&left.clock() == time.get());
  external_clock before{"2015-01-01", -1};
  CAF_CHECK_EQUAL(before.time(), -1.0);
  CAF_CHECK(date_time{before.utcnow()} == date("2014-12-31T23:59:59"));
  external_clock west{date("2015-01-01T00:00:00-05:00")};
  CAF_CHECK_EQUAL(west.time(), 0.0);
  CAF_CHECK(date_time{west.utcnow()} == date("2015-01-01T05:00:00"));
  external_clock stamped{1420070400};
  CAF_CHECK(date_time{stamped.utcnow()} == date("2015-01-01"));
  CAF_CHECK(throws<std::invalid_argument>([] { external_clock{"soon"}; }));
  CAF_CHECK(throws<std::invalid_argument>([] {
    external_clock{"2015-01-01", not_a_number};
  }));
}

CAF_TEST(time goes forward only) {
  auto text = [this](double t) {
    auto x = time->set_time(t);
    CAF_CHECK(!x && code_of(x.error()) == errc::invalid_argument);
    return x ? std::string{"no error"} : text_of(x.error());
  };
  CAF_CHECK_EQUAL(text(9.5), "Time must be > 10 but is 9.5");
  CAF_CHECK_EQUAL(text(10), "Time must be > 10 but is 10");
  CAF_CHECK_EQUAL(text(not_a_number), "Time must be > 10 but is nan");
  CAF_CHECK_EQUAL(text(-inf), "Time must be > 10 but is -inf");
  CAF_CHECK_EQUAL(text(inf), "Time must be <= 7803215236 but is inf");
  CAF_CHECK_EQUAL(text(1e300), "Time must be <= 7803215236 but is 1e+300");
  CAF_CHECK_EQUAL(time->time(), 10.0);
  set(10.5);
  CAF_CHECK_EQUAL(time->time(), 10.5);
}

CAF_TEST(delays must be positive) {
  for (auto function : {"sleep", "call_in"}) {
    CAF_CHECK_EQUAL(failure_of(function, 0),
                    "ValueError: dt must be > 0 but is 0");
    CAF_CHECK_EQUAL(failure_of(function, -0.5),
                    "ValueError: dt must be > 0 but is -0.5");
    CAF_CHECK_EQUAL(failure_of(function, not_a_number),
                    "ValueError: dt must be a number but is nan");
    CAF_CHECK_EQUAL(failure_of(function, inf),
                    "ValueError: dt must be <= 9000000000 but is inf");
    CAF_CHECK_EQUAL(failure_of(function, 1e300),
                    "ValueError: dt must be <= 9000000000 but is 1e+300");
  }
  CAF_CHECK_EQUAL(time->timers(), 0u);
}

CAF_TEST(moments must not be past) {
  CAF_CHECK_EQUAL(failure_of("call_at", 10),
                  "ValueError: Date \"10\" is in the past");
  CAF_CHECK_EQUAL(failure_of("call_at", -inf),
                  "ValueError: Date \"-inf\" is in the past");
  CAF_CHECK_EQUAL(failure_of("call_at", not_a_number),
                  "ValueError: Date \"nan\" is not a number");
  CAF_CHECK_EQUAL(failure_of("call_at", inf),
                  "ValueError: Date \"inf\" is too far away");
  auto text
    = [this](moment t) { return text_of(await(time->sleep_until(t)).error()); };
  CAF_CHECK_EQUAL(text(9.5), "Date \"9.5\" is in the past");
  CAF_CHECK_EQUAL(text(date("2015-01-01T00:00:10")),
                  "Date \"2015-01-01T00:00:10+00:00\" is in the past");
  CAF_CHECK_EQUAL(text(date("9999-01-01")),
                  "Date \"9999-01-01T00:00:00+00:00\" is too far away");
  CAF_CHECK_EQUAL(time->timers(), 0u);
}

CAF_TEST(all that is due comes in the order of time and creation) {
  in_agent([](clock_agent* self) {
    self->call_in(3, "3");
    self->call_in(1, "1");
    launch(self, self->sleeping(1));
    self->call_in(2, "2");
    self->call_in(1, "1b");
    self->clock().call_at(14.5, [self] { self->see("later"); });
  });
  CAF_CHECK_EQUAL(time->timers(), 6u);
  CAF_CHECK(time->next_event() == 11.0);
  set(10.9);
  CAF_CHECK_EQUAL(take(), event_log{});
  CAF_MESSAGE("all of them see the new time");
  set(14);
  event_log expected{"1 14", "slept 14", "1b 14", "2 14", "3 14"};
  CAF_CHECK_EQUAL(take(), expected);
  CAF_CHECK(time->next_event() == 14.5);
}

CAF_TEST(calls that are begun by others count from the new time) {
  in_agent([](clock_agent* self) {
    self->clock().call_in(1, [self] { self->call_in(1, "next"); });
  });
  set(20);
  CAF_CHECK(time->next_event() == 21.0);
  set(21);
  CAF_CHECK_EQUAL(take(), event_log{"next 21"});
}

CAF_TEST(dates) {
  in_agent([](clock_agent* self) {
    self->clock().call_at(date("2015-01-01T00:01:00"),
                          [self] { self->see("minute"); });
    self->clock().call_at(date("2015-01-01T01:01:00.5+01:00"),
                          [self] { self->see("shown elsewhere"); });
    self->clock().call_at(self->clock().utcnow() + 55s,
                          [self] { self->see("from the clock"); });
  });
  CAF_CHECK(time->next_event() == 60.0);
  set(60);
  CAF_CHECK_EQUAL(take(), event_log{"minute 60"});
  set(65);
  CAF_CHECK_EQUAL(take(),
                  (event_log{"shown elsewhere 65", "from the clock 65"}));
}

CAF_TEST(results of waiting) {
  auto slept = time->sleep(1, std::string{"one"}).start();
  auto until = time->sleep_until(12, 2).start();
  auto none = time->sleep(1s).start();
  set(12);
  CAF_CHECK_EQUAL(must(await(slept)), "one");
  CAF_CHECK_EQUAL(must(await(until)), 2);
  must(await(none));
  CAF_MESSAGE("also inside of agents");
  auto text = start(subject, [](clock_agent* self) -> task<std::string> {
                co_return co_await self->clock().sleep(1, std::string{"text"});
              }).start();
  run();
  set(13);
  CAF_CHECK_EQUAL(must(await(text)), "text");
}

// -- cancelling ---------------------------------------------------------------

CAF_TEST(cancelling) {
  timer_handle first;
  timer_handle second;
  in_agent([&](clock_agent* self) {
    first = self->call_in(1, "first");
    second = self->call_in(1, "second");
    self->call_in(1, "third");
  });
  CAF_CHECK(first.pending());
  first.cancel();
  first.cancel();
  CAF_CHECK(!first.pending());
  CAF_CHECK_EQUAL(time->timers(), 2u);
  set(11);
  CAF_CHECK_EQUAL(take(), (event_log{"second 11", "third 11"}));
  CAF_CHECK(!second.pending());
  second.cancel();
  timer_handle{}.cancel();
  CAF_CHECK(!timer_handle{}.pending());
}

CAF_TEST(cancelling what is on its way) {
  timer_handle first;
  timer_handle second;
  in_agent([&](clock_agent* self) {
    first = self->clock().call_in(1, [self, &second] {
      self->see("first");
      second.cancel();
      second.cancel();
    });
    second = self->call_in(1, "second");
  });
  CAF_CHECK(time->set_time(11));
  CAF_MESSAGE("both messages are in the mailbox");
  CAF_CHECK(first.pending());
  CAF_CHECK(second.pending());
  run();
  CAF_CHECK_EQUAL(take(), event_log{"first 11"});
}

CAF_TEST(a call cancels itself) {
  timer_handle self_made;
  in_agent([&](clock_agent* self) {
    self_made = self->clock().call_in(1, [self, &self_made] {
      self_made.cancel();
      self->see("goes on");
    });
  });
  set(11);
  CAF_CHECK_EQUAL(take(), event_log{"goes on 11"});
}

// -- calls --------------------------------------------------------------------

CAF_TEST(calls take arguments) {
  in_agent([](clock_agent* self) {
    self->clock().call_in(1, &clock_agent::see, self, "member");
    self->clock().call_in(
      1s,
      [self](const std::string& x, int y) { self->see(x + std::to_string(y)); },
      "arguments", 2);
    self->clock().call_in(
      1, [self](std::unique_ptr<int> x) { self->see(std::to_string(*x)); },
      std::make_unique<int>(7));
  });
  set(11);
  CAF_CHECK_EQUAL(take(), (event_log{"member 11", "arguments2 11", "7 11"}));
}

CAF_TEST(calls may be coroutines) {
  in_agent([](clock_agent* self) {
    auto text = std::make_shared<std::string>("long enough to be on the heap");
    self->clock().call_in(1, [self, text]() -> task<void> {
      co_await self->clock().sleep(1);
      self->see(*text);
      throw python_error("ValueError", "from a coroutine");
    });
    self->clock().call_in(1, &clock_agent::sleeping, self, delay{2});
  });
  set(11);
  CAF_CHECK_EQUAL(take(), event_log{});
  set(13);
  event_log expected{"long enough to be on the heap 13",
                     "ValueError: from a coroutine", "slept 13"};
  CAF_CHECK_EQUAL(take(), expected);
}

CAF_TEST(exceptions of calls do not end the agent) {
  in_agent([](clock_agent* self) {
    self->clock().call_in(1, [] { throw std::out_of_range("too far"); });
    self->call_in(1, "next");
  });
  set(11);
  CAF_CHECK_EQUAL(take(), (event_log{"IndexError: too far", "next 11"}));
}

CAF_TEST(exceptions are warned about) {
  warning_log log;
  auto plain = left.spawn([](agent_ptr self) {
    self->clock().call_in(1, [] { throw std::out_of_range("too far"); });
    return agent_behavior{};
  });
  run();
  set(11);
  event_log expected{"a task of Agent('" + plain.addr()
                     + "') failed: IndexError: too far"};
  CAF_CHECK_EQUAL(log.texts(), expected);
}

CAF_TEST(calls from a constructor) {
  struct early : agent {
    early(actor_config& cfg, aiomas::container c, event_log* seen)
      : agent(cfg, std::move(c)) {
      clock().call_in(1, [seen] { seen->push_back("early"); });
    }
  };
  left.spawn<early>(&seen);
  run();
  set(11);
  CAF_CHECK_EQUAL(take(), event_log{"early"});
}

// -- agents that end ----------------------------------------------------------

CAF_TEST(nothing is left of agents that end) {
  auto held = std::make_shared<int>();
  timer_handle handle;
  in_agent([&](clock_agent* self) {
    for (auto i = 0; i < 10; ++i)
      handle = self->clock().call_in(1 + i, [self, held] { self->see("no"); });
    launch(self, self->sleeping(5));
    self->clock().sleep(6).then(
      self, [self, held] { self->see("no"); }, [](error&) {});
    self->clock().sleep_until(17, held).then(
      self, [self](auto) { self->see("no"); }, [](error&) {});
    self->clock().call_in(1, [held]() -> task<void> { co_return; });
  });
  CAF_CHECK_EQUAL(time->timers(), 14u);
  anon_send_exit(subject.as_actor(), exit_reason::kill);
  run();
  CAF_CHECK_EQUAL(time->timers(), 0u);
  CAF_CHECK_EQUAL(held.use_count(), 1);
  CAF_CHECK(!handle.pending());
  handle.cancel();
  set(100);
  CAF_CHECK_EQUAL(take(), event_log{});
}

CAF_TEST(agents that end when calls are on their way) {
  in_agent([](clock_agent* self) {
    self->clock().call_in(1, [self] { self->quit(); });
    self->call_in(1, "no");
    self->call_in(5, "no");
  });
  set(11);
  CAF_CHECK_EQUAL(time->timers(), 0u);
  CAF_CHECK_EQUAL(take(), event_log{});
}

CAF_TEST(agents that have ended begin nothing) {
  in_agent([](clock_agent* self) {
    self->attach_functor([self](const error&) {
      CAF_CHECK(!self->clock().call_in(1, [] {}).pending());
    });
    self->quit();
  });
  CAF_CHECK_EQUAL(time->timers(), 0u);
}

CAF_TEST(tasks that are cancelled wait no longer) {
  task_ref what;
  in_agent([&](clock_agent* self) { what = launch(self, self->sleeping(5)); });
  CAF_CHECK_EQUAL(time->timers(), 1u);
  in_agent([&](clock_agent*) { what.cancel(); });
  CAF_CHECK_EQUAL(time->timers(), 0u);
}

CAF_TEST(deadlines in the time of a clock) {
  in_agent([](clock_agent* self) {
    launch(self, [](clock_agent* me) -> task<void> {
      try {
        co_await with_timeout(me->sleeping(60), me->clock().sleep(5));
      } catch (const timeout_error& x) {
        me->see(x.what());
      }
      auto t = co_await with_timeout(me->sleeping(4), me->clock().sleep(5));
      me->see("got " + aiomas::detail::number_text(t) + ",");
      try {
        co_await with_timeout(me->sleeping(4), me->clock().sleep(0));
      } catch (const exception& x) {
        me->see(x.what());
      }
    }(self));
  });
  CAF_CHECK_EQUAL(time->timers(), 2u);
  set(15);
  CAF_CHECK_EQUAL(time->timers(), 2u);
  set(19);
  CAF_CHECK_EQUAL(time->timers(), 0u);
  event_log expected{"timeout: Timed out 15", "slept 19", "got 19, 19",
                     "invalid_argument: dt must be > 0 but is 0 19"};
  CAF_CHECK_EQUAL(take(), expected);
}

// -- other users --------------------------------------------------------------

CAF_TEST(any actor can wait) {
  auto host = sys.spawn([this](event_based_actor* self) {
    time->sleep(1).then(
      self, [this] { seen.push_back("then"); }, [](error&) {});
  });
  run();
  set(11);
  CAF_CHECK_EQUAL(take(), event_log{"then"});
}

CAF_TEST(waiting has bounds in real time) {
  auto bounded = time->sleep(1).timeout(5s).start();
  auto in_time = time->sleep(1).timeout(1h).start();
  run();
  CAF_CHECK_EQUAL(time->timers(), 2u);
  advance_time(5s);
  CAF_CHECK_EQUAL(code_of(await(bounded).error()), errc::timeout);
  run();
  CAF_CHECK_EQUAL(time->timers(), 1u);
  set(11);
  must(await(in_time));
  auto wrong = await(time->sleep(0).timeout(1h));
  CAF_CHECK_EQUAL(text_of(wrong.error()), "dt must be > 0 but is 0");
  external_clock alone{"2015-01-01"};
  auto refused = await(alone.sleep(1).timeout(1h));
  CAF_CHECK_EQUAL(code_of(refused.error()), errc::invalid_argument);
}

CAF_TEST(clocks that go) {
  auto short_lived = std::make_shared<external_clock>("2015-01-01");
  std::string ended;
  short_lived->sleep(1).notify([&](expected<void> x) {
    ended = x ? "no error" : to_string(code_of(x.error()));
  });
  short_lived.reset();
  CAF_CHECK_EQUAL(ended, "shut_down");
}

CAF_TEST_FIXTURE_SCOPE_END()

// -- threads ------------------------------------------------------------------

CAF_TEST_FIXTURE_SCOPE(threaded_tests, system_fixture)

CAF_TEST(time is set from any thread) {
  constexpr auto steps = 200;
  auto time = std::make_shared<external_clock>("2015-01-01");
  options opts;
  opts.clock = time;
  auto c = must(container::create(sys, any_port, opts));
  std::atomic<int> called = 0;
  std::atomic<int> wrong = 0;
  later<bool> over;
  for (auto i = 0; i < 4; ++i)
    c.spawn([&](agent_ptr self) {
      auto last = std::make_shared<int>(0);
      for (auto t = 1; t <= steps; ++t)
        self->clock().call_at(t, [&, self, t, last] {
          if (self->clock().time() < t || *last != t - 1)
            ++wrong;
          *last = t;
          if (++called == 4 * steps)
            over.set(true);
        });
      return agent_behavior{};
    });
  CAF_REQUIRE(eventually([&] { return time->timers() == 4 * steps; }));
  std::atomic<int> next = 0;
  std::vector<std::thread> setters;
  for (auto i = 0; i < 3; ++i)
    setters.emplace_back([&] {
      for (int t; (t = ++next) <= steps;)
        time->set_time(t); // fails if another thread was faster
    });
  for (auto& x : setters)
    x.join();
  CAF_CHECK_EQUAL(time->time(), steps);
  CAF_CHECK_EQUAL(time->timers(), 0u);
  CAF_CHECK(over.get());
  CAF_CHECK_EQUAL(wrong, 0);
}

CAF_TEST(agents end while time is set) {
  auto time = std::make_shared<external_clock>("2015-01-01");
  options opts;
  opts.clock = time;
  auto c = must(container::create(sys, any_port, opts));
  std::atomic<bool> over = false;
  std::thread setter{[&] {
    for (auto t = 1; !over; ++t)
      time->set_time(t);
  }};
  for (auto i = 0; i < 200; ++i) {
    auto who = c.spawn([](agent_ptr self) {
      for (auto n = 1; n < 10; ++n)
        self->clock().call_in(n, [] {});
      self->launch([](agent_ptr me) -> task<void> {
        for (;;)
          co_await me->clock().sleep(1);
      }(self));
      return agent_behavior{};
    });
    anon_send_exit(who.as_actor(), exit_reason::user_shutdown);
  }
  CAF_CHECK(eventually([&] { return time->timers() == 0; }));
  over = true;
  setter.join();
}

CAF_TEST_FIXTURE_SCOPE_END()
