#pragma once

#include "caf/aiomas/detail/agent_number.hpp"
#include "caf/aiomas/method.hpp"

#include <caf/actor_control_block.hpp>

#include <map>
#include <memory>
#include <optional>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace caf::aiomas::detail {

/// What peers call of an actor that is no agent, by names.
using method_table = std::map<std::string, exposed_message, std::less<>>;

/// The ids of the agents of a container, and of other actors that it exposes.
/// There may be many agents, so an entry of theirs is a handle and nothing
/// else. For any thread.
class agent_registry {
public:
  /// An actor that is no agent of the container.
  struct other_actor {
    strong_actor_ptr hdl;
    std::string class_name;
    std::shared_ptr<const method_table> methods;
  };

  /// Returns a number for an agent that is being made; `no_agent` once the
  /// registry is closed. Nobody finds it before `publish`.
  agent_number reserve();

  /// Lets an agent be found, unless it is already. Returns false if it was
  /// removed, or the registry was closed, before.
  bool publish(agent_number number, strong_actor_ptr hdl);

  /// Adds another actor, which may be added several times, and returns its
  /// number; `no_agent` once the registry is closed.
  agent_number add(other_actor what);

  void remove(agent_number number);

  /// Whom peers call by an id, and how.
  struct target {
    strong_actor_ptr hdl; // null if there is nobody
    std::shared_ptr<const method_table> methods; // null for agents
  };

  target find(std::string_view aid) const;

  /// Returns the class name of whoever has the id.
  std::optional<std::string> class_name_of(std::string_view aid) const;

  /// Returns the id of an agent, or the first one of another actor.
  std::optional<std::string> aid_of(const strong_actor_ptr& hdl) const;

  /// Closes the registry, which forgets all actors, and returns the agents that
  /// were in it.
  std::vector<strong_actor_ptr> close();

private:
  mutable std::shared_mutex mtx_;

  // Guarded by mtx_; without a handle until they are published.
  std::unordered_map<agent_number, strong_actor_ptr> agents_;
  std::unordered_map<agent_number, other_actor> others_; // guarded by mtx_

  // Of others; guarded by mtx_.
  std::unordered_map<const actor_control_block*, agent_number> numbers_;
  agent_number next_ = 0; // guarded by mtx_
  bool closed_ = false; // guarded by mtx_
};

} // namespace caf::aiomas::detail
