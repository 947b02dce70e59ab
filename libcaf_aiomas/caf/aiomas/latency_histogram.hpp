#pragma once

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace caf::aiomas {

/// How many of many durations lie in which range.
struct latency_histogram {
  /// The upper ends of the ranges, each of which belongs to its range. One more
  /// range, the last, has no end.
  static constexpr std::array bounds = [] {
    using std::chrono::microseconds;
    return std::to_array<microseconds>(
      {microseconds{20}, microseconds{50}, microseconds{100}, microseconds{200},
       microseconds{500}, microseconds{1'000}, microseconds{2'000},
       microseconds{5'000}, microseconds{10'000}, microseconds{20'000},
       microseconds{50'000}, microseconds{100'000}, microseconds{200'000},
       microseconds{500'000}, microseconds{1'000'000}, microseconds{2'000'000},
       microseconds{5'000'000}, microseconds{10'000'000}});
  }();

  static constexpr size_t ranges = bounds.size() + 1;

  /// Returns the index of the range that `x` lies in.
  static constexpr size_t range_of(std::chrono::nanoseconds x) noexcept {
    auto i = std::lower_bound(bounds.begin(), bounds.end(), x);
    return static_cast<size_t>(i - bounds.begin());
  }

  /// How many durations lie in each range.
  std::array<uint64_t, ranges> counts{};

  /// All of them added up.
  std::chrono::nanoseconds sum{0};

  /// How many there are.
  constexpr uint64_t count() const noexcept {
    uint64_t result = 0;
    for (auto n : counts)
      result += n;
    return result;
  }
};

} // namespace caf::aiomas
