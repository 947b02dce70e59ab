#pragma once

#include <chrono>
#include <coroutine>
#include <exception>
#include <optional>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace caf::aiomas {

template <class T = void>
class task;

namespace detail {

class running_task;
class task_promise_base;

void forgotten_task() noexcept;

/// Whoever waits for the end of a task.
class task_owner {
public:
  /// Called once, when the task has returned or thrown. It is suspended for
  /// good, but must not be destroyed from within.
  virtual void task_ended(task_promise_base& which) noexcept = 0;

protected:
  ~task_owner() = default;
};

/// The part of a task's promise that does not depend on its result. All tasks
/// that one of them awaits, directly or not, run in the same `running_task`.
class task_promise_base {
public:
  struct final_awaiter {
    bool await_ready() noexcept {
      return false;
    }

    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> h) noexcept {
      h.promise().owner_->task_ended(h.promise());
    }

    void await_resume() noexcept {
      // nop
    }
  };

  task_promise_base() = default;
  task_promise_base(const task_promise_base&) = delete;
  task_promise_base& operator=(const task_promise_base&) = delete;
  ~task_promise_base();

  std::suspend_always initial_suspend() noexcept {
    return {};
  }

  final_awaiter final_suspend() noexcept {
    return {};
  }

  void unhandled_exception() noexcept {
    failure_ = std::current_exception();
  }

  /// Lets the task run as a part of `home`; its end is told to `owner`.
  void start(running_task& home, task_owner& owner);

  /// Lets the task go on after a suspension.
  void schedule();

  bool started() const noexcept {
    return home_ != nullptr;
  }

  running_task& home() const noexcept {
    return *home_;
  }

  /// What the task threw, if it did.
  const std::exception_ptr& failure() const noexcept {
    return failure_;
  }

protected:
  std::coroutine_handle<> self_;

private:
  friend class running_task;

  running_task* home_ = nullptr;
  task_owner* owner_ = nullptr;
  std::exception_ptr failure_;
  task_promise_base* next_ready_ = nullptr; // in the line of `home_`
  bool ready_ = false; // stands in that line
};

template <class T>
class task_promise : public task_promise_base {
public:
  task<T> get_return_object() noexcept;

  template <class U>
    requires std::is_convertible_v<U, T>
  void return_value(U&& x) {
    result_.emplace(std::forward<U>(x));
  }

  /// The result; throws what the task threw.
  T take() {
    if (failure())
      std::rethrow_exception(failure());
    return std::move(*result_);
  }

private:
  std::optional<T> result_;
};

template <>
class task_promise<void> : public task_promise_base {
public:
  task<void> get_return_object() noexcept;

  void return_void() noexcept {
    // nop
  }

  void take() {
    if (failure())
      std::rethrow_exception(failure());
  }
};

} // namespace detail

/// A coroutine inside an actor: what `async def` is in Python. It begins when
/// it is awaited by another task, or started by `launch`, `run`, or the call of
/// an exposed function. It runs in the actor's context, as message handlers do,
/// and the actor handles other messages while it is suspended.
///
/// It may `co_await` calls of a proxy and all else that is `pending`, a
/// `reply` to a CAF request, other tasks, and several at once by `when_all`
/// and `when_any`. Errors are thrown, see `exception.hpp`.
///
/// The object owns the coroutine: when it goes, or when the actor ends, a
/// suspended task is unwound; it will not be resumed. Parameters must be taken
/// by value, since the task may outlive what they referred to.
template <class T>
class [[nodiscard]] task {
  static_assert(!std::is_reference_v<T>, "a task must not yield a reference");

public:
  using value_type = T;
  using promise_type = detail::task_promise<T>;

  task() noexcept = default;

  explicit task(std::coroutine_handle<promise_type> frame) noexcept
    : frame_(frame) {
    // nop
  }

  task(task&& other) noexcept : frame_(std::exchange(other.frame_, {})) {
    // nop
  }

  task& operator=(task&& other) noexcept {
    if (this != &other) {
      reset();
      frame_ = std::exchange(other.frame_, {});
    }
    return *this;
  }

  ~task() {
    reset();
  }

  explicit operator bool() const noexcept {
    return static_cast<bool>(frame_);
  }

  /// Bounds the time from the start to the end, in real time: beyond it, the
  /// task is unwound and whoever awaits it gets a `timeout_error`. Defined in
  /// `when.hpp`.
  task timeout(std::chrono::nanoseconds limit) &&;

  /// Waits for the task; to be used in another one.
  auto operator co_await() && noexcept {
    return awaiter{std::move(*this)};
  }

  /// The state of the coroutine. Throws `std::logic_error` if there is none.
  /// @private
  promise_type& promise() const {
    if (!frame_)
      throw std::logic_error("the task is empty");
    return frame_.promise();
  }

  /// @private
  std::coroutine_handle<promise_type> release() noexcept {
    return std::exchange(frame_, {});
  }

  /// Unwinds the coroutine, unless it has ended.
  void reset() noexcept {
    if (auto frame = std::exchange(frame_, {})) {
      if (!frame.promise().started())
        detail::forgotten_task();
      frame.destroy();
    }
  }

private:
  class awaiter final : public detail::task_owner {
  public:
    explicit awaiter(task what) noexcept : what_(std::move(what)) {
      // nop
    }

    bool await_ready() noexcept {
      return false;
    }

    template <class Promise>
    void await_suspend(std::coroutine_handle<Promise> h) {
      waiting_ = &h.promise();
      what_.promise().start(h.promise().home(), *this);
    }

    T await_resume() {
      return what_.promise().take();
    }

  private:
    void task_ended(detail::task_promise_base&) noexcept override {
      waiting_->schedule();
    }

    task what_;
    detail::task_promise_base* waiting_ = nullptr;
  };

  std::coroutine_handle<promise_type> frame_;
};

namespace detail {

template <class T>
task<T> task_promise<T>::get_return_object() noexcept {
  auto frame = std::coroutine_handle<task_promise>::from_promise(*this);
  self_ = frame;
  return task<T>{frame};
}

inline task<void> task_promise<void>::get_return_object() noexcept {
  auto frame = std::coroutine_handle<task_promise>::from_promise(*this);
  self_ = frame;
  return task<void>{frame};
}

template <class T>
inline constexpr bool is_task = false;

template <class T>
inline constexpr bool is_task<task<T>> = true;

} // namespace detail

} // namespace caf::aiomas
