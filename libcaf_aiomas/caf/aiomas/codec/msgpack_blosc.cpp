#include "caf/aiomas/codec/msgpack_blosc.hpp"

#include "caf/aiomas/codec/blosc.hpp"
#include "caf/aiomas/codec/capped_limits.hpp"
#include "caf/aiomas/codec/msgpack_reader.hpp"
#include "caf/aiomas/codec/msgpack_writer.hpp"

#include <algorithm>

namespace caf::aiomas {

namespace {

codec_limits capped(codec_limits limits) noexcept {
  limits = detail::capped(limits);
  limits.max_size = std::min(limits.max_size, detail::longest_blosc_input);
  return limits;
}

} // namespace

struct msgpack_blosc_codec::state {
  detail::msgpack_reader reader;
  detail::msgpack_writer writer;
  detail::blosc blosc;
  blosc_options options;

  // Appends `plain`, if there is any, to `out`.
  outcome<void> compress(const outcome<std::span<const std::byte>>& plain,
                         const codec_limits& limits, byte_buffer& out) {
    if (!plain)
      return plain.error();
    auto bytes = blosc.compress(*plain, options);
    if (!bytes)
      return std::move(bytes).error();
    if (bytes->size() > limits.max_size)
      return fault{errc::message_too_large, "compressed message is longer than "
                                              + std::to_string(limits.max_size)
                                              + " bytes"};
    out.insert(out.end(), bytes->begin(), bytes->end());
    blosc.release_compressed();
    writer.release();
    return {};
  }
};

msgpack_blosc_codec::msgpack_blosc_codec()
  : msgpack_blosc_codec(blosc_options{}) {
  // nop
}

msgpack_blosc_codec::msgpack_blosc_codec(blosc_options options)
  : state_(std::make_unique<state>()) {
  state_->options = std::move(options);
}

msgpack_blosc_codec::~msgpack_blosc_codec() = default;

std::unique_ptr<codec> msgpack_blosc_codec::make() {
  return std::make_unique<msgpack_blosc_codec>();
}

outcome<codec_factory> msgpack_blosc_codec::with(blosc_options options) {
  if (auto checked = detail::blosc::check(options); !checked)
    return std::move(checked).error();
  return codec_factory{[options = std::move(options)] {
    return std::make_unique<msgpack_blosc_codec>(options);
  }};
}

const char* msgpack_blosc_codec::name() const noexcept {
  return "msgpack_blosc";
}

outcome<void> msgpack_blosc_codec::encode(const value& x, byte_buffer& out) {
  auto limits = capped(this->limits());
  return state_->compress(state_->writer.write(x, types(), limits), limits,
                          out);
}

outcome<value> msgpack_blosc_codec::decode(std::span<const std::byte> in) {
  auto limits = capped(this->limits());
  auto plain = state_->blosc.inflate(in, limits.max_size, nullptr);
  if (!plain)
    return std::move(plain).error();
  auto result
    = state_->reader.read(plain->bytes, plain->owner, types(), limits);
  state_->blosc.release(*std::move(plain));
  return result;
}

outcome<void> msgpack_blosc_codec::encode_message(int64_t type, const value& id,
                                                  const value& content,
                                                  byte_buffer& out,
                                                  shared_pieces*) {
  auto limits = capped(this->limits());
  return state_->compress(
    state_->writer.write_message(type, id, content, types(), limits), limits,
    out);
}

decoded_message
msgpack_blosc_codec::decode_message(std::span<const std::byte> in,
                                    const std::shared_ptr<const void>& owner) {
  auto limits = capped(this->limits());
  decoded_message result;
  auto plain = state_->blosc.inflate(in, limits.max_size, owner);
  if (!plain) {
    result.error = std::move(plain).error();
    return result;
  }
  result
    = state_->reader.read_message(plain->bytes, plain->owner, types(), limits);
  result.size = plain->bytes.size();
  state_->blosc.release(*std::move(plain));
  return result;
}

} // namespace caf::aiomas
