#pragma once

#include <cstdint>

namespace caf::aiomas {

/// Ports that a server may choose from.
struct port_range {
  uint16_t first; ///< At least 1.
  uint16_t last; ///< Belongs to the range.
};

} // namespace caf::aiomas
