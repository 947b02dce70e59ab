#pragma once

#include <chrono>

namespace caf::aiomas::detail {

/// The monotonic time by which all deadlines go: that of `steady_clock`, but in
/// a loop that is driven by its caller. There it stands still until it is
/// advanced, so that tests need not wait. For any thread.
struct io_clock {
  using duration = std::chrono::steady_clock::duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::steady_clock::time_point;

  static constexpr bool is_steady = true;

  /// As good as for ever; more would overflow when it is added to the time.
  static constexpr std::chrono::nanoseconds longest_wait
    = std::chrono::hours{24 * 365};

  static time_point now() noexcept;

  /// Lets `now` return what `source` holds in the calling thread, or the real
  /// time again if it is null. Returns what was there before.
  static const time_point* show(const time_point* source) noexcept;
};

} // namespace caf::aiomas::detail
