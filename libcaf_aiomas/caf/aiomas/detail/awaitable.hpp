#pragma once

#include "caf/aiomas/detail/running_task.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/task.hpp"

#include <caf/scheduled_actor.hpp>

#include <chrono>
#include <coroutine>
#include <type_traits>
#include <utility>
#include <variant>

namespace caf::aiomas::detail {

/// Something that a task can wait for, other than what C++ itself brings.
template <class T>
concept awaitable = requires(T x) {
  std::move(x).operator co_await();
};

/// What waiting for a `T` yields.
template <awaitable T>
using awaited = decltype(std::declval<T>().operator co_await().await_resume());

template <class T>
using value_or_none = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <awaitable T>
using awaited_or_none = value_or_none<awaited<T>>;

template <class T>
task<T> as_task(task<T> what) {
  return what;
}

template <awaitable T>
  requires(!is_task<T>)
task<awaited<T>> as_task(T what) {
  co_return co_await std::move(what);
}

/// Yields the result of a task that has ended, or throws what it threw.
template <class T>
value_or_none<T> result_of(task<T>& what) {
  if constexpr (std::is_void_v<T>) {
    what.promise().take();
    return {};
  } else {
    return what.promise().take();
  }
}

/// Yields the actor in which a task runs: `co_await this_actor{}`.
class this_actor {
public:
  bool await_ready() const noexcept {
    return false;
  }

  template <class Promise>
  bool await_suspend(std::coroutine_handle<Promise> h) noexcept {
    self_ = h.promise().home().self();
    return false;
  }

  scheduled_actor* await_resume() const noexcept {
    return self_;
  }

private:
  scheduled_actor* self_ = nullptr;
};

/// Fails with `errc::timeout` after `limit`.
pending<void> expire(scheduled_actor* self, std::chrono::nanoseconds limit);

/// Fails with `errc::timeout` when `end` is over.
task<void> time_out(pending<void> end);

} // namespace caf::aiomas::detail
