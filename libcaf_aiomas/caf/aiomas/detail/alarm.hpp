#pragma once

#include "caf/aiomas/detail/timer_queue.hpp"

#include <chrono>
#include <memory>

namespace caf::aiomas::detail {

/// Calls timers in real time. There is at most one in a process, which has a
/// thread; both end when nobody holds it any more. For any thread.
class alarm {
public:
  using time_point = std::chrono::steady_clock::time_point;

  /// Returns the one there is, or makes it.
  static std::shared_ptr<alarm> instance();

  alarm();
  alarm(const alarm&) = delete;
  alarm& operator=(const alarm&) = delete;

  /// Whether the calling thread is one that calls timers.
  static bool on_its_thread() noexcept;

  /// Timers that are left are dropped without being called.
  ~alarm();

  /// Calls `what` at `when`, in the thread of the alarm, which it must not
  /// block.
  void set(time_point when, timer_ptr what);

  /// Removes a timer, unless it is about to be called or has been.
  void unset(timer_entry& what);

private:
  struct impl;

  std::shared_ptr<impl> impl_;
};

} // namespace caf::aiomas::detail
