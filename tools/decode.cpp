#include "command.hpp"
#include "lines.hpp"
#include "text.hpp"

#include "caf/aiomas/framing.hpp"

#include <span>

namespace caf::aiomas::tool {

namespace {

constexpr const char* footer = R"(Examples:
  $ echo '00000016 5b302c302c5b22616464222c5b332c345d2c7b7d5d5d' | aiomas decode
  [0,0,["add",[3,4],{}]]
  $ echo '00000007 930100c4020aff' | aiomas decode --codec msgpack
  [1,0,{"$bytes":"0aff"}]

Each line of FILE is one frame, header included, as hex digits with any spaces
between them; blank lines and lines that start with # are skipped. Each frame is
printed as [type, id, content], where the types are 0 request, 1 result, and 2
exception. What JSON does not have is shown as {"$bytes": "0aff"}, {"$float":
"nan"}, {"$map": [[key, value], ...]}, {"$ext": [code, "0aff"]}, and objects as
{"__type__": [type id, content]}. Frames that cannot be decoded are reported to
stderr, and the others are printed all the same.)";

fault malformed(std::string why) {
  return {errc::deserialization_error, std::move(why)};
}

/// Returns what is behind the header of a frame.
outcome<std::span<const std::byte>>
payload_of(std::span<const std::byte> frame) {
  if (frame.size() < frame_header_size)
    return malformed("frame of " + std::to_string(frame.size())
                     + " bytes is shorter than a header");
  size_t announced = 0;
  for (auto x : frame.first(frame_header_size))
    announced = announced << 8 | std::to_integer<size_t>(x);
  auto payload = frame.subspan(frame_header_size);
  if (announced != payload.size())
    return malformed("the header announces " + std::to_string(announced)
                     + " bytes, but " + std::to_string(payload.size())
                     + " follow");
  return payload;
}

outcome<std::string> decode(codec& reader, std::string_view hex) {
  auto frame = from_hex(hex);
  if (!frame)
    return std::move(frame.error());
  auto payload = payload_of(*frame);
  if (!payload)
    return std::move(payload.error());
  auto msg = reader.decode_message(*payload);
  if (!msg.error)
    return to_line(list{std::move(msg.head->type), std::move(msg.head->id),
                        std::move(msg.content)});
  auto why = std::move(msg.error->text);
  if (msg.head && msg.is_triple)
    why += ", in the content of the message with type "
           + to_line(msg.head->type) + " and id " + to_line(msg.head->id);
  return malformed(std::move(why));
}

} // namespace

void add_decode(CLI::App& app, command& selected) {
  add_line_command(app, selected,
                   {.name = "decode",
                    .description = "Shows frames as JSON.",
                    .input = "frames as hex",
                    .footer = footer,
                    .convert = decode});
}

} // namespace caf::aiomas::tool
