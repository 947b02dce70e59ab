#define CAF_SUITE timers

#include "caf/aiomas/detail/timers.hpp"

#include "caf/aiomas/detail/alarm.hpp"

#include "caf/test/dsl.hpp"

#include <atomic>
#include <chrono>
#include <functional>
#include <future>
#include <memory>
#include <thread>
#include <vector>

using namespace caf::aiomas::detail;
using namespace std::chrono_literals;

namespace {

struct calling final : timer_entry {
  explicit calling(std::function<void()> f) : what(std::move(f)) {
    // nop
  }

  void expire() noexcept override {
    what();
  }

  std::function<void()> what;
};

struct fixture {
  timers subject;
  std::vector<int> seen;

  timer_ptr add(double when, std::function<void()> what) {
    auto result = std::make_shared<calling>(std::move(what));
    subject.add(when, result);
    return result;
  }

  timer_ptr add(double when, int number) {
    return add(when, [this, number] { seen.push_back(number); });
  }
};

using numbers = std::vector<int>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(timers_tests, fixture)

CAF_TEST(timers that are due are called) {
  add(2, 2);
  add(1, 1);
  add(3, 3);
  subject.expire(2);
  CAF_CHECK_EQUAL(seen, (numbers{1, 2}));
  CAF_CHECK(subject.next() == 3.0);
  CAF_CHECK_EQUAL(subject.size(), 1u);
}

CAF_TEST(timers that are added by others) {
  add(1, [this] {
    seen.push_back(1);
    add(2, 2);
    add(4, 4);
  });
  add(3, 3);
  subject.expire(3);
  CAF_CHECK_EQUAL(seen, (numbers{1, 2, 3}));
}

CAF_TEST(timers that are removed by others) {
  auto second = add(2, 2);
  add(1, [this, second] { seen.push_back(subject.remove(*second) ? 1 : 0); });
  add(3, [this, second] { seen.push_back(subject.remove(*second) ? 1 : 0); });
  subject.expire(3);
  CAF_CHECK_EQUAL(seen, (numbers{1, 0}));
}

CAF_TEST(time that passes within a timer) {
  add(1, [this] {
    seen.push_back(1);
    subject.expire(5);
    seen.push_back(-1);
  });
  add(5, 5);
  add(6, 6);
  subject.expire(1);
  CAF_CHECK_EQUAL(seen, (numbers{1, -1, 5}));
}

CAF_TEST(time that passes in another thread) {
  std::promise<void> within;
  std::promise<void> go_on;
  add(1, [&] {
    within.set_value();
    go_on.get_future().wait();
    seen.push_back(1);
  });
  add(2, 2);
  std::thread first{[this] { subject.expire(1); }};
  within.get_future().wait();
  std::atomic<bool> over = false;
  std::thread second{[&] {
    subject.expire(2);
    over = true;
  }};
  CAF_MESSAGE("the one that came later waits for all");
  CAF_CHECK(!over);
  go_on.set_value();
  second.join();
  first.join();
  CAF_CHECK_EQUAL(seen, (numbers{1, 2}));
}

CAF_TEST(clearing) {
  auto kept = add(1, 1);
  add(2, 2);
  subject.clear();
  CAF_CHECK_EQUAL(subject.size(), 0u);
  CAF_CHECK(!subject.remove(*kept));
  subject.expire(2);
  CAF_CHECK_EQUAL(seen, numbers{});
}

// -- alarm --------------------------------------------------------------------

CAF_TEST(an alarm calls in real time) {
  auto bell = alarm::instance();
  CAF_CHECK(alarm::instance() == bell);
  auto begin = std::chrono::steady_clock::now();
  std::promise<void> called;
  auto set = [&](auto delay, std::function<void()> what) {
    auto result = std::make_shared<calling>(std::move(what));
    bell->set(begin + delay, result);
    return result;
  };
  std::promise<void> all_set;
  set(-2s, [&] { all_set.get_future().wait(); });
  set(24h * 365, [this] { seen.push_back(4); });
  set(20ms, [&] {
    seen.push_back(3);
    called.set_value();
  });
  set(5ms, [this] { seen.push_back(2); });
  set(-1s, [this] { seen.push_back(1); });
  auto removed = set(10ms, [this] { seen.push_back(-1); });
  bell->unset(*removed);
  CAF_CHECK_EQUAL(removed.use_count(), 1);
  all_set.set_value();
  called.get_future().wait();
  CAF_CHECK(std::chrono::steady_clock::now() - begin >= 20ms);
  CAF_CHECK_EQUAL(seen, (numbers{1, 2, 3}));
}

CAF_TEST(a timer may hold the alarm) {
  auto bell = alarm::instance();
  std::promise<void> called;
  auto what = std::make_shared<calling>(nullptr);
  what->what = [held = bell, &called]() mutable {
    held.reset();
    called.set_value();
  };
  bell->set({}, std::move(what));
  bell.reset();
  auto over = called.get_future();
  CAF_CHECK(over.wait_for(10s) == std::future_status::ready);
}

CAF_TEST_FIXTURE_SCOPE_END()
