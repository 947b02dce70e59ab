#include "stage.hpp"

#include <stdexcept>

namespace stages {

stage::~stage() {
  // nop
}

void require(bool condition, const char* text) {
  if (!condition)
    throw std::runtime_error{text};
}

void measure(stage& what, benchmark::State& state) {
  auto has_run = false;
  while (state.KeepRunningBatch(static_cast<int64_t>(what.calls()))) {
    state.PauseTiming();
    if (has_run)
      what.check();
    what.prepare();
    has_run = true;
    state.ResumeTiming();
    what.run();
  }
  what.check();
}

} // namespace stages
