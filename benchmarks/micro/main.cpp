// How fast the codecs are, beside others that do the same work. Takes the
// options of Google Benchmark; table.py makes a table of what
// `--benchmark_out=FILE` has written.

#include "measured.hpp"
#include "subjects.hpp"

namespace {

// What fresh memory costs, the copies tell.
void register_all() {
  micro::register_ours();
  micro::register_nlohmann();
  micro::register_msgpack_c();
  micro::register_memcpy();
}

} // namespace

int main(int argc, char** argv) {
  return run_measured(argc, argv, register_all);
}
