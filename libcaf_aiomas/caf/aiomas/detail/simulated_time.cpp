#include "caf/aiomas/detail/simulated_time.hpp"

#include "caf/aiomas/defaults.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace caf::aiomas::detail {

namespace {

using date_clock = std::chrono::system_clock;
using seconds = std::chrono::duration<double>;

double since_epoch(const date_time& x) {
  return seconds(x.utc().time_since_epoch()).count();
}

// A day less than what the system's clock has: sums are rounded.
const double first_date
  = seconds(date_clock::time_point::min().time_since_epoch()).count() + 86'400;
const double last_date
  = seconds(date_clock::time_point::max().time_since_epoch()).count() - 86'400;

} // namespace

simulated_time::simulated_time(const start_date& start, double init)
  : start_(start.date()), now_(init) {
  auto begin = since_epoch(start_);
  latest_
    = std::min(aiomas::defaults::longest_time, std::floor(last_date - begin));
  if (!(init >= std::max(-aiomas::defaults::longest_time, first_date - begin)
        && init <= latest_))
    throw std::invalid_argument(
      "A clock cannot show the time " + number_text(init) + " if it is "
      + to_string(start_)
      + " at the time 0: dates are from 1677 to 2262, and times up to "
      + number_text(aiomas::defaults::longest_time) + " s");
}

double simulated_time::now() const {
  std::lock_guard guard{mtx_};
  return now_;
}

date_clock::time_point simulated_time::date() const {
  auto passed = std::chrono::round<micros>(seconds{now()});
  return date_clock::time_point{
    std::chrono::duration_cast<date_clock::duration>(
      start_.utc().time_since_epoch() + passed)};
}

double simulated_time::at(const date_time& date) const noexcept {
  return seconds(date - start_).count();
}

outcome<void> simulated_time::set(double t) {
  if (auto ok = bounded(t); !ok)
    return ok;
  std::lock_guard guard{mtx_};
  if (!(t > now_))
    return fault{errc::invalid_argument, "Time must be > " + number_text(now_)
                                           + " but is " + number_text(t)};
  now_ = t;
  return {};
}

outcome<void> simulated_time::check(double t) const {
  auto before = now();
  if (!(t >= before))
    return fault{errc::invalid_argument,
                 "Time must be >= " + number_text(before) + " but is "
                   + number_text(t)};
  return bounded(t);
}

outcome<void> simulated_time::bounded(double t) const {
  if (t > latest_)
    return fault{errc::invalid_argument,
                 "Time must be <= " + number_text(latest_) + " but is "
                   + number_text(t)};
  return {};
}

} // namespace caf::aiomas::detail
