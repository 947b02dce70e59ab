#pragma once

#include "load_plan.hpp"
#include "load_result.hpp"

#include "caf/aiomas/address.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

namespace load {

/// Opens the connections and keeps `depth` calls pending on each until the
/// window is over. Blocks. Fails if a connection can't be opened; calls that
/// never end count as errors. `server` is the process whose CPU time counts, or
/// -1.
caf::expected<result> run(caf::actor_system& sys,
                          const caf::aiomas::address& where, const plan& how,
                          pid_t server = -1);

} // namespace load
