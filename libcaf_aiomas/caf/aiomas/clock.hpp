#pragma once

#include <chrono>

namespace caf::aiomas {

/// The time that a container's agents live in.
class clock {
public:
  virtual ~clock();

  /// Seconds of a clock that never goes back. Where it starts is undefined.
  virtual double time() const = 0;

  /// The date in UTC.
  virtual std::chrono::system_clock::time_point utcnow() const = 0;
};

/// Real time: monotonic seconds, and the date of the system. For any thread.
class realtime_clock final : public clock {
public:
  double time() const override;

  std::chrono::system_clock::time_point utcnow() const override;
};

} // namespace caf::aiomas
