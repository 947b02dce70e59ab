#pragma once

#include "caf/aiomas/detail/event_log.hpp"

#include <caf/actor_system.hpp>

namespace caf::aiomas::detail {

/// Passes events on to the logger of an actor system, which must live longer, as
/// those of the component `aiomas`.
class caf_event_log final : public event_log {
public:
  explicit caf_event_log(actor_system& sys) : sys_(sys) {
    // nop
  }

  bool wants(severity how) const noexcept override;

  void write(severity how, std::string line) override;

private:
  actor_system& sys_;
};

} // namespace caf::aiomas::detail
