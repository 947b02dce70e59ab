// What the stages of a call take at the side that is called. Takes the options
// of Google Benchmark; table.py makes a table of what `--benchmark_out=FILE`
// has written.

#include "measured.hpp"
#include "subjects.hpp"

namespace {

void register_all() {
  stages::register_frame();
  stages::register_codecs();
  stages::register_route();
  stages::register_handler();
  stages::register_dispatch();
  stages::register_write();
  stages::register_session();
}

} // namespace

int main(int argc, char** argv) {
  return run_measured(argc, argv, register_all);
}
