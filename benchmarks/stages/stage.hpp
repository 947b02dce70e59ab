#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <string>

namespace stages {

/// How many calls a peer has under way: so many requests arrive, and so many
/// replies leave, at a time.
constexpr size_t depth = 64;

/// How many calls are measured at a time. What they need is made before, and
/// looked at after; that costs some hundred nanoseconds in all.
constexpr size_t batch = 4 * depth;

/// What is done for a call at one point of its way.
class stage {
public:
  virtual ~stage();

  /// Makes what `run` uses up, and throws away what it has made.
  virtual void prepare() = 0;

  /// Does it for a number of calls. Only this is measured.
  virtual void run() = 0;

  /// Throws `std::runtime_error` unless the last `run` has done all it should.
  virtual void check() const = 0;

  /// For how many calls.
  virtual size_t calls() const {
    return batch;
  }
};

/// Throws `std::runtime_error` with this text unless `condition` holds.
void require(bool condition, const char* text);

/// Does the work of a benchmark.
void measure(stage& what, benchmark::State& state);

/// Registers a benchmark of a `Stage`, which is made of `xs` whenever it
/// starts. Times are those of a single call.
template <class Stage, class... Ts>
auto* add(const std::string& name, Ts... xs) {
  auto run = [xs...](benchmark::State& state) {
    Stage what{xs...};
    measure(what, state);
  };
  return benchmark::RegisterBenchmark(name.c_str(), run);
}

} // namespace stages
