#pragma once

#include <algorithm>
#include <cstddef>
#include <memory>

namespace caf::aiomas::detail {

/// Memory that is used from one call to the next, and never filled with zeros.
class scratch {
public:
  /// Returns memory for `n` bytes, in place of all that was returned before.
  std::byte* reserve(size_t n) {
    // A single large message must not cost memory for ever.
    if (capacity_ < n || (capacity_ > max_kept && n < max_kept)) {
      buf_.reset();
      capacity_ = std::max(n, min_capacity);
      buf_ = std::make_shared_for_overwrite<std::byte[]>(capacity_);
    }
    return buf_.get();
  }

  std::byte* data() const noexcept {
    return buf_.get();
  }

  /// Whoever has a copy of this keeps the memory alive.
  const std::shared_ptr<std::byte[]>& owner() const noexcept {
    return buf_;
  }

  /// Leaves the memory to those who have copies of `owner`, if there are any.
  void yield_if_shared() noexcept {
    if (buf_.use_count() > 1) {
      buf_.reset();
      capacity_ = 0;
    }
  }

private:
  static constexpr size_t min_capacity = 1024;
  static constexpr size_t max_kept = size_t{1} << 20;

  std::shared_ptr<std::byte[]> buf_;
  size_t capacity_ = 0;
};

} // namespace caf::aiomas::detail
