#include "load_usage.hpp"

#include <ctime>
#include <fstream>
#include <string>

#include <sys/resource.h>
#include <sys/time.h>

namespace load {

namespace {

double seconds_of(const timeval& x) {
  return static_cast<double>(x.tv_sec) + static_cast<double>(x.tv_usec) / 1e6;
}

} // namespace

// What utime and stime of /proc/PID/stat add up to, but in nanoseconds instead
// of ticks of 10 ms.
double cpu_seconds(pid_t pid) {
  clockid_t id{};
  timespec now{};
  if (pid < 0 || clock_getcpuclockid(pid, &id) != 0
      || clock_gettime(id, &now) != 0)
    return 0;
  return static_cast<double>(now.tv_sec)
         + static_cast<double>(now.tv_nsec) / 1e9;
}

double own_cpu_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  return seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
}

size_t peak_memory(pid_t pid) {
  std::ifstream status{"/proc/" + std::to_string(pid) + "/status"};
  std::string word;
  while (status >> word)
    if (word == "VmHWM:") {
      size_t kib = 0;
      status >> kib;
      return kib * 1024;
    }
  return 0;
}

void reset_own_peak_memory() {
  std::ofstream{"/proc/self/clear_refs"} << "5" << std::flush;
}

void meter::start() {
  client_ = own_cpu_seconds();
  used_by_server_ = cpu_seconds(server_);
}

void meter::stop() {
  client_ = own_cpu_seconds() - client_;
  used_by_server_ = cpu_seconds(server_) - used_by_server_;
}

} // namespace load
