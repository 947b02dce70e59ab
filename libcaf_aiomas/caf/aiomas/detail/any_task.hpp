#pragma once

#include "caf/aiomas/task.hpp"

#include <coroutine>
#include <utility>

namespace caf::aiomas::detail {

/// Owns a task, whatever its result.
class any_task {
public:
  any_task() = default;

  template <class T>
  any_task(task<T> what) : promise_(&what.promise()), frame_(what.release()) {
    // nop
  }

  any_task(any_task&& other) noexcept
    : promise_(std::exchange(other.promise_, nullptr)),
      frame_(std::exchange(other.frame_, {})) {
    // nop
  }

  any_task& operator=(any_task&& other) noexcept {
    std::swap(promise_, other.promise_);
    std::swap(frame_, other.frame_);
    return *this;
  }

  ~any_task() {
    reset();
  }

  /// Unwinds the coroutine, unless it has ended.
  void reset() noexcept {
    promise_ = nullptr;
    if (auto frame = std::exchange(frame_, {}))
      frame.destroy();
  }

  explicit operator bool() const noexcept {
    return promise_ != nullptr;
  }

  task_promise_base& promise() const noexcept {
    return *promise_;
  }

private:
  task_promise_base* promise_ = nullptr;
  std::coroutine_handle<> frame_;
};

} // namespace caf::aiomas::detail
