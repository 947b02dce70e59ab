#pragma once

#include "caf/aiomas/date_time.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

namespace caf::aiomas {

namespace detail {

/// A number, other than a truth value.
template <class T>
concept plain_number = std::is_arithmetic_v<T> && !std::is_same_v<T, bool>;

/// Renders a number as Python does, without a fraction of zero.
std::string number_text(double x);

} // namespace detail

/// How long something is to take by a clock. Both seconds and durations of
/// `std::chrono` convert to it: `1.5` and `1500ms` are the same. What range it
/// may have, clocks check. Regular; for any thread.
class delay {
public:
  template <detail::plain_number T>
  constexpr delay(T seconds) noexcept : seconds_(static_cast<double>(seconds)) {
    // nop
  }

  template <class Rep, class Period>
  constexpr delay(std::chrono::duration<Rep, Period> x) noexcept
    : seconds_(std::chrono::duration<double>(x).count()) {
    // nop
  }

  constexpr double seconds() const noexcept {
    return seconds_;
  }

  friend constexpr bool operator==(delay, delay) noexcept = default;

private:
  double seconds_;
};

/// When something is to happen by a clock: at a time of that clock, in seconds,
/// or at a date. What range it may have, clocks check. For any thread.
class moment {
public:
  template <detail::plain_number T>
  moment(T seconds) noexcept : what_(static_cast<double>(seconds)) {
    // nop
  }

  moment(const date_time& date) noexcept : what_(date) {
    // nop
  }

  /// Throws `std::domain_error` if it is none of the years 1 to 9999.
  template <class Duration>
  moment(std::chrono::sys_time<Duration> date) : what_(date_time{date}) {
    // nop
  }

  const std::variant<double, date_time>& what() const noexcept {
    return what_;
  }

private:
  std::variant<double, date_time> what_;
};

/// Renders it as the original does in errors: `12.5`, or a date like that of
/// `to_string(date_time)`. Numbers without a fraction have no point.
std::string to_string(const moment& x);

/// The date with which a simulated time begins: a date, its text as in
/// `date_time::parse`, or seconds since 1970 in UTC. For any thread.
class start_date {
public:
  start_date(const date_time& date) noexcept : date_(date) {
    // nop
  }

  /// Throws `std::domain_error` if it is none of the years 1 to 9999.
  template <class Duration>
  start_date(std::chrono::sys_time<Duration> date) : date_(date) {
    // nop
  }

  /// Throws `std::invalid_argument` for what is no date.
  start_date(std::string_view text);
  start_date(const std::string& text) : start_date(std::string_view{text}) {
    // nop
  }
  start_date(const char* text) : start_date(std::string_view{text}) {
    // nop
  }

  /// Throws `std::invalid_argument` for what is no number, and
  /// `std::domain_error` if it is none of the years 1 to 9999.
  template <detail::plain_number T>
  start_date(T timestamp)
    : date_(of_timestamp(static_cast<double>(timestamp))) {
    // nop
  }

  const date_time& date() const noexcept {
    return date_;
  }

private:
  static date_time of_timestamp(double seconds);

  date_time date_;
};

} // namespace caf::aiomas
