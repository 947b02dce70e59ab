#pragma once

#include "caf/aiomas/clock_time.hpp"
#include "caf/aiomas/outcome.hpp"

#include <chrono>
#include <mutex>

namespace caf::aiomas::detail {

/// A time that stands still until it is set, and the date that belongs to it.
/// For any thread.
class simulated_time {
public:
  /// Shows `init` seconds when the date is that many seconds after `start`.
  /// Throws `std::invalid_argument` if `init` is no number, or if the date is
  /// beyond those that the system's clock has.
  simulated_time(const start_date& start, double init);

  double now() const;

  /// The date, rounded to microseconds.
  std::chrono::system_clock::time_point date() const;

  /// The date of the time 0.
  const date_time& start() const noexcept {
    return start_;
  }

  /// The time that belongs to a date.
  double at(const date_time& date) const noexcept;

  /// Jumps forward. Fails with `invalid_argument` if that is none, or too far.
  outcome<void> set(double t);

  /// Fails with `invalid_argument` if `t` is before the time, or too late.
  outcome<void> check(double t) const;

private:
  outcome<void> bounded(double t) const;

  date_time start_;
  double latest_; // what the time may become

  mutable std::mutex mtx_;
  double now_; // guarded by mtx_
};

} // namespace caf::aiomas::detail
