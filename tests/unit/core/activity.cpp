#define CAF_SUITE activity

#include "caf/aiomas/detail/activity.hpp"

#include "caf/aiomas/detail/io_loop.hpp"

#include "caf/test/dsl.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

using namespace caf::aiomas::detail;

namespace {

struct asking final : activity::observer {
  explicit asking(std::function<bool()> f) : what(std::move(f)) {
    // nop
  }

  bool on_rest() override {
    return what();
  }

  std::function<bool()> what;
};

struct fixture {
  std::shared_ptr<activity> subject = std::make_shared<activity>();
  std::vector<std::shared_ptr<asking>> observers;

  void watch(std::function<bool()> what) {
    observers.push_back(std::make_shared<asking>(std::move(what)));
    subject->watch(observers.back());
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(activity_tests, fixture)

CAF_TEST(observers are asked when nothing is going on) {
  auto asked = 0;
  watch([&] {
    ++asked;
    CAF_CHECK_EQUAL(subject->count(), 1u);
    return false;
  });
  subject->begin();
  subject->begin();
  subject->end();
  CAF_CHECK_EQUAL(asked, 0);
  subject->end();
  CAF_CHECK_EQUAL(asked, 1);
  {
    activity::token first{subject};
    auto second = std::move(first);
    activity::token none;
    none = std::move(second);
    CAF_CHECK_EQUAL(asked, 1);
  }
  CAF_CHECK_EQUAL(asked, 2);
  subject->look_again();
  CAF_CHECK_EQUAL(asked, 3);
  CAF_CHECK_EQUAL(subject->count(), 0u);
}

CAF_TEST(an observer that does something is asked again) {
  auto left = 3;
  watch([&] { return left > 0 && left-- > 0; });
  subject->look_again();
  CAF_CHECK_EQUAL(left, 0);
}

CAF_TEST(observers take turns) {
  std::vector<int> seen;
  for (auto i : {1, 2})
    watch([&seen, i] {
      if (seen.size() == 4)
        return false;
      seen.push_back(i);
      return true;
    });
  subject->look_again();
  CAF_CHECK_EQUAL(seen, (std::vector{1, 2, 1, 2}));
}

CAF_TEST(observers wait for what one of them has begun) {
  std::optional<activity::token> begun;
  auto is_first = true;
  auto others = 0;
  watch([&] {
    if (!std::exchange(is_first, false))
      return false;
    begun.emplace(subject);
    return true;
  });
  watch([&] {
    ++others;
    return false;
  });
  subject->look_again();
  CAF_CHECK_EQUAL(others, 0);
  begun.reset();
  CAF_CHECK_EQUAL(others, 1);
}

CAF_TEST(observers that are gone) {
  watch([] {
    CAF_ERROR("asked");
    return false;
  });
  observers.clear();
  subject->look_again();
  CAF_CHECK_EQUAL(subject->count(), 0u);
}

// Each step is done exactly once, when all that the one before has begun is
// over, whichever threads end it.
CAF_TEST(several threads) {
  constexpr auto steps = 300;
  constexpr auto workers = 3;
  std::atomic<int> step = 0;
  std::atomic<int> working = 0;
  std::atomic<int> wrong = 0;
  std::atomic<bool> over = false;
  watch([&] {
    if (working != 0)
      ++wrong;
    if (step == steps) {
      over = true;
      return false;
    }
    for (auto i = 0; i < workers; ++i)
      subject->begin();
    working = workers;
    ++step;
    return true;
  });
  auto work = [&] {
    auto done = 0;
    while (!over)
      if (done < step) {
        ++done;
        --working;
        subject->end();
      } else {
        std::this_thread::yield();
      }
  };
  std::vector<std::thread> threads;
  for (auto i = 0; i < workers; ++i)
    threads.emplace_back(work);
  // Looks that come from elsewhere change nothing.
  while (!over)
    subject->look_again();
  for (auto& x : threads)
    x.join();
  CAF_CHECK_EQUAL(wrong, 0);
  CAF_CHECK_EQUAL(step, steps);
}

// -- loops --------------------------------------------------------------------

CAF_TEST(jobs of loops count until the end of their turn) {
  auto rests = 0;
  watch([&] {
    ++rests;
    return false;
  });
  auto loop = std::make_shared<io_loop>();
  loop->start_driven();
  loop->post([] {});
  loop->count_in(subject);
  CAF_MESSAGE("those from before do not");
  loop->poll();
  CAF_CHECK_EQUAL(rests, 0);
  loop->post([&] {
    loop->post([&] { CAF_CHECK(subject->count() > 0); });
    CAF_CHECK(subject->count() > 0);
  });
  CAF_CHECK_EQUAL(subject->count(), 1u);
  loop->poll();
  CAF_CHECK_EQUAL(subject->count(), 0u);
  CAF_CHECK_EQUAL(rests, 1);
  loop->stop();
}

CAF_TEST_FIXTURE_SCOPE_END()
