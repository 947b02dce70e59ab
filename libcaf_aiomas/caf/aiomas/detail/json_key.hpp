#pragma once

#include "caf/aiomas/detail/float_repr.hpp"
#include "caf/aiomas/value.hpp"

#include <cmath>
#include <optional>
#include <string>

namespace caf::aiomas::detail {

/// JSON's names for the doubles that have no digits; empty for all others.
inline std::string_view json_float_name(double x) noexcept {
  if (std::isnan(x))
    return "NaN";
  if (std::isinf(x))
    return x < 0 ? "-Infinity" : "Infinity";
  return {};
}

/// What Python's `json` makes of a key that is not a string; nothing if it
/// refuses such keys.
inline std::optional<std::string> json_key(const value& key) {
  switch (key.type()) {
    case value::kind::null:
      return "null";
    case value::kind::boolean:
      return *key.get_if<bool>() ? "true" : "false";
    case value::kind::integer:
      return std::to_string(*key.get_if<int64_t>());
    case value::kind::uinteger:
      return std::to_string(*key.get_if<uint64_t>());
    case value::kind::floating: {
      auto x = *key.get_if<double>();
      if (auto name = json_float_name(x); !name.empty())
        return std::string{name};
      return std::string{float_repr{x}.view()};
    }
    case value::kind::string:
      return *key.get_if<std::string>();
    default:
      return std::nullopt;
  }
}

/// The error text for keys that `json_key` refuses, in Python's words.
inline std::string json_key_error(const value& key) {
  return std::string{"keys must be str, int, float, bool or None, not "}
         + python_type_name(key);
}

} // namespace caf::aiomas::detail
