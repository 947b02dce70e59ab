#define CAF_SUITE timer_queue

#include "caf/aiomas/detail/timer_queue.hpp"

#include "caf/test/dsl.hpp"

#include <algorithm>
#include <limits>
#include <memory>
#include <random>
#include <utility>
#include <vector>

using namespace caf::aiomas::detail;

namespace {

constexpr auto never = std::numeric_limits<double>::infinity();

struct numbered final : timer_entry {
  explicit numbered(int n) : number(n) {
    // nop
  }

  void expire() noexcept override {
    // nop
  }

  int number;
};

struct fixture {
  timer_queue queue;

  std::shared_ptr<numbered> insert(double when, int number) {
    auto result = std::make_shared<numbered>(number);
    queue.insert(when, result);
    return result;
  }

  double next() const {
    return queue.next().value_or(never);
  }

  /// Takes all that are due at `now`.
  std::vector<int> take(double now) {
    std::vector<int> result;
    while (auto what = queue.pop(now))
      result.push_back(static_cast<numbered&>(*what).number);
    return result;
  }
};

using numbers = std::vector<int>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(timer_queue_tests, fixture)

CAF_TEST(timers come in the order of their times) {
  CAF_CHECK(!queue.next());
  CAF_CHECK_EQUAL(queue.pop(never), nullptr);
  insert(3, 3);
  insert(1, 1);
  insert(2, 2);
  CAF_CHECK_EQUAL(queue.size(), 3u);
  CAF_CHECK_EQUAL(next(), 1.0);
  CAF_CHECK_EQUAL(take(0.5), numbers{});
  CAF_CHECK_EQUAL(take(2), (numbers{1, 2}));
  CAF_CHECK_EQUAL(next(), 3.0);
  CAF_CHECK_EQUAL(take(never), numbers{3});
  CAF_CHECK_EQUAL(queue.size(), 0u);
}

CAF_TEST(those of equal times come in the order of their creation) {
  for (auto i = 0; i < 100; ++i)
    insert(i % 2, i);
  numbers expected;
  for (auto first : {0, 1})
    for (auto i = first; i < 100; i += 2)
      expected.push_back(i);
  CAF_CHECK_EQUAL(take(1), expected);
}

CAF_TEST(inserting tells whether it is the first) {
  CAF_CHECK(queue.insert(5, std::make_shared<numbered>(0)));
  CAF_CHECK(!queue.insert(5, std::make_shared<numbered>(1)));
  CAF_CHECK(!queue.insert(6, std::make_shared<numbered>(2)));
  CAF_CHECK(queue.insert(4, std::make_shared<numbered>(3)));
  CAF_CHECK(queue.insert(-1, std::make_shared<numbered>(4)));
}

CAF_TEST(removing) {
  auto one = insert(1, 1);
  auto two = insert(2, 2);
  auto three = insert(3, 3);
  CAF_CHECK(queue.remove(*two) == two);
  CAF_MESSAGE("again, or after it came, nothing is removed");
  CAF_CHECK(queue.remove(*two) == nullptr);
  CAF_CHECK_EQUAL(take(1), numbers{1});
  CAF_CHECK(queue.remove(*one) == nullptr);
  CAF_MESSAGE("others are not confused with it");
  timer_queue other;
  other.insert(1, one);
  CAF_CHECK(queue.remove(*one) == nullptr);
  CAF_CHECK_EQUAL(take(never), numbers{3});
  CAF_CHECK(other.remove(*one) == one);
  CAF_CHECK(three.use_count() == 1);
}

CAF_TEST(a removed timer can come again) {
  auto one = insert(1, 1);
  insert(2, 2);
  queue.remove(*one);
  queue.insert(3, one);
  CAF_CHECK_EQUAL(take(never), (numbers{2, 1}));
}

CAF_TEST(what is left is dropped with the queue) {
  auto one = std::make_shared<numbered>(1);
  {
    timer_queue shortlived;
    shortlived.insert(1, one);
    CAF_CHECK_EQUAL(one.use_count(), 2);
  }
  CAF_CHECK_EQUAL(one.use_count(), 1);
  queue.insert(1, one);
  CAF_CHECK_EQUAL(take(1), numbers{1});
}

// Against a sorted list, with the operations mixed.
CAF_TEST(any order of operations) {
  std::minstd_rand random{42};
  std::vector<std::pair<double, std::shared_ptr<numbered>>> model;
  auto earlier = [](auto& x, auto& y) {
    return std::pair{x.first, x.second->number}
           < std::pair{y.first, y.second->number};
  };
  auto wrong = 0;
  for (auto i = 0; i < 20'000; ++i) {
    auto what = random() % 5;
    if (what < 3 || model.empty()) {
      auto when = static_cast<double>(random() % 1000);
      model.emplace_back(when, insert(when, i));
    } else if (what == 3) {
      auto which = model.begin() + static_cast<int>(random() % model.size());
      wrong += queue.remove(*which->second) != which->second;
      model.erase(which);
    } else {
      auto which = std::min_element(model.begin(), model.end(), earlier);
      wrong += queue.next() != which->first;
      wrong += queue.pop(which->first) != which->second;
      model.erase(which);
    }
  }
  CAF_CHECK_EQUAL(wrong, 0);
  CAF_CHECK_EQUAL(queue.size(), model.size());
  std::sort(model.begin(), model.end(), earlier);
  numbers expected;
  for (auto& [when, what] : model)
    expected.push_back(what->number);
  CAF_CHECK_EQUAL(take(never), expected);
}

CAF_TEST_FIXTURE_SCOPE_END()
