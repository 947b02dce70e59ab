#pragma once

#include "caf/aiomas/value.hpp"

#include <cstdint>
#include <optional>

namespace caf::aiomas::detail {

/// Returns the number from 0 to 2^64-1 that `x` is equal to in Python, where
/// `False == 0 == 0.0`; nothing if there is none.
std::optional<uint64_t> python_number(const value& x) noexcept;

} // namespace caf::aiomas::detail
