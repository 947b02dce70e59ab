#define CAF_SUITE interned

#include "fixture.hpp"

#include "caf/aiomas/detail/interned.hpp"
#include "caf/aiomas/detail/interned_text.hpp"

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

namespace {

using aiomas::detail::interned_text;

/// Is interned by its number, and counts how many there are.
template <int Kind>
class number final : public aiomas::detail::interned {
public:
  explicit number(int x) : interned(typeid(number)), x_(x) {
    ++alive;
  }

  ~number() override {
    --alive;
  }

  int get() const noexcept {
    return x_;
  }

  static inline std::atomic<int> alive = 0;

private:
  size_t hash() const noexcept override {
    return static_cast<size_t>(x_ % 2); // many have the same
  }

  bool equals(const interned& other) const noexcept override {
    return x_ == static_cast<const number&>(other).x_;
  }

  int x_;
};

template <int Kind>
intrusive_ptr<const number<Kind>> make(int x) {
  return aiomas::detail::intern<number<Kind>>({new number<Kind>(x), false});
}

} // namespace

CAF_TEST(equal objects are the same) {
  auto one = make<1>(1);
  CAF_CHECK(make<1>(1) == one);
  CAF_CHECK_EQUAL(one->get(), 1);
  CAF_CHECK_EQUAL(number<1>::alive, 1);
  auto three = make<1>(3);
  CAF_CHECK(three != one);
  CAF_CHECK(make<1>(3) == three);
  CAF_CHECK(make<1>(1) == one);
  CAF_CHECK_EQUAL(number<1>::alive, 2);
}

CAF_TEST(objects of different classes are never equal) {
  auto x = make<1>(1);
  auto y = make<2>(1);
  CAF_CHECK_EQUAL(number<1>::alive, 1);
  CAF_CHECK_EQUAL(number<2>::alive, 1);
  CAF_CHECK(static_cast<const aiomas::detail::interned*>(x.get()) != y.get());
}

CAF_TEST(objects go with their last user) {
  auto x = make<1>(1);
  auto y = make<1>(1);
  x = nullptr;
  CAF_CHECK_EQUAL(number<1>::alive, 1);
  y = nullptr;
  CAF_CHECK_EQUAL(number<1>::alive, 0);
  CAF_MESSAGE("and are made anew");
  x = make<1>(1);
  CAF_CHECK_EQUAL(x->get(), 1);
  CAF_CHECK(make<1>(1) == x);
}

CAF_TEST(several threads share objects) {
  std::vector<std::thread> threads;
  std::atomic<int> wrong = 0;
  for (auto i = 0; i < 4; ++i)
    threads.emplace_back([&wrong] {
      for (auto j = 0; j < 20'000; ++j) {
        auto x = make<1>(j % 3);
        auto y = make<1>(j % 3);
        if (x != y || x->get() != j % 3)
          ++wrong;
      }
    });
  for (auto& x : threads)
    x.join();
  CAF_CHECK_EQUAL(wrong, 0);
  CAF_CHECK_EQUAL(number<1>::alive, 0);
}

CAF_TEST(texts) {
  interned_text x{"some name"};
  interned_text y{"some name"};
  CAF_CHECK_EQUAL(x.get(), "some name");
  CAF_CHECK(&x.get() == &y.get());
  CAF_CHECK(!x.empty());
  interned_text z{"another name"};
  CAF_CHECK_EQUAL(z.get(), "another name");
  CAF_MESSAGE("an empty one needs no object");
  interned_text none;
  CAF_CHECK(none.empty());
  CAF_CHECK_EQUAL(none.get(), "");
  CAF_CHECK(interned_text{std::string{}}.empty());
  CAF_MESSAGE("texts can be assigned");
  y = z;
  CAF_CHECK_EQUAL(y.get(), "another name");
  CAF_CHECK_EQUAL(x.get(), "some name");
}
