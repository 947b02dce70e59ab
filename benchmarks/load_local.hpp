#pragma once

#include "load_plan.hpp"

#include "caf/aiomas/container.hpp"

namespace load {

/// Creates a container with echo agents inside of this process, which serves as
/// long as the handle lives. Throws `std::runtime_error`.
caf::aiomas::container serve_locally(caf::actor_system& sys, const plan& how);

} // namespace load
