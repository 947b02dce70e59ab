#include "caf/aiomas/detail/python_number.hpp"

#include <cmath>

namespace caf::aiomas::detail {

std::optional<uint64_t> python_number(const value& x) noexcept {
  if (auto* i = x.get_if<int64_t>())
    return *i >= 0 ? std::optional{static_cast<uint64_t>(*i)} : std::nullopt;
  if (auto* u = x.get_if<uint64_t>())
    return *u;
  if (auto* b = x.get_if<bool>())
    return *b ? 1 : 0;
  if (auto* d = x.get_if<double>())
    if (*d >= 0 && *d < 0x1p64 && std::trunc(*d) == *d)
      return static_cast<uint64_t>(*d);
  return std::nullopt;
}

} // namespace caf::aiomas::detail
