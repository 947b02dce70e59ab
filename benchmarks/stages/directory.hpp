#pragma once

#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/actor_system.hpp>
#include <caf/scoped_actor.hpp>

#include <cstddef>

namespace stages {

/// The agents of a container, without agents: a single actor has all the ids.
class directory {
public:
  static constexpr size_t agents = 100;

  directory();

  /// A request that can be handed to its agent.
  struct order {
    caf::strong_actor_ptr agent; // null if it is bad, or there is none
    caf::aiomas::invocation what; // with the rest of the path
  };

  /// Takes the content of a request apart and finds its agent, as connections
  /// and containers do.
  order find(caf::aiomas::value content) const;

private:
  caf::aiomas::config cfg_;
  caf::actor_system sys_{cfg_};
  caf::scoped_actor self_{sys_};
  caf::aiomas::detail::agent_registry registry_;
};

} // namespace stages
