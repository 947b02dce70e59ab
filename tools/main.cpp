// The command line of aiomas: calls agents, runs nodes, and looks at messages.
//
//     aiomas call tcp://127.0.0.1:5555/0 add '[3, 4]'

#include "command.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace tool = caf::aiomas::tool;

namespace {

constexpr const char* footer = R"(Examples:
  aiomas call tcp://127.0.0.1:5555/0 add '[3, 4]'
  aiomas node tcp://127.0.0.1:5555 --plugin ./agents.so
  echo '[0, 0, ["add", [3, 4], {}]]' | aiomas encode
  echo '00000007 5b312c302c375d' | aiomas decode

Exit codes: 0 all is well, 1 the other side answered with an exception, 2 bad
arguments or bad input, 3 no connection, no answer in time, or nowhere to
listen.)";

/// Says whether all that was printed has arrived.
bool flush_output() {
  std::cout.flush();
  if (!std::cout)
    tool::complain("cannot write to the standard output");
  return static_cast<bool>(std::cout);
}

} // namespace

int main(int argc, char** argv) {
  std::ios::sync_with_stdio(false);
  CLI::App app{
    "Calls aiomas agents, runs nodes for them, and shows and makes "
    "their messages.",
    "aiomas"};
  app.set_version_flag("--version", "aiomas " AIOMAS_VERSION);
  app.footer(footer);
  app.require_subcommand(0, 1); // CLI11 would not say which it did not know
  tool::command selected;
  tool::add_call(app, selected);
  tool::add_decode(app, selected);
  tool::add_encode(app, selected);
  tool::add_node(app, selected);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& ex) {
    if (ex.get_exit_code() == 0) // the user asked for help or the version
      return app.exit(ex);
    tool::complain(ex.what() + std::string{"\nTry aiomas --help."});
    return tool::usage_error;
  }
  if (!selected) {
    tool::complain("no command given\nTry aiomas --help.");
    return tool::usage_error;
  }
  auto result = selected();
  return flush_output() || result != tool::success ? result : tool::usage_error;
}
