#pragma once

#include "caf/aiomas/codec.hpp"

#include <memory>
#include <span>

namespace caf::aiomas::detail {

/// Reads MsgPack into values. Keeps its buffers from one call to the next.
class msgpack_reader {
public:
  msgpack_reader();
  msgpack_reader(const msgpack_reader&) = delete;
  msgpack_reader& operator=(const msgpack_reader&) = delete;
  ~msgpack_reader();

  /// See `codec::decode`. The value may share `in` with `owner`, if there is
  /// one.
  outcome<value> read(std::span<const std::byte> in,
                      const std::shared_ptr<const void>& owner,
                      const serializers& types, const codec_limits& limits);

  /// See `codec::decode_message`.
  decoded_message read_message(std::span<const std::byte> in,
                               const std::shared_ptr<const void>& owner,
                               const serializers& types,
                               const codec_limits& limits);

private:
  class impl;

  std::unique_ptr<impl> impl_;
};

} // namespace caf::aiomas::detail
