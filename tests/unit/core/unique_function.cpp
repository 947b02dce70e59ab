#define CAF_SUITE unique_function

#include "caf/aiomas/detail/unique_function.hpp"

#include "caf/test/dsl.hpp"

#include <array>
#include <memory>
#include <string>

using caf::aiomas::detail::unique_function;

namespace {

// Counts how many of it are alive.
struct witness {
  explicit witness(int& count) : count_(&count) {
    ++*count_;
  }

  witness(witness&& other) noexcept : count_(other.count_) {
    ++*count_;
  }

  ~witness() {
    --*count_;
  }

  int* count_;
};

} // namespace

CAF_TEST(empty) {
  unique_function<void()> f;
  CAF_CHECK(!f);
  auto g = std::move(f);
  CAF_CHECK(!g);
}

CAF_TEST(arguments and results) {
  unique_function<std::string(std::unique_ptr<int>, std::string&)> f
    = [](std::unique_ptr<int> x, std::string& y) {
        y += "changed";
        return std::to_string(*x);
      };
  std::string y;
  CAF_REQUIRE(static_cast<bool>(f));
  CAF_CHECK_EQUAL(f(std::make_unique<int>(42), y), "42");
  CAF_CHECK_EQUAL(y, "changed");
}

CAF_TEST(state is kept between calls) {
  unique_function<int()> f = [n = 0]() mutable { return ++n; };
  CAF_CHECK_EQUAL(f(), 1);
  auto g = std::move(f);
  CAF_CHECK_EQUAL(g(), 2);
  CAF_CHECK(!f);
}

CAF_TEST(small and large callables are destroyed once) {
  auto count = 0;
  {
    unique_function<void()> small = [x = witness{count}] { (void) x; };
    CAF_CHECK_EQUAL(count, 1);
    auto other = std::move(small);
    CAF_CHECK_EQUAL(count, 1);
    unique_function<size_t()> large
      = [x = witness{count}, y = std::array<char, 200>{}] {
          (void) x;
          return y.size();
        };
    CAF_CHECK_EQUAL(count, 2);
    unique_function<size_t()> moved;
    moved = std::move(large);
    CAF_CHECK_EQUAL(count, 2);
    CAF_CHECK_EQUAL(moved(), 200u);
    moved = unique_function<size_t()>{};
    CAF_CHECK_EQUAL(count, 1);
    CAF_CHECK(!moved);
  }
  CAF_CHECK_EQUAL(count, 0);
}

CAF_TEST(assignment replaces what was there) {
  auto count = 0;
  unique_function<int()> f = [x = witness{count}] { return (void) x, 1; };
  f = [x = witness{count}] { return (void) x, 2; };
  CAF_CHECK_EQUAL(count, 1);
  CAF_CHECK_EQUAL(f(), 2);
  auto& same = f;
  f = std::move(same);
  CAF_CHECK_EQUAL(f(), 2);
}

CAF_TEST(a result may be ignored) {
  auto called = false;
  unique_function<void()> f = [&called] { return called = true; };
  f();
  CAF_CHECK(called);
}
