#pragma once

#include "caf/aiomas/shared_data.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <vector>

namespace caf::aiomas {

/// Text or bytes of somebody else that belong between bytes of ours.
struct shared_piece {
  /// How many of our bytes stand in front of it.
  size_t at;

  /// Keeps the data alive and unchanged.
  std::shared_ptr<const void> owner;

  /// Not empty.
  std::span<const std::byte> data;
};

/// In the order of their places.
using shared_pieces = std::vector<shared_piece>;

/// Bytes on their way out, of which large parts stay where they are instead of
/// being copied.
class gathered_bytes {
public:
  /// Our bytes, to be appended to.
  byte_buffer& own() noexcept {
    return own_;
  }

  /// What belongs between them, to be appended to.
  shared_pieces& pieces() noexcept {
    return pieces_;
  }

  /// How many bytes are left.
  size_t size() const noexcept;

  bool empty() const noexcept {
    return is_at_end(next_);
  }

  /// The next bytes that lie side by side; empty if none are left.
  std::span<const std::byte> front() const noexcept {
    return front(next_);
  }

  /// Fills `into` with the first pieces that do not lie side by side. Returns
  /// how many these are.
  size_t fronts(std::span<std::span<const std::byte>> into) const noexcept;

  /// Takes the first `n` bytes away, and lets go of pieces that are done.
  void pop_front(size_t n) noexcept;

  /// All bytes that are left, copied.
  byte_buffer joined() const;

  /// Leaves nothing but the capacity.
  void clear() noexcept;

private:
  /// A place in all of these bytes.
  struct cursor {
    size_t own = 0; // of our bytes, how many are in front of it
    size_t piece = 0; // the next one
    size_t in_piece = 0; // bytes of that
  };

  bool is_at_piece(const cursor& where) const noexcept {
    return where.piece < pieces_.size() && pieces_[where.piece].at == where.own;
  }

  bool is_at_end(const cursor& where) const noexcept {
    return where.own == own_.size() && where.piece == pieces_.size();
  }

  std::span<const std::byte> front(const cursor& where) const noexcept;
  void advance(cursor& where, size_t n) const noexcept;

  byte_buffer own_;
  shared_pieces pieces_;
  cursor next_;
};

} // namespace caf::aiomas
