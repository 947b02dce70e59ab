#pragma once

#include <atomic>
#include <cstdint>

namespace caf::aiomas::detail {

/// A number that only grows. One thread counts, any thread may look; counting
/// costs what a plain variable costs.
class counter {
public:
  counter() = default;
  counter(const counter&) = delete;
  counter& operator=(const counter&) = delete;

  counter& operator+=(uint64_t n) noexcept {
    auto before = number_.load(std::memory_order_relaxed); // ours alone
    number_.store(before + n, std::memory_order_release);
    return *this;
  }

  counter& operator++() noexcept {
    return *this += 1;
  }

  operator uint64_t() const noexcept {
    return number_.load(std::memory_order_acquire);
  }

private:
  std::atomic<uint64_t> number_ = 0;
};

} // namespace caf::aiomas::detail
