#pragma once

#include "command.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/outcome.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace caf::aiomas::tool {

/// A command that converts each line of a file by means of a codec.
struct line_command {
  std::string name;
  std::string description;
  /// What the lines are.
  std::string input;
  std::string footer;
  std::function<outcome<std::string>(codec&, std::string_view)> convert;
};

/// Adds `what` to `app`, and puts it into `selected` if the user wants it. It
/// prints what it makes of each line of the file, or of the standard input if
/// that is not given or "-". Blank lines and those that start with # are left
/// out. Lines that cannot be converted are complained about by their number,
/// and do not keep the others from being printed.
void add_line_command(CLI::App& app, command& selected, line_command what);

} // namespace caf::aiomas::tool
