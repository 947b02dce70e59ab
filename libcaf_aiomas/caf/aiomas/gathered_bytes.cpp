#include "caf/aiomas/gathered_bytes.hpp"

#include <algorithm>

namespace caf::aiomas {

size_t gathered_bytes::size() const noexcept {
  auto result = own_.size() - next_.own - next_.in_piece;
  for (auto i = next_.piece; i < pieces_.size(); ++i)
    result += pieces_[i].data.size();
  return result;
}

std::span<const std::byte>
gathered_bytes::front(const cursor& where) const noexcept {
  if (is_at_piece(where))
    return pieces_[where.piece].data.subspan(where.in_piece);
  auto end
    = where.piece < pieces_.size() ? pieces_[where.piece].at : own_.size();
  return std::span{own_}.subspan(where.own, end - where.own);
}

/// Moves `where` on by `n` bytes of what lies side by side.
void gathered_bytes::advance(cursor& where, size_t n) const noexcept {
  if (!is_at_piece(where)) {
    where.own += n;
    return;
  }
  where.in_piece += n;
  if (where.in_piece == pieces_[where.piece].data.size()) {
    ++where.piece;
    where.in_piece = 0;
  }
}

size_t gathered_bytes::fronts(
  std::span<std::span<const std::byte>> into) const noexcept {
  size_t result = 0;
  for (auto where = next_; result < into.size() && !is_at_end(where);) {
    into[result] = front(where);
    advance(where, into[result].size());
    ++result;
  }
  return result;
}

void gathered_bytes::pop_front(size_t n) noexcept {
  while (n > 0) {
    auto part = std::min(n, front().size());
    auto piece = next_.piece;
    advance(next_, part);
    if (next_.piece != piece)
      pieces_[piece].owner.reset();
    n -= part;
  }
}

byte_buffer gathered_bytes::joined() const {
  byte_buffer result;
  result.reserve(size());
  for (auto where = next_; !is_at_end(where);) {
    auto part = front(where);
    result.insert(result.end(), part.begin(), part.end());
    advance(where, part.size());
  }
  return result;
}

void gathered_bytes::clear() noexcept {
  own_.clear();
  pieces_.clear();
  next_ = {};
}

} // namespace caf::aiomas
