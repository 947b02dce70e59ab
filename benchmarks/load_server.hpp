#pragma once

#include <memory>
#include <string>

#include <sys/types.h>

namespace load {

/// A server in a process of its own, which ends with this object and at the
/// latest with this process.
class server_process {
public:
  /// Starts the program `echo_server` on a free port and waits until it serves.
  /// Throws `std::runtime_error`. To be called before there are other threads.
  explicit server_process(const std::string& program);

  server_process(const server_process&) = delete;
  server_process& operator=(const server_process&) = delete;
  ~server_process();

  /// The URL of its container.
  const std::string& url() const noexcept {
    return url_;
  }

  /// Returns where `echo_server` is, seen from the folder of this program.
  static std::string default_program();

private:
  pid_t pid_ = -1;
  std::string url_;
};

} // namespace load
