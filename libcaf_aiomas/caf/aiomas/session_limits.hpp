#pragma once

#include <chrono>
#include <cstddef>

namespace caf::aiomas {

/// What to do with a request of ours while too many bytes wait to be written.
enum class overflow_policy {
  /// It waits in line until there is room.
  wait,
  /// It fails at once with `errc::overloaded`.
  reject,
};

/// Bounds that a session keeps. The defaults are those of `defaults.hpp`.
struct session_limits {
  size_t max_payload;
  size_t max_nesting;
  size_t max_values;
  size_t max_inbound_requests;
  size_t max_inbound_bytes;
  size_t max_outbound_bytes;
  size_t max_waiting_calls;
  std::chrono::milliseconds frame_timeout;
  std::chrono::milliseconds frame_timeout_per_mib;
  std::chrono::milliseconds write_timeout;
  std::chrono::milliseconds close_timeout; // kept by who drives the session
  std::chrono::milliseconds idle_timeout; // zero: none
  overflow_policy overflow = overflow_policy::wait;

  session_limits() noexcept;
};

} // namespace caf::aiomas
