#pragma once

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/gathered_bytes.hpp"
#include "caf/aiomas/value.hpp"

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
  /// Begins anew. `limit` bytes are fine; see `exceeds_limit_with`. With a
  /// `target`, large pieces go straight there, behind all others so far, and
  /// those of `append_shared` to `apart`, if it is not null.
  void reset(size_t limit, byte_buffer* target = nullptr,
             shared_pieces* apart = nullptr) {
    release();
    pos_ = buf_.get();
    limit_ = limit;
    overflow_ = false;
    target_ = target;
    apart_ = apart;
    moved_ = 0;
  }

  /// Gives much memory back, with what is in it: a single large message must
  /// not cost it for ever.
  void release() {
    if (capacity() > max_kept)
      allocate(min_capacity);
  }

  /// Moves what is here to the target.
  void flush() {
    auto rest = bytes();
    target_->insert(target_->end(), rest.begin(), rest.end());
    moved_ += rest.size();
    pos_ = buf_.get();
  }

  void put(char c) {
    *reserve(1) = c;
    ++pos_;
  }

  void append(std::string_view text) {
    if (text.size() >= large && target_ != nullptr)
      return append_large(text);
    std::copy_n(text.data(), text.size(), reserve(text.size()));
    pos_ += text.size();
  }

  /// Appends shared data, without copying them if that pays and does not keep
  /// much more than them.
  template <class T>
  void append_shared(const shared_data<T>& what) {
    auto data = std::as_bytes(std::span{what.view()});
    if (apart_ != nullptr && data.size() >= defaults::min_shared_output
        && data.size() >= what.kept() / 2)
      put_apart(what.owner(), data);
    else
      append({reinterpret_cast<const char*>(data.data()), data.size()});
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
    return moved_ + here();
  }

  /// All bytes that are not at the target.
  std::span<const std::byte> bytes() const noexcept {
    return std::as_bytes(std::span{buf_.get(), here()});
  }

  /// Whether what was written and `n` more bytes are longer than the limit.
  bool exceeds_limit_with(size_t n) const noexcept {
    return overflow_ || size() > limit_ || n > limit_ - size();
  }

private:
  static constexpr size_t min_capacity = 1024;
  static constexpr size_t max_kept = size_t{1} << 20;
  static constexpr size_t large = size_t{16} << 10;

  size_t here() const noexcept {
    return static_cast<size_t>(pos_ - buf_.get());
  }

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

  // These are rare, and would keep the compiler from inlining all others.

  [[gnu::noinline]] void append_large(std::string_view text) {
    if (exceeds_limit_with(text.size())) {
      overflow_ = true;
      return;
    }
    flush();
    auto data = std::as_bytes(std::span{text});
    target_->insert(target_->end(), data.begin(), data.end());
    moved_ += data.size();
  }

  [[gnu::noinline]] void put_apart(std::shared_ptr<const void> owner,
                                   std::span<const std::byte> data) {
    if (exceeds_limit_with(data.size())) {
      overflow_ = true;
      return;
    }
    flush();
    apart_->push_back({target_->size(), std::move(owner), data});
    moved_ += data.size();
  }

  [[gnu::noinline]] void make_room(size_t n) {
    auto old_size = here();
    if (size() > limit_) {
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
  byte_buffer* target_ = nullptr;
  shared_pieces* apart_ = nullptr;
  size_t moved_ = 0; // bytes that are at the target or apart already
};

} // namespace caf::aiomas::detail
