#pragma once

/// Messages of the protocol, as bytes and taken apart.

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/framing.hpp"
#include "caf/aiomas/session.hpp"

#include "caf/test/dsl.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

namespace session_tests {

using namespace caf::aiomas;

/// A frame, without its header, taken apart.
struct message {
  int64_t type;
  value id;
  value content;

  friend bool operator==(const message&, const message&) = default;
};

inline std::string to_text(const message& x) {
  return to_string(value{list{x.type, x.id, x.content}});
}

/// The message in `frame`, which `how` can read.
inline message message_of(codec& how, std::span<const std::byte> frame) {
  CAF_REQUIRE_GREATER(frame.size(), frame_header_size);
  size_t length = 0;
  for (auto byte : frame.first(frame_header_size))
    length = length * 256 + std::to_integer<size_t>(byte);
  CAF_REQUIRE_EQUAL(frame_header_size + length, frame.size());
  auto msg = how.decode_message(frame.subspan(frame_header_size));
  if (!msg.head || msg.error)
    CAF_FAIL("cannot decode a frame");
  auto type = msg.head->type.get_if<int64_t>();
  CAF_REQUIRE(type != nullptr);
  return {*type, std::move(msg.head->id), std::move(msg.content)};
}

/// The frame of `what` as the codec `how` writes it.
inline byte_buffer frame_of(codec& how, const message& what) {
  byte_buffer payload;
  CAF_REQUIRE(how.encode_message(what.type, what.id, what.content, payload));
  byte_buffer result;
  for (auto shift : {24, 16, 8, 0})
    result.push_back(static_cast<std::byte>(payload.size() >> shift));
  result.insert(result.end(), payload.begin(), payload.end());
  return result;
}

/// Hands bytes of the peer to a session that has room for them.
inline void feed(session& to, std::span<const std::byte> bytes,
                 session::time_point now = {}) {
  auto room = to.prepare();
  CAF_REQUIRE_GREATER_OR_EQUAL(room.size(), bytes.size());
  std::copy(bytes.begin(), bytes.end(), room.begin());
  to.commit(bytes.size(), now);
}

/// Takes the one frame that a session has to send.
inline message take(session& from, codec& how, session::time_point now = {}) {
  gathered_bytes out;
  from.take_output(out);
  from.written(out.size(), now);
  return message_of(how, out.joined());
}

} // namespace session_tests
