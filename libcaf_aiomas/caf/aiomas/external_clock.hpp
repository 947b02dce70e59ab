#pragma once

#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/detail/simulated_time.hpp"

#include <caf/expected.hpp>

namespace caf::aiomas {

/// A clock that somebody sets, such as the simulator that the agents take part
/// in. Between, the time stands still. All of it is for any thread.
class external_clock final : public clock {
public:
  /// Shows the time `init_time`, in seconds, and the date that many seconds
  /// after `utc_start`. Throws `std::invalid_argument` if one is no number, no
  /// date, or beyond the dates that the system's clock has, and
  /// `std::domain_error` if it is none of the years 1 to 9999.
  explicit external_clock(const start_date& utc_start, double init_time = 0);

  double time() const override;

  std::chrono::system_clock::time_point utcnow() const override;

  /// Jumps forward to `t`, in seconds. Whoever waits until then or before is
  /// told, in the order of their times, those of equal times in the order in
  /// which they began; all of them find the new time. When this returns, they
  /// have been told, but agents need not have acted yet. Fails with
  /// `invalid_argument` ("Time must be > 10 but is 9.5").
  expected<void> set_time(double t);

protected:
  std::optional<std::chrono::nanoseconds>
  real_time_until(double t) const override;

private:
  double time_at(const date_time& date) const override;

  detail::simulated_time now_;
};

} // namespace caf::aiomas
