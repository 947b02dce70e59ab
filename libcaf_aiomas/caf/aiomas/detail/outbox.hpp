#pragma once

#include "caf/aiomas/gathered_bytes.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace caf::aiomas::detail {

/// The bytes of a session on their way out: those that the transport has yet to
/// take, and those that it has taken but not yet written. Knows what they are
/// for, because each kind has a bound of its own.
class outbox {
public:
  using time_point = std::chrono::steady_clock::time_point;

  enum class kind : uint8_t {
    /// A request of ours.
    request,
    /// The answer of a handler.
    reply,
    /// An answer that no handler was asked for.
    refusal,
  };

  /// Where frames are encoded to, at the end.
  gathered_bytes& buffer() noexcept {
    return buf_;
  }

  /// Says that the last `n` bytes of the buffer are a new frame.
  void added(size_t n, kind what, time_point now);

  /// Swaps the bytes that wait with `out`, whose capacity is used again.
  void take(gathered_bytes& out);

  /// Says that `n` of the bytes taken were written. Returns how many of them
  /// were really outstanding.
  size_t written(size_t n, time_point now);

  /// Says that the peer has taken something of what the transport has.
  void progressed(time_point now) noexcept {
    progress_ = now;
  }

  /// Whether bytes wait to be taken.
  bool has_output() const noexcept {
    return waiting_ > 0;
  }

  /// All bytes that are not written yet.
  size_t size() const noexcept {
    return waiting_ + taken_;
  }

  /// Those of one kind.
  size_t size(kind what) const noexcept {
    return sizes_[static_cast<size_t>(what)];
  }

  /// Since when the transport has written nothing, if there is something.
  std::optional<time_point> stalled_since() const noexcept {
    return size() > 0 ? std::optional{progress_} : std::nullopt;
  }

private:
  /// Neighbouring frames of one kind.
  struct run {
    size_t bytes;
    kind what;
  };

  gathered_bytes buf_;
  size_t waiting_ = 0; // bytes in it
  size_t taken_ = 0;
  std::deque<run> runs_;
  std::array<size_t, 3> sizes_{};
  time_point progress_;
};

} // namespace caf::aiomas::detail
