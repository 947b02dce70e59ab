#include "command.hpp"
#include "lines.hpp"
#include "text.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/hex.hpp"
#include "caf/aiomas/framing.hpp"

namespace caf::aiomas::tool {

namespace {

constexpr const char* footer = R"(Examples:
  $ echo '[0, 0, ["add", [3, 4], {}]]' | aiomas encode
  000000165b302c302c5b22616464222c5b332c345d2c7b7d5d5d
  $ echo '[1, 0, {"$bytes": "0aff"}]' | aiomas encode --codec msgpack
  00000007930100c4020aff

Each line of FILE is a message [type, id, content] as "aiomas decode" prints it;
blank lines and lines that start with # are skipped. Messages that cannot be
encoded are reported to stderr, and the others are printed all the same.)";

/// Appends the message. Its type may be anything, since `decode` prints
/// whatever peers send, and for them `True == 1 == 1.0`.
outcome<void> encode_triple(codec& writer, const list& parts,
                            byte_buffer& out) {
  if (auto type = parts[0].get_if<int64_t>())
    return writer.encode_message(*type, parts[1], parts[2], out);
  // The triple itself does not count as nesting.
  auto limits = writer.limits();
  auto wider = limits;
  ++wider.max_nesting;
  writer.limits(wider);
  auto result = writer.encode(parts, out);
  writer.limits(limits);
  return result;
}

outcome<std::string> encode(codec& writer, std::string_view json) {
  auto msg = parse(json);
  if (!msg)
    return std::move(msg.error());
  auto parts = msg->get_if<list>();
  if (parts == nullptr || parts->size() != 3)
    return fault{errc::deserialization_error,
                 "expected a list of type, id and content"};
  byte_buffer frame;
  auto start = begin_frame(frame);
  auto result = encode_triple(writer, *parts, frame);
  if (result)
    result = end_frame(frame, start, defaults::max_payload);
  if (!result)
    return std::move(result.error());
  return detail::to_hex(frame);
}

} // namespace

void add_encode(CLI::App& app, command& selected) {
  add_line_command(app, selected,
                   {.name = "encode",
                    .description = "Makes frames of JSON.",
                    .input = "messages as JSON",
                    .footer = footer,
                    .convert = encode});
}

} // namespace caf::aiomas::tool
