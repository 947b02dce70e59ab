#pragma once

#include "caf/aiomas/outcome.hpp"

#include <string>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

/// A file descriptor that is closed at the end.
class unique_fd {
public:
  unique_fd() noexcept = default;

  explicit unique_fd(int fd) noexcept : fd_(fd) {
    // nop
  }

  unique_fd(unique_fd&& other) noexcept : fd_(other.release()) {
    // nop
  }

  unique_fd& operator=(unique_fd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }

  ~unique_fd();

  int get() const noexcept {
    return fd_;
  }

  int release() noexcept {
    return std::exchange(fd_, -1);
  }

private:
  int fd_ = -1;
};

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
  unique_fd handle;

  /// What it prints.
  unique_fd output;
};

/// Starts a process. It is killed as soon as the calling thread ends, whatever
/// the reason. It inherits stderr only, reads from /dev/null, has the default
/// reaction to all signals, and a process group of its own, so that what a
/// terminal sends to us does not reach it. Fails with `invalid_argument`.
/// Blocks for as long as the system takes to start a program; for any thread.
outcome<spawned_child> spawn_child(const child_command& what);

} // namespace caf::aiomas::detail
