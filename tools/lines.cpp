#include "lines.hpp"

#include "text.hpp"

#include <CLI/CLI.hpp>

#include <fstream>
#include <iostream>
#include <memory>

namespace caf::aiomas::tool {

namespace {

struct settings {
  std::string file;
  std::string codec = "json";
};

exit_code run(const line_command& what, const settings& with) {
  auto how = keeping_codec(with.codec)();
  auto& file = with.file;
  auto use_stdin = file.empty() || file == "-";
  std::ifstream opened;
  if (!use_stdin)
    opened.open(file, std::ios::binary);
  auto& in = use_stdin ? std::cin : opened;
  auto result = success;
  std::string line;
  for (size_t number = 1; std::getline(in, line); ++number) {
    auto start = line.find_first_not_of(" \t\r");
    if (start == std::string::npos || line[start] == '#')
      continue;
    if (auto converted = what.convert(*how, line)) {
      std::cout << *converted << '\n';
    } else {
      complain("line " + std::to_string(number) + ": "
               + converted.error().text);
      result = usage_error;
    }
  }
  if (in.bad() || !(use_stdin || opened.is_open())) {
    complain("cannot read " + (use_stdin ? "the standard input" : file));
    return usage_error;
  }
  return result;
}

} // namespace

void add_line_command(CLI::App& app, command& selected, line_command what) {
  auto with = std::make_shared<settings>();
  auto cmd = app.add_subcommand(what.name, what.description);
  cmd->add_option("FILE", with->file, what.input + "; default: standard input");
  add_codec_option(*cmd, with->codec);
  cmd->footer(what.footer);
  cmd->callback([with, what = std::move(what), &selected] {
    selected = [with, what] { return run(what, *with); };
  });
}

} // namespace caf::aiomas::tool
