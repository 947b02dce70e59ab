#pragma once

#include "caf/aiomas/detail/event_log.hpp"

#include <caf/actor_system.hpp>

#include <memory>
#include <mutex>

namespace caf::aiomas::detail {

/// Passes events on to the logger of an actor system, which must live longer,
/// as those of the component `aiomas`.
class caf_event_log final : public event_log {
public:
  /// Returns the log of `sys`, or null if its logger writes nothing anywhere.
  static std::shared_ptr<caf_event_log> make(actor_system& sys);

  explicit caf_event_log(actor_system& sys) : sys_(sys) {
    // nop
  }

  bool wants(severity how) const noexcept override;

  void write(severity how, std::string line) override;

private:
  actor_system& sys_;
  std::mutex mtx_; // CAF's logger has none if its output is inline
};

} // namespace caf::aiomas::detail
