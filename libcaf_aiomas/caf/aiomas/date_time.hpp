#pragma once

#include "caf/aiomas/convert/converter.hpp"
#include "caf/aiomas/convert/objects.hpp"
#include "caf/aiomas/outcome.hpp"

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <ratio>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

namespace caf::aiomas {

struct any_serializer;

class date_time;

namespace detail {

using micros = std::chrono::duration<int64_t, std::micro>;

/// Throws `std::domain_error` for what is longer than all dates span.
void check_span(std::chrono::duration<long double> what);

/// Rounds down, but floating-point durations to the nearest.
template <class Rep, class Period>
micros to_micros(std::chrono::duration<Rep, Period> x) {
  check_span(x);
  if constexpr (std::is_floating_point_v<Rep>)
    return std::chrono::round<micros>(
      std::chrono::duration<long double, std::micro>{x});
  else
    return std::chrono::floor<micros>(x);
}

template <class Period, class Steps = std::ratio_divide<Period, std::micro>>
concept date_period = Steps::den == 1 || Steps::num == 1;

/// Durations that microseconds convert to without overflow: all that are a
/// whole number of them or go into one, such as `hours` and `nanoseconds`.
template <class T>
concept date_duration
  = std::is_arithmetic_v<typename T::rep> && date_period<typename T::period>;

/// Rounds down, unless `To` is of floating-point. Nothing if `To` does not
/// reach that far.
template <date_duration To>
std::optional<To> from_micros(micros x) {
  using rep = typename To::rep;
  using period = typename To::period;
  using std::chrono::ceil;
  using std::chrono::floor;
  if constexpr (std::is_floating_point_v<rep>) {
    return To{x};
  } else if constexpr (std::ratio_less_v<period, std::micro>) {
    if (x < ceil<micros>(To::min()) || x > floor<micros>(To::max()))
      return std::nullopt;
    return To{x};
  } else {
    auto count = floor<std::chrono::duration<int64_t, period>>(x).count();
    if (!std::in_range<rep>(count))
      return std::nullopt;
    return To{static_cast<rep>(count)};
  }
}

} // namespace detail

/// An instant to the microsecond, and the offset from UTC in which it is shown:
/// what the original's date type, Arrow, is without the names of time zones.
/// Its years are 1 to 9999, in its own offset. Regular; for any thread.
class date_time {
public:
  using duration = detail::micros;

  /// The start of 1970 in UTC.
  date_time() = default;

  /// The instant `when`, rounded down to microseconds, at an offset of less
  /// than a day. Throws `std::domain_error` if it is out of range.
  template <class Duration>
  date_time(std::chrono::sys_time<Duration> when,
            std::chrono::minutes offset = std::chrono::minutes{0})
    : date_time(detail::to_micros(when.time_since_epoch()), offset) {
    // nop
  }

  /// The current time in UTC.
  static date_time now() {
    return std::chrono::system_clock::now();
  }

  /// Reads ISO 8601 text: `YYYY-MM-DD`, optionally followed by `T` or a space
  /// and `HH:MM`, `HH:MM:SS` or `HH:MM:SS.f…`, and then optionally by `Z`,
  /// `+HH:MM`, `+HHMM` or `+HH`. Without an offset, it is UTC; more than six
  /// digits after the point are rounded as Arrow does. Fails with
  /// `invalid_argument`.
  static outcome<date_time> parse(std::string_view text);

  // -- properties -------------------------------------------------------------

  /// The instant.
  std::chrono::sys_time<duration> utc() const noexcept {
    return std::chrono::sys_time<duration>{utc_};
  }

  std::chrono::minutes offset() const noexcept {
    return offset_;
  }

  /// The instant, rounded down to what `Duration` counts. That of the system's
  /// clock may count nanoseconds and then spans the years 1678 to 2261. Fails
  /// with `type_error` outside.
  template <detail::date_duration Duration
            = std::chrono::system_clock::duration>
  outcome<std::chrono::sys_time<Duration>> to_time_point() const {
    if (auto since_epoch = detail::from_micros<Duration>(utc_))
      return std::chrono::sys_time<Duration>{*since_epoch};
    return out_of_reach();
  }

  /// The same instant at another offset. Throws as the constructor does.
  date_time at_offset(std::chrono::minutes offset) const {
    return {utc_, offset};
  }

  // -- arithmetic -------------------------------------------------------------

  // These keep the offset and throw as the constructor does.

  template <class Rep, class Period>
  friend date_time operator+(const date_time& x,
                             std::chrono::duration<Rep, Period> y) {
    return {x.utc_ + detail::to_micros(y), x.offset_};
  }

  template <class Rep, class Period>
  friend date_time operator-(const date_time& x,
                             std::chrono::duration<Rep, Period> y) {
    return {x.utc_ - detail::to_micros(y), x.offset_};
  }

  template <class Rep, class Period>
  date_time& operator+=(std::chrono::duration<Rep, Period> y) {
    return *this = *this + y;
  }

  template <class Rep, class Period>
  date_time& operator-=(std::chrono::duration<Rep, Period> y) {
    return *this = *this - y;
  }

  friend duration operator-(const date_time& x, const date_time& y) noexcept {
    return x.utc_ - y.utc_;
  }

  // -- comparison -------------------------------------------------------------

  /// The same instant, at whatever offset.
  friend bool operator==(const date_time& x, const date_time& y) noexcept {
    return x.utc_ == y.utc_;
  }

  friend std::strong_ordering operator<=>(const date_time& x,
                                          const date_time& y) noexcept {
    return x.utc_.count() <=> y.utc_.count();
  }

private:
  date_time(duration since_epoch, std::chrono::minutes offset);

  fault out_of_reach() const;

  duration utc_{0}; // since the epoch
  std::chrono::minutes offset_{0};
};

/// Renders a date as Python's `isoformat` does:
/// `2015-01-01T12:34:56.789000+01:00`, without a fraction if that is zero.
std::string to_string(const date_time& x);

/// The serializer of dates, which containers have as their first. It reads what
/// `date_time::parse` takes, and numbers: seconds since 1970 in UTC.
any_serializer date_serializer();

template <>
inline constexpr bool is_object_type<date_time> = true;

/// Points in time are sent as dates in UTC, rounded down to microseconds, and
/// read rounded down to what they count: days, for example. Sending throws as
/// the constructor of `date_time` does.
template <detail::date_duration Duration>
struct converter<std::chrono::sys_time<Duration>> {
  using time_point = std::chrono::sys_time<Duration>;

  static value to_value(time_point x) {
    return object::make(date_time{x});
  }

  static outcome<time_point> from_value(value x) {
    auto date = converter<date_time>::from_value(std::move(x));
    if (!date)
      return std::move(date).error();
    return date->template to_time_point<Duration>();
  }
};

} // namespace caf::aiomas
