#include "caf/aiomas/session.hpp"

#include "caf/aiomas/detail/scoped_value.hpp"

#include <exception>
#include <utility>

// How messages and bytes become each other.

namespace caf::aiomas {

namespace {

decoded_message try_decode(codec& how, std::span<const std::byte> payload,
                           const std::shared_ptr<const void>& owner) {
  try {
    return how.decode_message(payload, owner);
  } catch (const std::exception& ex) {
    decoded_message result;
    result.error = fault{errc::deserialization_error, ex.what()};
    return result;
  }
}

outcome<void> try_encode(codec& how, message_type type, const value& id,
                         const value& content, byte_buffer& out,
                         shared_pieces& apart) {
  try {
    return how.encode_message(static_cast<int64_t>(type), id, content, out,
                              &apart);
  } catch (const std::exception& ex) {
    return fault{errc::serialization_error, ex.what()};
  }
}

/// Adds up the pieces of a frame that begins at `first` and ends at `last`.
/// Returns nothing if they cannot belong there.
std::optional<size_t> bytes_apart(std::span<const shared_piece> pieces,
                                  size_t first, size_t last) {
  size_t result = 0;
  for (auto& piece : pieces) {
    if (piece.data.empty() || piece.at < std::exchange(first, piece.at)
        || piece.at > last)
      return std::nullopt;
    result += piece.data.size();
  }
  return result;
}

} // namespace

decoded_message session::decode(std::span<const std::byte> payload) {
  auto owner = splitter_.owner_of(payload);
  auto result = try_decode(*codec_, payload, owner);
  if (owner)
    splitter_.settle(std::move(owner));
  return result;
}

// Appends a frame to the output, or leaves it as it is.
outcome<void> session::encode(message_type type, const value& id,
                              const value& content, detail::outbox::kind what,
                              time_point now) {
  auto& buf = out_.buffer().own();
  auto& pieces = out_.buffer().pieces();
  auto where = begin_frame(buf);
  auto first_piece = pieces.size();
  auto res = [&] {
    detail::scoped_value guard{encoding_, true};
    return try_encode(*codec_, type, id, content, buf, pieces);
  }();
  auto apart = bytes_apart(std::span{pieces}.subspan(first_piece),
                           where + frame_header_size, buf.size());
  if (res && !apart)
    res = fault{errc::serialization_error,
                "The codec has put pieces in the wrong place"};
  if (res)
    res = end_frame(buf, where, limits_.max_payload, *apart);
  if (!res) {
    buf.resize(where);
    pieces.resize(first_piece);
    return res;
  }
  auto size = buf.size() - where + *apart;
  out_.added(size, what, now);
  traffic_.bytes_queued += size;
  ++frames_sent_;
  ++traffic_.frames_sent;
  if (type == message_type::request)
    ++traffic_.requests_sent;
  return res;
}

} // namespace caf::aiomas
