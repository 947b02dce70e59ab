#pragma once

#include "caf/aiomas/value.hpp"

#include <cstddef>
#include <span>
#include <string>

namespace caf::aiomas::detail {

/// Renders bytes as pairs of lower-case hex digits.
inline std::string to_hex(std::span<const std::byte> xs) {
  constexpr char digits[] = "0123456789abcdef";
  std::string result;
  result.reserve(2 * xs.size());
  for (auto x : xs) {
    auto code = std::to_integer<size_t>(x);
    result += digits[code >> 4];
    result += digits[code & 15];
  }
  return result;
}

/// Returns what a hex digit stands for, -1 if it is none.
inline int hex_digit(char c) {
  if (c >= '0' && c <= '9')
    return c - '0';
  if (c >= 'a' && c <= 'f')
    return c - 'a' + 10;
  if (c >= 'A' && c <= 'F')
    return c - 'A' + 10;
  return -1;
}

} // namespace caf::aiomas::detail
