#pragma once

#include <string>

namespace caf::aiomas::detail {

/// Returns the fully qualified name of this machine, as far as the system knows
/// it. May take as long as a look-up of a name.
std::string full_host_name();

} // namespace caf::aiomas::detail
