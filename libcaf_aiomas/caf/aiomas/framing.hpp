#pragma once

#include "caf/aiomas/detail/frame_buffer.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>

namespace caf::aiomas {

/// Bytes of a frame's header: the length of the payload, big-endian.
constexpr size_t frame_header_size = 4;

/// Splits a stream of bytes into frames.
///
/// Whoever reads from a socket asks for room with `prepare`, says with `commit`
/// how much of it was filled, and takes the frames with `next`. The buffer
/// grows with what arrives, never with what a header merely announces, and
/// shrinks again after a large frame. Payloads may be kept: from then on their
/// buffer belongs to whoever keeps them, and what comes next gets a new one.
class frame_splitter {
public:
  explicit frame_splitter(size_t max_payload);

  /// Returns room for at least one byte. Invalidates what `next` returned.
  std::span<std::byte> prepare();

  /// Takes the first `n` bytes of the last `prepare` as received.
  void commit(size_t n);

  /// Returns the payload of the next complete frame, valid until `prepare`;
  /// nothing if more bytes are needed. Fails with `message_too_large` as soon
  /// as the header of a frame that is too long is complete, and from then on.
  outcome<std::optional<std::span<const std::byte>>> next();

  /// Returns what keeps a payload that `next` returned, unchanged and for any
  /// thread; null if so little should not keep a whole buffer. Whoever gets it
  /// must call `settle` before the next `prepare`.
  std::shared_ptr<const void>
  owner_of(std::span<const std::byte> payload) const noexcept;

  /// Notes whether anyone has kept a copy of `mine`, which is from `owner_of`.
  void settle(std::shared_ptr<const void> mine) noexcept;

  /// Whether the first bytes of a frame are here, but not all of them.
  bool in_frame() const noexcept;

  /// Length of the payload that is arriving, or 0 while its header is
  /// incomplete.
  size_t announced() const noexcept;

private:
  /// Makes `want` bytes of room behind the `used` bytes received. `total` is
  /// the length of the frame that is arriving, with its header; 0 if not known.
  void make_room(size_t used, size_t total, size_t want);

  /// Gets a buffer of `size` bytes, with the last `used` bytes received.
  void renew(size_t size, size_t used);

  size_t max_payload_;
  std::shared_ptr<detail::frame_buffer> buf_;
  bool kept_ = false; // whether payloads in buf_ belong to others
  size_t begin_ = 0; // first byte that no frame took yet
  size_t end_ = 0; // one past the last byte received
};

/// Starts a frame at the end of `out` and returns where it starts. The payload
/// is whatever is appended until `end_frame`.
size_t begin_frame(byte_buffer& out);

/// Writes the header of the frame that starts at `where`, of which `apart`
/// bytes are not in `out`. Fails with `message_too_large` if its payload is
/// longer than `max_payload` and takes the frame out of `out` again.
outcome<void> end_frame(byte_buffer& out, size_t where, size_t max_payload,
                        size_t apart = 0);

} // namespace caf::aiomas
