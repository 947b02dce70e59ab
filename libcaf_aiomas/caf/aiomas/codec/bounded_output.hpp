#pragma once

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace caf::aiomas::detail {

/// Bytes that a writer appends one after the other. Grows as needed. What goes
/// far over its limit is dropped, so that a limit bounds the memory as well.
class bounded_output {
public:
  /// Begins anew. `limit` bytes are fine; see `exceeds_limit_with`.
  void reset(size_t limit) {
    // A single large message must not cost memory for ever.
    if (capacity() > max_kept)
      allocate(min_capacity);
    pos_ = buf_.get();
    limit_ = limit;
    overflow_ = false;
  }

  void put(char c) {
    *reserve(1) = c;
    ++pos_;
  }

  void append(std::string_view text) {
    std::copy(text.begin(), text.end(), reserve(text.size()));
    pos_ += text.size();
  }

  /// What msgpack-c calls `append`.
  void write(const char* data, size_t size) {
    append({data, size});
  }

  template <class T>
  void append_integer(T x) {
    constexpr size_t max_digits = 20;
    auto first = reserve(max_digits);
    pos_ = std::to_chars(first, first + max_digits, x).ptr;
  }

  size_t size() const noexcept {
    return static_cast<size_t>(pos_ - buf_.get());
  }

  std::span<const std::byte> bytes() const noexcept {
    return std::as_bytes(std::span{buf_.get(), size()});
  }

  /// Whether what was written and `n` more bytes are longer than the limit.
  bool exceeds_limit_with(size_t n) const noexcept {
    return overflow_ || size() > limit_ || n > limit_ - size();
  }

private:
  static constexpr size_t min_capacity = 1024;
  static constexpr size_t max_kept = size_t{1} << 20;

  size_t capacity() const noexcept {
    return static_cast<size_t>(end_ - buf_.get());
  }

  // Returns where the next `n` bytes go.
  char* reserve(size_t n) {
    if (static_cast<size_t>(end_ - pos_) < n)
      make_room(n);
    return pos_;
  }

  void allocate(size_t n) {
    buf_ = std::make_unique_for_overwrite<char[]>(n);
    pos_ = buf_.get();
    end_ = pos_ + n;
  }

  void make_room(size_t n) {
    auto old_size = size();
    if (old_size > limit_) {
      overflow_ = true;
      old_size = 0;
    }
    auto old = std::move(buf_);
    allocate(std::max(2 * old_size + n, min_capacity));
    pos_ = std::copy_n(old.get(), old_size, pos_);
  }

  std::unique_ptr<char[]> buf_;
  char* pos_ = nullptr;
  char* end_ = nullptr;
  size_t limit_ = 0;
  bool overflow_ = false;
};

} // namespace caf::aiomas::detail
