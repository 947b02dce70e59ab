#pragma once

/// Limits of connections for tests.

#include "caf/aiomas/options.hpp"

namespace aiomas_test {

/// The default limits after `change`.
inline caf::aiomas::options
limited(void (*change)(caf::aiomas::session_limits&)) {
  caf::aiomas::session_limits bounds;
  change(bounds);
  caf::aiomas::options result;
  result.limits = bounds;
  return result;
}

} // namespace aiomas_test
