#pragma once

#include "caf/aiomas/codec.hpp"

#include <memory>

namespace caf::aiomas::detail {

/// Writes values as compact JSON. Keeps its buffers from one call to the next.
class json_writer {
public:
  json_writer();
  json_writer(const json_writer&) = delete;
  json_writer& operator=(const json_writer&) = delete;
  ~json_writer();

  /// See `codec::encode`.
  outcome<void> write(const value& x, const serializers& types,
                      const codec_limits& limits, byte_buffer& out);

  /// See `codec::encode_message`.
  outcome<void> write_message(int64_t type, const value& id,
                              const value& content, const serializers& types,
                              const codec_limits& limits, byte_buffer& out);

private:
  class impl;

  std::unique_ptr<impl> impl_;
};

} // namespace caf::aiomas::detail
