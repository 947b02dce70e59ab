#include "caf/aiomas/codec/msgpack.hpp"

#include "caf/aiomas/codec/capped_limits.hpp"
#include "caf/aiomas/codec/msgpack_reader.hpp"
#include "caf/aiomas/codec/msgpack_writer.hpp"

namespace caf::aiomas {

using detail::capped;

struct msgpack_codec::state {
  detail::msgpack_reader reader;
  detail::msgpack_writer writer;
};

msgpack_codec::msgpack_codec() : state_(std::make_unique<state>()) {
  // nop
}

msgpack_codec::~msgpack_codec() = default;

std::unique_ptr<codec> msgpack_codec::make() {
  return std::make_unique<msgpack_codec>();
}

const char* msgpack_codec::name() const noexcept {
  return "msgpack";
}

outcome<void> msgpack_codec::encode(const value& x, byte_buffer& out) {
  return state_->writer.write(x, types(), capped(limits()), out);
}

outcome<value> msgpack_codec::decode(std::span<const std::byte> in) {
  return state_->reader.read(in, nullptr, types(), capped(limits()));
}

outcome<void> msgpack_codec::encode_message(int64_t type, const value& id,
                                            const value& content,
                                            byte_buffer& out,
                                            shared_pieces* apart) {
  return state_->writer.write_message(type, id, content, types(),
                                      capped(limits()), out, apart);
}

decoded_message
msgpack_codec::decode_message(std::span<const std::byte> in,
                              const std::shared_ptr<const void>& owner) {
  return state_->reader.read_message(in, owner, types(), capped(limits()));
}

} // namespace caf::aiomas
