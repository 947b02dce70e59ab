#pragma once

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/unique_function.hpp"

#include <string>

namespace caf::aiomas::detail {

/// Finds out the fully qualified name of this machine, as far as the system
/// knows it; otherwise it is the short one. `done` is called in the thread of
/// `home`, exactly once. For the thread of `home`, which must not be stopping.
void find_full_host_name(io_loop& home,
                         unique_function<void(std::string)> done);

} // namespace caf::aiomas::detail
