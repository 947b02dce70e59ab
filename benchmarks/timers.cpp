// Many timers of one agent: what it costs to begin, cancel and call one,
// depending on how many there are. Prints a line of JSON for each number.

#include "caf/aiomas/all.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include <unistd.h>

using namespace caf;

namespace {

using stopwatch = std::chrono::steady_clock;

double nanoseconds_each(stopwatch::time_point begin, size_t n) {
  std::chrono::duration<double, std::nano> taken = stopwatch::now() - begin;
  return taken.count() / static_cast<double>(n);
}

struct result {
  double add = 0;
  double cancel = 0;
};

class waiting : public aiomas::agent {
public:
  waiting(actor_config& cfg, aiomas::container c, std::atomic<size_t>* called)
    : agent(cfg, std::move(c)), called_(called) {
    // nop
  }

  /// Begins `n` timers at any times of an hour, and as many that it cancels.
  aiomas::task<result> begin(size_t n) {
    std::minstd_rand random{42};
    auto any_time = [&random] { return 1 + random() % 3'600'000 / 1e3; };
    result costs;
    std::vector<aiomas::timer_handle> handles(n);
    auto start = stopwatch::now();
    for (auto& x : handles)
      x = clock().call_in(any_time(), [this] { ++*called_; });
    costs.add = nanoseconds_each(start, n);
    for (auto& x : handles)
      x = clock().call_in(any_time(), [this] { ++*called_; });
    std::shuffle(handles.begin(), handles.end(), random);
    start = stopwatch::now();
    for (auto& x : handles)
      x.cancel();
    costs.cancel = nanoseconds_each(start, n);
    co_return costs;
  }

private:
  std::atomic<size_t>* called_;
};

/// Lets an hour pass in steps of a second, as a simulator would.
bool measure(size_t n) {
  aiomas::config cfg;
  actor_system sys{cfg};
  aiomas::options opts;
  auto clock = std::make_shared<aiomas::external_clock>(0);
  opts.clock = clock;
  auto c = aiomas::container::create(
    sys, aiomas::address::make(aiomas::address::transport::local, "timers"),
    opts);
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << std::endl;
    return false;
  }
  std::atomic<size_t> called = 0;
  auto agent = c->spawn<waiting>(&called);
  auto costs = run(agent, &waiting::begin, n);
  if (!costs || clock->timers() != n) {
    std::cerr << "the timers are not there" << std::endl;
    return false;
  }
  auto start = stopwatch::now();
  for (auto t = 1; t <= 3602; ++t)
    if (auto ok = clock->set_time(t); !ok) {
      std::cerr << aiomas::describe(ok.error()) << std::endl;
      return false;
    }
  auto sent = nanoseconds_each(start, n);
  while (called < n)
    usleep(100);
  std::cout << R"({"timers": )" << n << R"(, "add_ns": )" << costs->add
            << R"(, "cancel_ns": )" << costs->cancel << R"(, "expire_ns": )"
            << sent << R"(, "called_ns": )" << nanoseconds_each(start, n) << "}"
            << std::endl;
  return true;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures timers of an agent."};
  std::vector<size_t> numbers{1'000, 10'000, 100'000, 1'000'000};
  app.add_option("--timers", numbers, "How many there are")
    ->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  for (auto n : numbers)
    if (!measure(n))
      return 1;
}
