#pragma once

#include "caf/aiomas/detail/timer_queue.hpp"

#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace caf::aiomas::detail {

/// A timer queue for any thread. Timers are called without a lock, one at a
/// time, so they may add and remove others.
class timers {
public:
  /// See `timer_queue::insert`.
  bool add(double when, timer_ptr what);

  /// Removes a timer, which won't be called then. Returns false if it is about
  /// to be called, or has been.
  bool remove(timer_entry& what);

  /// The time of the first timer.
  std::optional<double> next() const;

  size_t size() const;

  /// Calls all timers that are due at `now`, those included that are added
  /// meanwhile. When it returns, they have been called: while another thread
  /// calls some, it takes these over, and this one waits. From within a timer,
  /// they are called after it.
  void expire(double now);

  /// Drops all timers. Their destructors run.
  void clear();

private:
  mutable std::mutex mtx_;
  timer_queue queue_; // guarded by mtx_
  std::condition_variable done_;
  bool expiring_ = false; // guarded by mtx_
  std::thread::id by_; // which thread does; guarded by mtx_
  double until_ = 0; // what it calls; guarded by mtx_
};

} // namespace caf::aiomas::detail
