#pragma once

#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <utility>

namespace micro {

/// Registers a benchmark that calls `f` again and again, which works on `size`
/// bytes and returns what must not be optimised away.
template <class F>
void measure(const std::string& name, size_t size, F f) {
  auto run = [size, f = std::move(f)](benchmark::State& state) mutable {
    for (auto _ : state)
      benchmark::DoNotOptimize(f());
    auto bytes = state.iterations() * static_cast<int64_t>(size);
    state.SetBytesProcessed(bytes);
    state.counters["size"] = static_cast<double>(size);
  };
  benchmark::RegisterBenchmark(name.c_str(), std::move(run));
}

} // namespace micro
