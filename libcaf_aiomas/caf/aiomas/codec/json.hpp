#pragma once

#include "caf/aiomas/codec.hpp"

namespace caf::aiomas {

/// aiomas' default codec. Writes compact UTF-8 JSON, reads what Python's
/// `json.dumps` writes, `NaN`, `Infinity` and `-Infinity` included.
///
/// Keys that are null, bool or numbers become strings, as in Python; other keys
/// and bytes are a `serialization_error`. Integers outside of -2^63..2^64-1,
/// numbers beyond a double's range and lone surrogates cannot be represented
/// and are a `deserialization_error`. Of equal keys the last one wins.
class json_codec : public codec {
public:
  json_codec();

  ~json_codec() override;

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
