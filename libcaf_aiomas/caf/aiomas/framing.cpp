#include "caf/aiomas/framing.hpp"

#include "caf/aiomas/defaults.hpp"

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <string>

namespace caf::aiomas {

namespace {

/// Size of the buffer while no large frame is arriving. Idle connections hold
/// this much, so it stays small.
constexpr size_t start_size = size_t{16} << 10;

/// A read is not worth its system call for less room than this, unless it
/// completes the frame.
constexpr size_t min_room = size_t{4} << 10;

size_t read_length(const std::byte* pos) noexcept {
  size_t result = 0;
  for (size_t i = 0; i < frame_header_size; ++i)
    result = (result << 8) | std::to_integer<size_t>(pos[i]);
  return result;
}

/// The header has 32 bits, whatever the limit is.
size_t capped(size_t max_payload) noexcept {
  return std::min(max_payload, size_t{UINT32_MAX});
}

} // namespace

// -- frame_splitter -----------------------------------------------------------

frame_splitter::frame_splitter(size_t max_payload)
  : max_payload_(capped(max_payload)) {
  renew(start_size, 0);
}

std::span<std::byte> frame_splitter::prepare() {
  auto used = end_ - begin_;
  if (used == 0) {
    if (kept_ || buf_->size() > start_size)
      renew(start_size, 0);
    begin_ = end_ = 0;
    return {buf_->data(), buf_->size()};
  }
  auto known = used >= frame_header_size && in_frame();
  auto total = known ? frame_header_size + announced() : 0;
  auto want = total > used ? std::min(total - used, min_room) : min_room;
  if (buf_->size() - end_ < want)
    make_room(used, total, want);
  return {buf_->data() + end_, buf_->size() - end_};
}

void frame_splitter::commit(size_t n) {
  end_ += std::min(n, buf_->size() - end_);
}

outcome<std::optional<std::span<const std::byte>>> frame_splitter::next() {
  using result_type = std::optional<std::span<const std::byte>>;
  auto used = end_ - begin_;
  if (used < frame_header_size)
    return result_type{};
  auto length = read_length(buf_->data() + begin_);
  if (length > max_payload_)
    return fault{errc::message_too_large,
                 "Message of " + std::to_string(length)
                   + " bytes received. Maximum length is "
                   + std::to_string(max_payload_) + "."};
  if (used - frame_header_size < length)
    return result_type{};
  std::span payload{buf_->data() + begin_ + frame_header_size, length};
  begin_ += frame_header_size + length;
  return result_type{payload};
}

std::shared_ptr<const void>
frame_splitter::owner_of(std::span<const std::byte> payload) const noexcept {
  constexpr size_t most_per_byte = 4;
  if (payload.size() < defaults::min_shared_size
      || buf_->size() / most_per_byte > payload.size())
    return nullptr;
  return buf_;
}

void frame_splitter::settle(std::shared_ptr<const void> mine) noexcept {
  constexpr long ours = 2;
  kept_ = kept_ || mine.use_count() > ours;
  // Whoever had a copy and let go of it has done reading.
  std::atomic_thread_fence(std::memory_order_acquire);
}

bool frame_splitter::in_frame() const noexcept {
  auto used = end_ - begin_;
  return used > 0
         && (used < frame_header_size
             || used - frame_header_size < announced());
}

size_t frame_splitter::announced() const noexcept {
  return end_ - begin_ < frame_header_size ? 0
                                           : read_length(buf_->data() + begin_);
}

void frame_splitter::make_room(size_t used, size_t total, size_t want) {
  // Moving at most half of the buffer, or a frame that then has its place,
  // costs no more than having received it did.
  auto size = buf_->size();
  auto fits = total <= size && size - used >= want;
  auto new_size = size;
  if (!fits || (total == 0 && used > size / 2)) {
    new_size = total > size ? std::min(size * 2, total) : size * 2;
    new_size = std::max(new_size, used + want);
  }
  if (kept_) {
    renew(new_size, used);
    return;
  }
  std::memmove(buf_->data(), buf_->data() + begin_, used);
  begin_ = 0;
  end_ = used;
  if (new_size != size)
    buf_->resize(new_size);
}

void frame_splitter::renew(size_t size, size_t used) {
  auto tmp = std::make_shared<detail::frame_buffer>(size);
  if (used > 0)
    std::memcpy(tmp->data(), buf_->data() + begin_, used);
  buf_ = std::move(tmp);
  kept_ = false;
  begin_ = 0;
  end_ = used;
}

// -- writing frames -----------------------------------------------------------

size_t begin_frame(byte_buffer& out) {
  auto where = out.size();
  out.resize(where + frame_header_size);
  return where;
}

outcome<void> end_frame(byte_buffer& out, size_t where, size_t max_payload,
                        size_t apart) {
  auto length = out.size() - where - frame_header_size + apart;
  if (length > capped(max_payload)) {
    out.resize(where);
    return fault{errc::message_too_large,
                 "Serialized message is too long (" + std::to_string(length)
                   + "). Maximum length is "
                   + std::to_string(capped(max_payload)) + "."};
  }
  for (size_t i = 0; i < frame_header_size; ++i)
    out[where + i] = static_cast<std::byte>(length >> (24 - 8 * i));
  return {};
}

} // namespace caf::aiomas
