#pragma once

#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

/// What converters share, and the wording of errors.
namespace caf::aiomas::detail {

/// The name of a kind in errors: that of its Python type, but `None` of null.
std::string_view kind_name(const value& x) noexcept;

/// `expected str, got int`.
fault type_mismatch(std::string_view expected, const value& got);

/// `expected a list of 2, got a list of 3`.
fault size_mismatch(size_t expected, size_t got);

/// Puts `element 3: ` in front of the text.
fault at_element(size_t index, fault what);

/// Puts `key 'x': ` in front of the text.
fault at_key(const value& key, fault what);

/// Collects why each alternative of a variant did not fit. Several may say the
/// same, such as integers of different sizes.
fault no_alternative(std::vector<fault> reasons);

outcome<int64_t> to_signed(const value& x, int64_t min, int64_t max);
outcome<uint64_t> to_unsigned(const value& x, uint64_t max);
outcome<double> to_double(const value& x, double max);
outcome<list> to_list(value x, size_t size);

/// Moves the alternative `T` out of `x`.
template <class T>
outcome<T> take(value x) {
  if (auto ptr = x.get_if<T>())
    return std::move(*ptr);
  return type_mismatch(kind_name(value{T{}}), x);
}

/// The converter of a type that a value holds as it is.
template <class T>
struct held_converter {
  static value to_value(T x) {
    return x;
  }

  static outcome<T> from_value(value x) {
    return take<T>(std::move(x));
  }
};

} // namespace caf::aiomas::detail
