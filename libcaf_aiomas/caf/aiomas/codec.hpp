#pragma once

#include "caf/aiomas/gathered_bytes.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/serializers.hpp"
#include "caf/aiomas/value.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace caf::aiomas {

/// Bounds that a codec keeps while it encodes and decodes.
struct codec_limits {
  /// Deepest nesting of lists, dicts and objects. A scalar has depth 0. The
  /// `(type, id, content)` triple around a message does not count.
  size_t max_nesting;

  /// Most values in a message, or in what is decoded alone.
  size_t max_values;

  /// Longest encoding in bytes that `encode` and `encode_message` may append.
  size_t max_size;

  /// The defaults of `defaults.hpp`.
  codec_limits() noexcept;
};

/// A message as far as it could be decoded.
struct decoded_message {
  /// Message type and id, once both were read. They are not checked: a peer may
  /// send anything.
  struct header {
    value type;
    value id;
  };

  std::optional<header> head;

  /// The content; null unless `error` is empty.
  value content;

  /// Why decoding ended early, or why it is not a triple. With a header, only
  /// the content is bad, unless `is_triple` is false.
  std::optional<fault> error;

  /// False if the payload is well-formed but not a list of three.
  bool is_triple = true;

  /// How many bytes it was decoded from, if that was not the payload as it is
  /// but, for example, what was compressed in it.
  std::optional<size_t> size;
};

/// Converts values to bytes and back. Each connection has an instance of its
/// own, which is only used by one thread at a time.
///
/// Users may implement their own: `encode` and `decode` suffice, the other
/// functions are there for codecs that can do better than their defaults.
class codec {
public:
  codec();
  codec(const codec&) = delete;
  codec& operator=(const codec&) = delete;
  virtual ~codec();

  /// The name users give on a command line, for example "json".
  virtual const char* name() const noexcept = 0;

  /// Appends the encoding of `x` to `out`. On failure `out` is as before.
  /// Fails with `serialization_error` or `message_too_large`.
  virtual outcome<void> encode(const value& x, byte_buffer& out) = 0;

  /// Decodes exactly one value that fills `in`. Fails with
  /// `deserialization_error`.
  virtual outcome<value> decode(std::span<const std::byte> in) = 0;

  /// Appends the triple `[type, id, content]`, as `encode` would. Large text
  /// and bytes that are shared may become pieces between the bytes of `out`
  /// instead, if there is a place for them: `apart`, which is as before on
  /// failure, too.
  virtual outcome<void> encode_message(int64_t type, const value& id,
                                       const value& content, byte_buffer& out,
                                       shared_pieces* apart = nullptr);

  /// Decodes a triple as far as possible. By default all or nothing. `owner`
  /// keeps `in` alive and unchanged as long as it is kept itself, so that large
  /// text and bytes can be shared with it; without one, the result must not
  /// refer to `in`.
  virtual decoded_message
  decode_message(std::span<const std::byte> in,
                 const std::shared_ptr<const void>& owner = nullptr);

  /// Registers a serializer, for example in a `codec_factory`; returns its type
  /// id. Fails with `invalid_argument` if the type has one.
  outcome<int64_t> add_serializer(any_serializer what) {
    return types_.add(std::move(what));
  }

  serializers& types() noexcept {
    return types_;
  }

  const serializers& types() const noexcept {
    return types_;
  }

  void types(serializers new_types) {
    types_ = std::move(new_types);
  }

  const codec_limits& limits() const noexcept {
    return limits_;
  }

  void limits(codec_limits new_limits) noexcept {
    limits_ = new_limits;
  }

private:
  serializers types_;
  codec_limits limits_;
};

/// Makes the codec of a new connection.
using codec_factory = std::function<std::unique_ptr<codec>()>;

/// Returns the factory of the codec that users call `name`, or an empty one if
/// there is none.
codec_factory codec_by_name(std::string_view name);

/// The names that `codec_by_name` knows, for help and errors: "json, msgpack,
/// msgpack_blosc".
std::string codec_names();

} // namespace caf::aiomas
