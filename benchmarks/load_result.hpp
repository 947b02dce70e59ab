#pragma once

#include "load_usage.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace load {

using clock = std::chrono::steady_clock;

/// What came of a plan.
struct result {
  /// Calls whose right reply arrived in the window.
  size_t calls = 0;

  /// Calls that failed or got another reply, at any time.
  size_t errors = 0;

  /// What the first of them was.
  std::string first_error;

  /// Nanoseconds that the calls of the window took, in ascending order.
  std::vector<uint32_t> latencies;

  /// Length of the window.
  double secs = 0;

  /// CPU seconds that were used in the window by the server, if it is another
  /// process that is known, and by this process.
  double server_cpu = 0;
  double client_cpu = 0;

  /// Bytes, at most, that the server had; 0 if not known.
  size_t peak_memory = 0;

  /// Counts a call that took so long.
  void count(clock::duration latency);

  /// Counts a call that failed.
  void fail(std::string why);

  /// Adds the calls and errors of others; `finish` sorts.
  void add(result from);

  /// Takes over what was used from `from` on.
  void finish(const meter& used, double window);

  /// Returns the latency in µs that `share` of the calls did not exceed.
  double quantile_us(double share) const;
};

} // namespace load
