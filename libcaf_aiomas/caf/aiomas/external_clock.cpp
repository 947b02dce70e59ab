#include "caf/aiomas/external_clock.hpp"

namespace caf::aiomas {

external_clock::external_clock(const start_date& utc_start, double init_time)
  : now_(utc_start, init_time) {
  // nop
}

double external_clock::time() const {
  return now_.now();
}

std::chrono::system_clock::time_point external_clock::utcnow() const {
  return now_.date();
}

expected<void> external_clock::set_time(double t) {
  if (auto ok = now_.set(t); !ok)
    return to_error(std::move(ok).error());
  time_changed();
  return {};
}

std::optional<std::chrono::nanoseconds>
external_clock::real_time_until(double) const {
  return std::nullopt;
}

double external_clock::time_at(const date_time& date) const {
  return now_.at(date);
}

} // namespace caf::aiomas
