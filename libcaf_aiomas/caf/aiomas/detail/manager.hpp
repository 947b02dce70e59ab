#pragma once

#include "caf/aiomas/agent.hpp"

#include <caf/expected.hpp>

namespace caf::aiomas::detail {

/// The first agent of a node, by which others rule it.
class manager final : public agent {
public:
  static constexpr const char* class_name = "Manager";

  manager(actor_config& cfg, aiomas::container c);

private:
  /// Makes an agent of the type that the first argument names, of the others.
  call_result spawn(arguments with);

  /// Sets the clock of the container, if it is one that can be set.
  expected<void> set_time(double t);

  /// Begins the shutdown of the container, which answers this call first.
  expected<void> stop();

  bool stopped_ = false;
};

} // namespace caf::aiomas::detail
