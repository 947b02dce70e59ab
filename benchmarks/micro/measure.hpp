#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <utility>

namespace micro {

/// Something to be done again and again.
template <class F>
struct job {
  /// How many encoded bytes it works on.
  size_t size;

  /// Returns what must not be optimised away.
  F run;
};

/// Registers a benchmark of the job that `prepare` returns; that is called
/// whenever the benchmark starts and costs nothing otherwise.
template <class F>
void measure(const std::string& name, F prepare) {
  auto run = [prepare = std::move(prepare)](benchmark::State& state) {
    auto what = prepare();
    for (auto _ : state)
      benchmark::DoNotOptimize(what.run());
    auto bytes = state.iterations() * static_cast<int64_t>(what.size);
    state.SetBytesProcessed(bytes);
    state.counters["size"] = static_cast<double>(what.size);
  };
  benchmark::RegisterBenchmark(name.c_str(), std::move(run));
}

} // namespace micro
