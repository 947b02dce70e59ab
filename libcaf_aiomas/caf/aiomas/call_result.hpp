#pragma once

#include "caf/aiomas/detail/any_task.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/task.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/intrusive_ptr.hpp>
#include <caf/ref_counted.hpp>

#include <utility>
#include <variant>

namespace caf::aiomas {

/// The reply comes later, by a `promise`.
struct deferred {};

namespace detail {

class reply_task;

} // namespace detail

/// What calling an exposed function yields.
using call_result = std::variant<value, error, deferred, detail::reply_task>;

namespace detail {

/// A coroutine whose result is the reply.
class reply_task {
public:
  template <class T>
  explicit reply_task(task<T> what)
    : finish_([](task_promise_base& from) -> call_result {
        return finish<T>(static_cast<task_promise<T>&>(from));
      }),
      task_(std::move(what)) {
    // nop
  }

  /// Keeps what the coroutine refers to as long as it lives.
  void keep(intrusive_ptr<ref_counted> what) noexcept {
    kept_ = std::move(what);
  }

  task_promise_base& promise() const noexcept {
    return task_.promise();
  }

  /// Returns the result of the coroutine, which has ended. Throws what it
  /// threw.
  call_result result();

private:
  template <class T>
  static call_result finish(task_promise<T>& from);

  call_result (*finish_)(task_promise_base&);
  intrusive_ptr<ref_counted> kept_; // goes after the coroutine
  any_task task_;
};

} // namespace detail

} // namespace caf::aiomas
