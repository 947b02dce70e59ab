#pragma once

#include "caf/aiomas/codec/msgpack_blosc.hpp"
#include "caf/aiomas/codec/scratch.hpp"

#include <cstddef>
#include <memory>
#include <span>

namespace caf::aiomas::detail {

/// Longest input in bytes that Blosc can compress.
extern const size_t longest_blosc_input;

/// Compresses and inflates Blosc's buffers in the calling thread, without any
/// global state. Keeps its memory from one call to the next.
class blosc {
public:
  /// Bytes, and who keeps them alive.
  struct shared_span {
    std::span<const std::byte> bytes;
    std::shared_ptr<const void> owner;
  };

  /// Fails with `invalid_argument` unless Blosc can do what `options` ask for.
  static outcome<void> check(const blosc_options& options);

  /// Returns what is compressed in `in`, at most `max_size` bytes. What is
  /// merely stored stays where it is, which `owner` keeps alive; it may be
  /// null. Fails with `deserialization_error`.
  outcome<shared_span> inflate(std::span<const std::byte> in, size_t max_size,
                               const std::shared_ptr<const void>& owner);

  /// Takes back what `inflate` returned, which must happen before the next call
  /// of it. Whoever has copies of the owner may go on using it.
  void release(shared_span what) noexcept;

  /// Returns `in` compressed, or stored if it does not become smaller. Stays
  /// until the next call. `options` must have passed `check`, and `in` must not
  /// be longer than `longest_blosc_input`. Fails with `serialization_error`.
  outcome<std::span<const std::byte>> compress(std::span<const std::byte> in,
                                               const blosc_options& options);

  /// Takes back what `compress` returned.
  void release_compressed() noexcept {
    compressed_.release();
  }

private:
  scratch plain_;
  scratch compressed_;
};

} // namespace caf::aiomas::detail
