#pragma once

#include <memory>

namespace caf::aiomas::detail {

class activity;
class link_census;

/// What all who take part in simulations have in common within an actor system.
struct simulation_part {
  std::shared_ptr<activity> counts; // what goes on
  std::shared_ptr<link_census> links; // and what is on its way

  static simulation_part make();

  explicit operator bool() const noexcept {
    return counts != nullptr;
  }
};

} // namespace caf::aiomas::detail
