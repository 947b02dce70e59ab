#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace caf::aiomas::detail {

/// What an agent's id says: how many were made before it in its container.
using agent_number = uint64_t;

/// The number of nobody.
inline constexpr agent_number no_agent = UINT64_MAX;

/// Returns the number that `aid` says, or `no_agent` if no id looks like that:
/// digits and nothing else, without leading zeros.
agent_number parse_aid(std::string_view aid) noexcept;

/// Returns the id that says `number`; an empty one for nobody.
std::string to_aid(agent_number number);

} // namespace caf::aiomas::detail
