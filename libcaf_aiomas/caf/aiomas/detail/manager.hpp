#pragma once

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/detail/simulation_report.hpp"
#include "caf/aiomas/simulation_clock.hpp"

#include <caf/expected.hpp>

#include <string>

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

  // What a `simulation_master` does with the clock, which must be that of a
  // simulation. Only counts, and is counted, from `join_simulation` on.

  /// Takes part in the simulation `name`. Returns the time, the date of the
  /// time 0, and the name of the clock.
  expected<simulation_member> join_simulation(const std::string& name);

  /// Ends that, if it still does.
  void leave_simulation(const std::string& name);

  /// Lets all connections find out whether their other end takes part. To be
  /// called when all have joined.
  task<void> introduce();

  /// As soon as nothing is going on, sets the time, for which what is due then
  /// waits until `settle`.
  task<void> advance(std::string name, double t);

  /// Lets what is due happen. Returns how it is as soon as nothing is going on.
  task<simulation_report> settle(std::string name);

  /// Begins the shutdown of the container, which answers this call first.
  expected<void> stop();

  /// Returns the clock of the container. Throws if it cannot do `what`.
  simulation_clock& simulation(const char* what) const;

  bool stopped_ = false;
};

} // namespace caf::aiomas::detail
