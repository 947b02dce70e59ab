#pragma once

#include "load_result.hpp"

#include <functional>
#include <thread>

namespace load {

/// Does something at a given rate, in a thread of its own, as far as that goes:
/// what could not be done is done as soon as possible, but never twice as fast.
class pacer {
public:
  /// Calls `what` `rate` times per second until `end`. It returns false if it
  /// could not do anything.
  pacer(double rate, clock::time_point end, std::function<bool()> what);

  pacer(const pacer&) = delete;
  pacer& operator=(const pacer&) = delete;

  /// Waits for the end.
  ~pacer();

private:
  void run() const;

  double rate_;
  clock::time_point end_;
  std::function<bool()> what_;
  std::thread thread_;
};

} // namespace load
