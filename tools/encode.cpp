#include "command.hpp"
#include "lines.hpp"
#include "text.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/hex.hpp"
#include "caf/aiomas/framing.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace caf::aiomas::tool {

namespace {

constexpr const char* footer = R"(Example:
  $ echo '[0, 0, ["add", [3, 4], {}]]' | aiomas encode
  000000165b302c302c5b22616464222c5b332c345d2c7b7d5d5d

Each line of FILE is a message [type, id, content] as "aiomas decode" prints it;
blank lines and lines that start with # are skipped. Messages that cannot be
encoded are reported to stderr, and the others are printed all the same.)";

outcome<std::string> encode(codec& writer, std::string_view json) {
  auto msg = parse(json);
  if (!msg)
    return std::move(msg.error());
  auto parts = msg->get_if<list>();
  if (parts == nullptr || parts->size() != 3)
    return fault{errc::deserialization_error,
                 "expected a list of type, id and content"};
  auto type = (*parts)[0].get_if<int64_t>();
  if (type == nullptr)
    return fault{errc::deserialization_error,
                 std::string{"the type of a message must be an int, not "}
                   + python_type_name((*parts)[0])};
  byte_buffer frame;
  auto start = begin_frame(frame);
  auto result = writer.encode_message(*type, (*parts)[1], (*parts)[2], frame);
  if (result)
    result = end_frame(frame, start, defaults::max_payload);
  if (!result)
    return std::move(result.error());
  return detail::to_hex(frame);
}

struct settings {
  std::string file;
  std::string codec = "json";
};

exit_code run(const settings& with) {
  auto writer = keeping_codec(with.codec)();
  return convert_lines(with.file, [&writer](std::string_view line) {
    return encode(*writer, line);
  });
}

} // namespace

void add_encode(CLI::App& app, command& selected) {
  auto with = std::make_shared<settings>();
  auto cmd = app.add_subcommand("encode", "Makes frames of JSON.");
  cmd->add_option("FILE", with->file,
                  "messages as JSON; default: standard input");
  add_codec_option(*cmd, with->codec);
  cmd->footer(footer);
  cmd->callback(
    [with, &selected] { selected = [with] { return run(*with); }; });
}

} // namespace caf::aiomas::tool
