#pragma once

#include "caf/aiomas/codec.hpp"

#include <memory>
#include <span>

namespace caf::aiomas::detail {

/// Writes values as MsgPack. Keeps its buffers from one call to the next.
class msgpack_writer {
public:
  msgpack_writer();
  msgpack_writer(const msgpack_writer&) = delete;
  msgpack_writer& operator=(const msgpack_writer&) = delete;
  ~msgpack_writer();

  /// See `codec::encode`.
  outcome<void> write(const value& x, const serializers& types,
                      const codec_limits& limits, byte_buffer& out);

  /// See `codec::encode_message`.
  outcome<void> write_message(int64_t type, const value& id,
                              const value& content, const serializers& types,
                              const codec_limits& limits, byte_buffer& out,
                              shared_pieces* apart);

  /// The same, but leaves the bytes where they are until the next call. On
  /// failure, the fault says why.
  outcome<std::span<const std::byte>>
  write(const value& x, const serializers& types, const codec_limits& limits);

  outcome<std::span<const std::byte>>
  write_message(int64_t type, const value& id, const value& content,
                const serializers& types, const codec_limits& limits);

  /// Gives back what `write` and `write_message` have left in place.
  void release();

private:
  class impl;

  std::unique_ptr<impl> impl_;
};

} // namespace caf::aiomas::detail
