#pragma once

#include "caf/aiomas/codec.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

/// Longest message in bytes that there can be, with a length of 32 bits.
constexpr size_t longest_message = 0xFFFFFFFF;

/// Lowers limits to what our codecs can take: writing values, some parsing and
/// destroying values are recursive, so that beyond a depth that Python itself
/// can hardly take, a limit has no effect.
inline codec_limits capped(codec_limits limits) noexcept {
  constexpr size_t deepest_nesting = 1000;
  limits.max_nesting = std::min(limits.max_nesting, deepest_nesting);
  limits.max_size = std::min(limits.max_size, longest_message);
  return limits;
}

} // namespace caf::aiomas::detail
