#pragma once

#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <system_error>
#include <vector>

namespace faults {

/// What the descriptors of this process stand for, for people.
inline std::vector<std::string> open_files() {
  std::vector<std::string> result;
  for (auto& entry : std::filesystem::directory_iterator{"/proc/self/fd"}) {
    std::error_code gone;
    auto what = std::filesystem::read_symlink(entry.path(), gone).string();
    if (!gone && !what.starts_with("/proc/")) // where we are looking
      result.push_back(entry.path().filename().string() + " " + what);
  }
  return result;
}

inline size_t descriptors() {
  return open_files().size();
}

/// Memory of this process in KiB.
inline long resident_kib() {
  std::ifstream statm{"/proc/self/statm"};
  long total = 0;
  long resident = 0;
  statm >> total >> resident;
  return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

/// What `malloc` has handed out, in KiB. Always 0 with sanitizers.
inline long allocated_kib() {
  auto info = mallinfo2();
  return static_cast<long>((info.uordblks + info.hblkhd) / 1024);
}

/// Memory of a process in which nothing is going on.
struct memory {
  long resident_kib;
  long allocated_kib;

  /// Returns to the system what it can get back first.
  static memory now() {
    malloc_trim(0);
    return {faults::resident_kib(), faults::allocated_kib()};
  }
};

} // namespace faults
