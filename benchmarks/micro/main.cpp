// How fast the codecs are, beside others that do the same work. Takes the
// options of Google Benchmark; table.py makes a table of what
// `--benchmark_out=FILE` has written.

#include "subjects.hpp"

#include <benchmark/benchmark.h>

int main(int argc, char** argv) {
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
