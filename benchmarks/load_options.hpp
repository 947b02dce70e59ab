#pragma once

#include "load_main.hpp"

#include <string>
#include <vector>

namespace load {

/// What the command line says.
struct settings {
  std::string url;
  std::string server;
  bool as_json = false;

  /// One for each line of the output.
  std::vector<plan> plans;

  /// The exit code, if there is nothing to do but to exit.
  int exit_code = -1;
};

/// Reads the command line; complains to stderr if something is wrong with it.
settings parse_options(int argc, char** argv, const client& what);

} // namespace load
