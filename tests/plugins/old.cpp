// A plug-in that was built for another version of the library.

#include "caf/aiomas/detail/agent_types.hpp"

#include <cstdlib>

namespace {

namespace detail = caf::aiomas::detail;

[[maybe_unused]] const bool registered = detail::register_static(
  "libcaf_aiomas 0.0.1, CAF 0.15.0", "old:Agent",
  [](std::string) -> detail::agent_maker { std::abort(); });

} // namespace
