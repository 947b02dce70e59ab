#pragma once

#include "caf/aiomas/defaults.hpp"

#include <chrono>

namespace caf::aiomas {

/// When TCP asks a peer that says nothing whether it is still there, and when
/// it takes the connection for lost. What the system refuses has no effect.
struct keepalive {
  /// Time without traffic before the first probe, at least 1 s.
  std::chrono::seconds idle = defaults::keepalive_idle;

  /// Pause between two probes, at least 1 s.
  std::chrono::seconds interval = defaults::keepalive_interval;

  /// Unanswered probes after which the connection is lost, at least 1.
  int probes = defaults::keepalive_probes;
};

} // namespace caf::aiomas
