#pragma once

#include <malloc.h>
#include <unistd.h>

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace faults {

/// How many descriptors this process has.
inline size_t descriptors() {
  std::filesystem::directory_iterator all{"/proc/self/fd"};
  auto n = std::distance(begin(all), end(all));
  return static_cast<size_t>(n) - 1; // without that of the iterator
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
