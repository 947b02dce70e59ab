#pragma once

#include "caf/aiomas/detail/any_task.hpp"
#include "caf/aiomas/task.hpp"

#include <caf/error.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <memory>
#include <utility>

namespace caf::aiomas {

/// What becomes of a launched task that is unwound before its end.
enum class on_cancel {
  /// Nobody is told.
  silent,
  /// It is reported like an exception, as `errc::cancelled`.
  report,
};

namespace detail {

class running_task;

} // namespace detail

/// A task that runs for itself. A handle that does not keep it alive, for use
/// in the context of its actor.
class task_ref {
public:
  task_ref() = default;

  /// @private
  explicit task_ref(std::shared_ptr<detail::running_task*> where)
    : where_(std::move(where)) {
    // nop
  }

  /// Whether the task is still to end.
  bool running() const noexcept;

  /// Unwinds the task, or lets it unwind as soon as it suspends if it is the
  /// one that is running. Its calls are given up; their late replies are
  /// dropped.
  void cancel() const;

private:
  std::shared_ptr<detail::running_task*> where_;
};

/// Takes what a launched task failed with.
using task_error_handler = std::function<void(const error&)>;

namespace detail {

task_ref launch(scheduled_actor* self, any_task what, on_cancel how,
                task_error_handler on_error);

} // namespace detail

/// Starts `what` in the context of `self`, which calls this: it runs until its
/// first suspension at once. What it throws goes to `on_error`, by default as a
/// warning (see `on_warning`), as soon as it happens; it does not end the
/// actor. What the original calls `create_task`. Agents have a member of this
/// name.
template <class T>
task_ref launch(scheduled_actor* self, task<T> what,
                on_cancel how = on_cancel::silent,
                task_error_handler on_error = {}) {
  return detail::launch(self, std::move(what), how, std::move(on_error));
}

} // namespace caf::aiomas
