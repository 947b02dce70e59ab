#pragma once

#include "caf/aiomas/detail/io_clock.hpp"

#include <chrono>
#include <cstddef>
#include <mutex>
#include <optional>
#include <utility>

namespace caf::aiomas::detail {

/// Lets something be told once in a while: a peer that does the same again and
/// again must not fill the logs. For any thread.
class throttle {
public:
  static constexpr std::chrono::seconds pause{10};

  /// Returns how often it was not told since the last time, or nothing if it is
  /// not to be told now.
  std::optional<size_t> may_speak() {
    std::lock_guard guard{mtx_};
    auto now = io_clock::now();
    if (last_ && now - *last_ < pause) {
      ++untold_;
      return std::nullopt;
    }
    last_ = now;
    return std::exchange(untold_, 0);
  }

private:
  std::mutex mtx_;
  std::optional<io_clock::time_point> last_; // guarded by mtx_
  size_t untold_ = 0; // guarded by mtx_
};

} // namespace caf::aiomas::detail
