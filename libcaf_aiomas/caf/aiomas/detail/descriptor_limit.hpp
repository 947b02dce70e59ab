#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace caf::aiomas::detail {

/// How many files this process may have open, sockets included. Nothing if
/// there is no bound.
std::optional<uint64_t> descriptor_limit() noexcept;

/// Returns what to warn of if a server that accepts `connections` runs out of
/// descriptors before, under a bound of `limit`. What the rest of the program
/// needs is not counted: the usual limit is 1024, as is the usual cap, and who
/// changed neither should not be warned.
std::optional<std::string> descriptor_warning(std::optional<uint64_t> limit,
                                              size_t connections);

} // namespace caf::aiomas::detail
