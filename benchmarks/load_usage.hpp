#pragma once

#include <cstddef>

#include <sys/types.h>

namespace load {

/// Returns the CPU time in seconds that all threads of a process have used, in
/// the program and in the kernel on its behalf; 0 if there is no such process.
double cpu_seconds(pid_t pid);

/// The same of this process.
double own_cpu_seconds();

/// Returns the most memory in bytes that a process has had (VmHWM); 0 if it is
/// not known.
size_t peak_memory(pid_t pid);

/// Lets the peak of this process begin anew.
void reset_own_peak_memory();

/// Measures what a server and this process, its client, use meanwhile.
class meter {
public:
  /// `server` is -1 if it is not known or is this process.
  explicit meter(pid_t server) : server_(server) {
    // nop
  }

  void start();
  void stop();

  /// CPU seconds from `start` to `stop`.
  double client_cpu() const noexcept {
    return client_;
  }

  double server_cpu() const noexcept {
    return used_by_server_;
  }

private:
  pid_t server_;
  double client_ = 0;
  double used_by_server_ = 0;
};

} // namespace load
