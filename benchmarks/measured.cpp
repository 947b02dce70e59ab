#include "measured.hpp"

#include <benchmark/benchmark.h>

#ifdef __GLIBC__
#  include <malloc.h>
#endif

namespace {

// Whether large blocks are warm or fresh from the system would depend on what
// ran before, and be most of the time.
void keep_memory() {
#ifdef __GLIBC__
  constexpr int never = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, never);
  mallopt(M_TRIM_THRESHOLD, never);
#endif
}

} // namespace

int run_measured(int argc, char** argv, void (*register_all)()) {
  keep_memory();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  register_all();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
  return 0;
}
