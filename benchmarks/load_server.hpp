#pragma once

#include <string>
#include <vector>

#include <sys/types.h>

namespace load {

/// A server in a process of its own, which ends with this object and at the
/// latest with this process.
class server_process {
public:
  /// Starts a program, `echo_server` or one that is used alike, on a free port
  /// and waits until it serves. `command` is a path, or a program and its first
  /// arguments separated by spaces. Throws `std::runtime_error`.
  explicit server_process(const std::string& command,
                          std::vector<std::string> arguments
                          = {"--listen", "tcp://127.0.0.1:0"});

  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;
  ~server_process();

  /// The URL of its container.
  const std::string& url() const noexcept {
    return url_;
  }

  pid_t pid() const noexcept {
    return pid_;
  }

  /// Returns where `echo_server` is, seen from the folder of this program.
  static std::string default_program();

  /// Returns where a program is in the folder of this one.
  static std::string beside(const std::string& name);

private:
  pid_t pid_ = -1;
  std::string url_;
};

} // namespace load
