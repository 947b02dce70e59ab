#pragma once

#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <cstdint>
#include <string_view>
#include <vector>

/// The parts of converters that are no templates, and the wording of errors.
namespace caf::aiomas::detail {

/// `expected str, got int`.
fault type_mismatch(std::string_view expected, const value& got);

/// Puts `element 3: ` in front of the text.
fault at_element(size_t index, fault what);

/// Puts `key 'x': ` in front of the text.
fault at_key(const value& key, fault what);

/// Collects why each alternative of a variant did not fit.
fault no_alternative(std::vector<fault> reasons);

outcome<int64_t> to_signed(const value& x, int64_t min, int64_t max);
outcome<uint64_t> to_unsigned(const value& x, uint64_t max);
outcome<double> to_double(const value& x, double max);
outcome<list> to_list(value x);
outcome<list> to_list(value x, size_t size);
outcome<dict> to_dict(value x);

/// Moves the alternative `T` out of `x`.
template <class T>
outcome<T> take(value x, std::string_view expected) {
  if (auto ptr = x.get_if<T>())
    return std::move(*ptr);
  return type_mismatch(expected, x);
}

} // namespace caf::aiomas::detail
