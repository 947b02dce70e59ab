#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <memory>

namespace caf::aiomas::detail {

/// Memory that is used from one call to the next, and never filled with zeros.
class scratch {
public:
  /// Returns memory for `n` bytes, in place of all that was returned before.
  std::byte* reserve(size_t n) {
    release();
    if (capacity_ < n) {
      drop();
      auto capacity = std::max(n, min_capacity);
      buf_ = std::make_shared_for_overwrite<std::byte[]>(capacity);
      capacity_ = capacity;
    }
    return buf_.get();
  }

  std::byte* data() const noexcept {
    return buf_.get();
  }

  /// Whoever has a copy of this keeps the memory alive. Null if so little as
  /// `n` bytes should not keep all of it.
  std::shared_ptr<const void> owner_of(size_t n) const noexcept {
    constexpr size_t most_per_byte = 4;
    return capacity_ / most_per_byte > n ? nullptr : buf_;
  }

  /// Leaves the memory to those who have copies of its owner, if there are any,
  /// and gives much of it back: a single large message must not cost memory for
  /// ever. What was returned is no longer needed.
  void release() noexcept {
    auto shared = buf_.use_count() > 1;
    // Whoever had a copy and let go of it has done reading.
    std::atomic_thread_fence(std::memory_order_acquire);
    if (shared || capacity_ > max_kept)
      drop();
  }

private:
  void drop() noexcept {
    buf_.reset();
    capacity_ = 0;
  }

  static constexpr size_t min_capacity = 1024;
  static constexpr size_t max_kept = size_t{1} << 20;

  std::shared_ptr<std::byte[]> buf_;
  size_t capacity_ = 0;
};

} // namespace caf::aiomas::detail
