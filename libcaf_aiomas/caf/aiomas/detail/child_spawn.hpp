#pragma once

#include "caf/aiomas/detail/descriptor.hpp"
#include "caf/aiomas/outcome.hpp"

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

/// What a child process is started with.
struct child_command {
  /// The program, looked for in PATH if it has no slash, and its arguments.
  std::vector<std::string> words;

  /// Changes to the environment.
  std::vector<std::pair<std::string, std::string>> environment;

  /// The folder that it works in; ours if it is empty.
  std::string folder;
};

/// A child that has been started.
struct spawned_child {
  pid_t pid = -1;

  /// Becomes readable when the child ends.
  descriptor handle;

  /// What it prints.
  descriptor output;
};

/// Starts a process. It is killed as soon as the calling thread ends, whatever
/// the reason. It inherits stderr only, reads from /dev/null, has the default
/// reaction to all signals, and a process group of its own, so that what a
/// terminal sends to us does not reach it. Fails with `invalid_argument`.
/// Blocks for as long as the system takes to start a program; for any thread.
outcome<spawned_child> spawn_child(const child_command& what);

} // namespace caf::aiomas::detail
