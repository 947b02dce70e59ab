#define CAF_SUITE allocations

#include "container_fixture.hpp"

#include "caf/aiomas/reply.hpp"
#include "caf/aiomas/run.hpp"

#include <coroutine>
#include <cstdlib>
#include <new>

namespace {

/// Allocations of this thread since it began.
thread_local size_t allocations = 0;

void* allocate(size_t size) {
  ++allocations;
  if (auto result = std::malloc(size))
    return result;
  throw std::bad_alloc();
}

} // namespace

// Replaces those of the whole program, which makes no difference but to count.
// Not inlined, since GCC takes what it sees then for a mismatch.
[[gnu::noinline]] void* operator new(size_t size) {
  return allocate(size);
}

[[gnu::noinline]] void operator delete(void* what) noexcept {
  std::free(what);
}

[[gnu::noinline]] void operator delete(void* what, size_t) noexcept {
  std::free(what);
}

namespace {

/// Counts what waiting allocates.
template <class Awaiter>
class measured {
public:
  measured(Awaiter& what, size_t& result) : what_(what), result_(result) {
    // nop
  }

  bool await_ready() {
    return what_.await_ready();
  }

  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> h) {
    auto before = allocations;
    what_.await_suspend(h);
    result_ = allocations - before;
  }

  auto await_resume() {
    return what_.await_resume();
  }

private:
  Awaiter& what_;
  size_t& result_;
};

class counting : public agent {
public:
  using agent::agent;

  task<int> local(int x) {
    co_return x;
  }

  task<size_t> locals(int n) {
    auto before = allocations;
    for (auto i = 0; i < n; ++i)
      co_await local(i);
    co_return allocations - before;
  }

  /// What it takes to begin waiting, once the actor has waited before.
  task<size_t> waiting(actor who) {
    size_t result = 0;
    for (auto i = 0; i < 2; ++i) {
      auto what = reply<int>(request(who, infinite, 1)).operator co_await();
      co_await measured<decltype(what)>{what, result};
    }
    co_return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(allocations_tests, container_fixture)

CAF_TEST(a task costs its frame and nothing else) {
  auto c = make_container();
  auto subject = c.spawn<counting>();
  CAF_CHECK_EQUAL(run(subject, &counting::locals, 100).value(), 100u);
}

CAF_TEST(waiting for a reply costs nothing) {
  auto c = make_container();
  auto subject = c.spawn<counting>();
  auto echo = sys.spawn([]() -> behavior { return {[](int x) { return x; }}; });
  CAF_CHECK_EQUAL(run(subject, &counting::waiting, echo).value(), 0u);
}

CAF_TEST_FIXTURE_SCOPE_END()
