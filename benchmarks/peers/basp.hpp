#pragma once

#include <caf/all.hpp>
#include <caf/io/all.hpp>

#include <vector>

namespace peers {

using actor_list = std::vector<caf::actor>;

/// CAF with its own network, and the scheduler that this project uses, too.
struct basp_config : caf::actor_system_config {
  basp_config() {
    load<caf::io::middleman>();
    set("scheduler.policy", caf::atom("sharing"));
    add_message_type<actor_list>("actor_list");
  }
};

} // namespace peers
