#define CAF_SUITE clock

#include "clock_fixture.hpp"

#include <atomic>
#include <chrono>
#include <mutex>

namespace {

/// A clock as a user may write it: time and date, and nothing else.
class own_clock : public aiomas::clock {
public:
  double time() const override {
    return now_;
  }

  std::chrono::system_clock::time_point utcnow() const override {
    return std::chrono::system_clock::time_point{
      std::chrono::duration_cast<std::chrono::system_clock::duration>(
        std::chrono::duration<double>{now_ + 1e9})};
  }

  void set(double t) {
    now_ = t;
  }

private:
  std::atomic<double> now_ = 100;
};

/// One that knows when it jumps.
class jumping_clock final : public own_clock {
public:
  void jump(double t) {
    set(t);
    time_changed();
  }

protected:
  std::optional<std::chrono::nanoseconds>
  real_time_until(double) const override {
    return std::nullopt;
  }
};

/// Ten times as fast as real time.
class fast_clock final : public aiomas::clock {
public:
  double time() const override {
    return 10 * real_.time();
  }

  std::chrono::system_clock::time_point utcnow() const override {
    return real_.utcnow();
  }

protected:
  std::optional<std::chrono::nanoseconds>
  real_time_until(double t) const override {
    return std::chrono::ceil<std::chrono::nanoseconds>(
      std::chrono::duration<double>{(t - time()) / 10});
  }

private:
  realtime_clock real_;
};

struct fixture : system_fixture {
  container with(std::shared_ptr<aiomas::clock> time) {
    options opts;
    opts.clock = std::move(time);
    return must(container::create(sys, any_port, opts));
  }

  /// Runs `f` in a new agent of `c`.
  template <class F>
  agent_ref in_agent_of(const container& c, F f) {
    return c.spawn([f](agent_ptr self) mutable {
      f(self);
      return agent_behavior{};
    });
  }
};

std::string text_of_failure(pending<void> what) {
  return text_of(failure(std::move(what).get()));
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(clock_tests, fixture)

// -- real time ----------------------------------------------------------------

CAF_TEST(real time) {
  realtime_clock time;
  auto first = time.time();
  auto second = time.time();
  CAF_CHECK(first <= second);
  auto drift = std::chrono::system_clock::now() - time.utcnow();
  CAF_CHECK(drift < 1min && drift > -1min);
}

CAF_TEST(waiting in real time) {
  auto c = with(nullptr);
  auto& time = c.clock();
  auto begin = std::chrono::steady_clock::now();
  must(time.sleep(20ms).get());
  CAF_CHECK(std::chrono::steady_clock::now() - begin >= 20ms);
  must(time.sleep_until(time.time() + 0.005).get());
  must(time.sleep_until(time.utcnow() + 5ms).get());
  CAF_CHECK_EQUAL(must(time.sleep(1ms, 42).get()), 42);
  CAF_MESSAGE("the past is no error for delays");
  must(time.sleep(0).get());
  must(time.sleep(-1).get());
  CAF_MESSAGE("for moments, it is");
  CAF_CHECK_EQUAL(text_of_failure(time.sleep_until(0)),
                  "Date \"0\" is in the past");
  CAF_CHECK_EQUAL(text_of_failure(time.sleep_until(date_time{})),
                  "Date \"1970-01-01T00:00:00+00:00\" is in the past");
  CAF_MESSAGE("and so is what is no time");
  CAF_CHECK_EQUAL(text_of_failure(time.sleep(not_a_number)),
                  "dt must be a number but is nan");
  CAF_CHECK_EQUAL(text_of_failure(time.sleep(inf)),
                  "dt must be <= 9000000000 but is inf");
  CAF_CHECK_EQUAL(text_of_failure(time.sleep(std::chrono::hours::max())),
                  "dt must be <= 9000000000 but is 3.3204139332677193e+22");
  CAF_CHECK_EQUAL(text_of_failure(time.sleep_until(not_a_number)),
                  "Date \"nan\" is not a number");
  CAF_CHECK_EQUAL(text_of_failure(time.sleep_until(inf)),
                  "Date \"inf\" is too far away");
  CAF_MESSAGE("long waits are fine");
  auto longest = failure(time.sleep(aiomas::defaults::longest_time).get(1ms));
  CAF_CHECK_EQUAL(code_of(longest), errc::timeout);
  CAF_CHECK(eventually([&] { return time.timers() == 0; }));
}

CAF_TEST(blocking inside of actors) {
  auto time = std::make_shared<realtime_clock>();
  auto code
    = in_actor([time](auto) { return code_of(time->sleep(1).get().error()); });
  CAF_CHECK_EQUAL(code, errc::would_deadlock);
}

CAF_TEST(agents in real time) {
  auto c = with(nullptr);
  later<event_log> all;
  in_agent_of(c, [all](agent_ptr self) {
    auto seen = std::make_shared<event_log>();
    auto see = [seen, all](std::string what) {
      seen->push_back(std::move(what));
      if (seen->size() == 5)
        all.set(*seen);
    };
    self->clock().call_in(20ms, see, "last");
    self->clock().call_in(-1, see, "first");
    self->clock().call_in(0, see, "second");
    self->clock().call_at(self->clock().time() + 0.001, see, "third");
    self->clock().call_in(5ms, see, "fourth");
    self->clock().call_in(1ms, see, "never").cancel();
  });
  event_log expected{"first", "second", "third", "fourth", "last"};
  CAF_CHECK_EQUAL(all.get(), expected);
}

// What takes long is not waited for at the end.
CAF_TEST(systems that go while something waits) {
  auto c = with(nullptr);
  in_agent_of(c, [](agent_ptr self) {
    self->clock().call_in(1h, [] {});
    self->launch(
      [](agent_ptr me) -> task<void> { co_await me->clock().sleep(1h); }(self));
  });
  CAF_CHECK(eventually([&] { return c.clock().timers() == 2; }));
}

// -- clocks of your own -------------------------------------------------------

CAF_TEST(a clock of your own needs time and date only) {
  auto time = std::make_shared<own_clock>();
  auto c = with(time);
  later<double> called;
  later<double> slept;
  in_agent_of(c, [called, slept](agent_ptr self) {
    self->clock().call_in(1,
                          [self, called] { called.set(self->clock().time()); });
    self->launch([](agent_ptr me, later<double> done) -> task<void> {
      co_await me->clock().sleep_until(me->clock().utcnow() + 2s);
      done.set(me->clock().time());
    }(self, slept));
  });
  CAF_CHECK(eventually([&] { return time->timers() == 2; }));
  CAF_CHECK(time->next_event() == 101.0);
  CAF_CHECK(!called.ready(30ms));
  time->set(101.5);
  CAF_CHECK_EQUAL(called.get(), 101.5);
  time->set(102);
  CAF_CHECK_EQUAL(slept.get(), 102.0);
  CAF_MESSAGE("what it takes is checked");
  CAF_CHECK_EQUAL(text_of_failure(time->sleep(0)), "dt must be > 0 but is 0");
  CAF_CHECK_EQUAL(text_of_failure(time->sleep_until(102)),
                  "Date \"102\" is in the past");
}

CAF_TEST(a clock may tell when it jumps) {
  auto time = std::make_shared<jumping_clock>();
  auto waiting = time->sleep(5).start();
  time->jump(104);
  CAF_CHECK(!waiting.ready());
  time->jump(105);
  CAF_CHECK(waiting.ready());
}

CAF_TEST(a clock may tell how fast it is) {
  auto time = std::make_shared<fast_clock>();
  auto begin = std::chrono::steady_clock::now();
  must(time->sleep(0.2).get());
  CAF_CHECK(std::chrono::steady_clock::now() - begin >= 20ms);
}

CAF_TEST(clocks whose timers follow real time must be shared) {
  realtime_clock alone;
  CAF_CHECK_EQUAL(text_of_failure(alone.sleep(1)),
                  "A clock with timers must be owned by a std::shared_ptr");
  CAF_MESSAGE("if nobody need look at it, it need not");
  jumping_clock told;
  auto waiting = told.sleep(5).start();
  told.jump(105);
  CAF_CHECK(waiting.ready());
}

CAF_TEST(containers share a clock) {
  auto time = std::make_shared<jumping_clock>();
  auto one = with(time);
  auto two = with(time);
  CAF_CHECK(&one.clock() == &two.clock());
  later<double> first;
  later<double> second;
  in_agent_of(one, [first](agent_ptr self) {
    self->clock().call_in(1,
                          [self, first] { first.set(self->clock().time()); });
  });
  in_agent_of(two, [second](agent_ptr self) {
    self->clock().call_in(1,
                          [self, second] { second.set(self->clock().time()); });
  });
  CAF_CHECK(eventually([&] { return time->timers() == 2; }));
  must(one.shutdown());
  CAF_CHECK(eventually([&] { return time->timers() == 1; }));
  time->jump(101);
  CAF_CHECK_EQUAL(second.get(), 101.0);
  CAF_CHECK(!first.ready());
}

CAF_TEST_FIXTURE_SCOPE_END()

// -- test_fixture -------------------------------------------------------------

namespace {

struct fixture_with_agent : test_fixture {
  event_log seen;
  agent_handle<clock_agent> subject = left.spawn<clock_agent>(&seen);
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(fixture_clock_tests, fixture_with_agent)

CAF_TEST(time of a fixture passes when it is advanced) {
  auto& time = left.clock();
  auto begin = time.time();
  auto called = begin;
  anon_send(subject.as_actor(),
            aiomas::detail::errand::make([&called](scheduled_actor* self) {
              auto me = static_cast<clock_agent*>(self);
              me->clock().call_in(0.1, [me, &called] {
                called = me->clock().time();
                me->clock().call_in(
                  59.9, [me, &called] { called = me->clock().time(); });
              });
            }));
  auto slept = start(subject, &clock_agent::sleeping, delay{30min}).start();
  run();
  advance_time(50ms);
  CAF_CHECK_EQUAL(called, begin);
  advance_time(50ms);
  CAF_CHECK(called - begin >= 0.1 && called - begin < 0.1001);
  CAF_MESSAGE("others come at their own time, whatever step is taken");
  CAF_CHECK(advance_time(1h) > 0);
  CAF_CHECK(called - begin >= 60 && called - begin < 60.001);
  auto woke = must(await(slept)) - begin;
  CAF_CHECK(woke >= 1800 && woke < 1800.001);
  CAF_CHECK(time.time() - begin >= 3600.1);
  must(await(time.sleep(0)));
}

AIOMAS_CO_TEST(waiting in a test) {
  auto ready = left.clock().sleep(1min).start();
  CAF_CHECK(!ready.ready());
  co_await left.clock().sleep(-1);
}

CAF_TEST_FIXTURE_SCOPE_END()
