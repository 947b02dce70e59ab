#pragma once

#include "caf/aiomas/codec.hpp"

#include <string>

namespace caf::aiomas {

/// What Blosc does before it compresses: put the first bytes, or bits, of all
/// items together, then the second ones, and so on.
enum class blosc_shuffle { none, byte, bit };

/// How Blosc compresses. Readers take everything; these defaults are what the
/// original writes.
struct blosc_options {
  /// One of those that c-blosc was built with: "blosclz", and mostly "lz4",
  /// "lz4hc", "snappy", "zlib" and "zstd".
  std::string compressor = "blosclz";

  /// From 0, store, to 9, smallest.
  int level = 9;

  blosc_shuffle shuffle = blosc_shuffle::byte;

  /// Size in bytes of the items to shuffle, from 1 to 255.
  size_t type_size = 8;
};

/// MsgPack, see `msgpack_codec`, compressed by Blosc. What does not become
/// smaller, such as anything below 128 bytes, is stored.
///
/// Reads whatever c-blosc can, stored data of version 1 included; a compressor
/// that it was built without is a `deserialization_error`. The limit on the
/// size of a message counts for the compressed and for the plain bytes, and is
/// checked before memory is allocated. Offsets in errors are offsets in the
/// plain bytes, except when there are none.
class msgpack_blosc_codec : public codec {
public:
  msgpack_blosc_codec();

  /// `options` must be ones that `with` would accept.
  explicit msgpack_blosc_codec(blosc_options options);

  ~msgpack_blosc_codec() override;

  static std::unique_ptr<codec> make();

  /// Returns what makes codecs with `options`. Fails with `invalid_argument` if
  /// a number is out of range, or if c-blosc does not have the compressor.
  static outcome<codec_factory> with(blosc_options options);

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
