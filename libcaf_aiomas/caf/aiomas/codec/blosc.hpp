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

  /// Returns what is compressed in `in`, at most `max_size` bytes. They stay
  /// until the next call, and beyond that until `inflated` or a copy of their
  /// owner is gone. What is merely stored stays where it is, which `owner` keeps
  /// alive; it may be null. Fails with `deserialization_error`.
  outcome<shared_span> inflate(std::span<const std::byte> in, size_t max_size,
                               const std::shared_ptr<const void>& owner);

  /// To be called when the owner that `inflate` returned is not needed any more
  /// but by the values that refer to it.
  void inflated() noexcept {
    plain_.yield_if_shared();
  }

  /// Returns `in` compressed, or stored if it does not become smaller. Stays
  /// until the next call. `options` must have passed `check`, and `in` must not
  /// be longer than `longest_blosc_input`. Fails with `serialization_error`.
  outcome<std::span<const std::byte>> compress(std::span<const std::byte> in,
                                               const blosc_options& options);

private:
  scratch plain_;
  scratch compressed_;
};

} // namespace caf::aiomas::detail
