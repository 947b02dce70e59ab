#pragma once

#include "caf/aiomas/value.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

/// Whether a peer in Python could use `x` as a key: not if it is a dict, or a
/// list that has one. Of objects, that is for their types to decide.
inline bool is_hashable(const value& x) noexcept {
  if (auto xs = x.get_if<list>())
    return std::all_of(xs->begin(), xs->end(), is_hashable);
  return x.type() != value::kind::dict;
}

/// What is wrong with other keys, in Python's words.
constexpr const char* not_hashable = "unhashable type: 'dict'";

} // namespace caf::aiomas::detail
