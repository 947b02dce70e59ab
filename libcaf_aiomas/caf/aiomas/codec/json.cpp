#include "caf/aiomas/codec/json.hpp"

#include "caf/aiomas/codec/capped_limits.hpp"
#include "caf/aiomas/codec/json_reader.hpp"
#include "caf/aiomas/codec/json_writer.hpp"

namespace caf::aiomas {

using detail::capped;

struct json_codec::state {
  detail::json_reader reader;
  detail::json_writer writer;
};

json_codec::json_codec() : state_(std::make_unique<state>()) {
  // nop
}

json_codec::~json_codec() = default;

std::unique_ptr<codec> json_codec::make() {
  return std::make_unique<json_codec>();
}

const char* json_codec::name() const noexcept {
  return "json";
}

outcome<void> json_codec::encode(const value& x, byte_buffer& out) {
  return state_->writer.write(x, types(), capped(limits()), out);
}

outcome<value> json_codec::decode(std::span<const std::byte> in) {
  return state_->reader.read(in, types(), capped(limits()));
}

outcome<void> json_codec::encode_message(int64_t type, const value& id,
                                         const value& content, byte_buffer& out,
                                         shared_pieces*) {
  return state_->writer.write_message(type, id, content, types(),
                                      capped(limits()), out);
}

decoded_message json_codec::decode_message(std::span<const std::byte> in,
                                           const std::shared_ptr<const void>&) {
  return state_->reader.read_message(in, types(), capped(limits()));
}

} // namespace caf::aiomas
