#pragma once

#include <algorithm>
#include <chrono>
#include <optional>

namespace caf::aiomas::detail {

/// Measures how long something takes, without the time in which it is held up
/// by ourselves.
class pausable_timer {
public:
  using time_point = std::chrono::steady_clock::time_point;

  void start(time_point now) noexcept {
    since_ = now;
  }

  void stop() noexcept {
    since_.reset();
  }

  bool started() const noexcept {
    return since_.has_value();
  }

  /// Holds the timer, started or not, or lets it go on. Repeating is harmless.
  void pause(bool yes, time_point now) noexcept {
    if (yes == paused_at_.has_value())
      return;
    if (yes) {
      paused_at_ = now;
      return;
    }
    if (since_)
      *since_ += now - std::min(now, std::max(*since_, *paused_at_));
    paused_at_.reset();
  }

  /// When the timer would have been started had it never been paused; nothing
  /// while it does not run.
  std::optional<time_point> running_since() const noexcept {
    return paused_at_ ? std::nullopt : since_;
  }

private:
  std::optional<time_point> since_;
  std::optional<time_point> paused_at_;
};

} // namespace caf::aiomas::detail
