#pragma once

#include "caf/aiomas/codec.hpp"

namespace caf::aiomas {

/// Writes MsgPack, byte by byte as Python's `msgpack.packb` with
/// `use_bin_type=True`: integers as short as possible, floats with 64 bits,
/// text and bytes kept apart. Reads all of MsgPack, with 32-bit floats and
/// encodings that are longer than needed.
///
/// Keys may be of any kind but dicts, and lists that have dicts in them, which
/// Python can't use as keys: a `serialization_error` or
/// `deserialization_error`. So is text that is not UTF-8. Of equal keys the
/// last one wins. Extension types, timestamps included, are handed through
/// unchanged.
class msgpack_codec : public codec {
public:
  msgpack_codec();

  ~msgpack_codec() override;

  static std::unique_ptr<codec> make();

  const char* name() const noexcept override;

  outcome<void> encode(const value& x, byte_buffer& out) override;

  outcome<value> decode(std::span<const std::byte> in) override;

  outcome<void> encode_message(int64_t type, const value& id,
                               const value& content, byte_buffer& out,
                               shared_pieces* apart = nullptr) override;

  decoded_message decode_message(std::span<const std::byte> in,
                                 const std::shared_ptr<const void>& owner
                                 = nullptr) override;

private:
  struct state;

  std::unique_ptr<state> state_;
};

} // namespace caf::aiomas
