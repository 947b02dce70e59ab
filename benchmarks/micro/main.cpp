// How fast the codecs are, beside others that do the same work. Takes the
// options of Google Benchmark; table.py makes a table of what
// `--benchmark_out=FILE` has written.

#include "subjects.hpp"

#include <benchmark/benchmark.h>

#ifdef __GLIBC__
#  include <malloc.h>
#endif

namespace {

// Whether large blocks are warm or fresh from the system would depend on what
// ran before, and be most of the time. What that costs, the copies tell.
void keep_memory() {
#ifdef __GLIBC__
  constexpr int never = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, never);
  mallopt(M_TRIM_THRESHOLD, never);
#endif
}

} // namespace

int main(int argc, char** argv) {
  keep_memory();
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv))
    return 1;
  micro::register_ours();
  micro::register_nlohmann();
  micro::register_msgpack_c();
  micro::register_memcpy();
  benchmark::RunSpecifiedBenchmarks();
  benchmark::Shutdown();
}
