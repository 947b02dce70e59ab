#include "caf/aiomas/detail/random_name.hpp"

#include <array>
#include <bit>
#include <cstdio>
#include <random>

namespace caf::aiomas::detail {

int64_t random_number() {
  std::random_device source;
  static_assert(sizeof(source()) == sizeof(uint32_t));
  auto high = uint64_t{source()} << 32;
  return std::bit_cast<int64_t>(high | source());
}

std::string random_name() {
  std::array<char, 33> text;
  std::snprintf(text.data(), text.size(), "%016llx%016llx",
                static_cast<unsigned long long>(random_number()),
                static_cast<unsigned long long>(random_number()));
  return text.data();
}

} // namespace caf::aiomas::detail
