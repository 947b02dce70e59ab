// A simulated day in the life of 1,000 heat pumps, as fast as possible. They
// wake up now and then, ask their utility in another container for the price of
// power, and heat until their house is warm. Time jumps from one event to the
// next as soon as all agents are idle, and everything happens in one thread:
// each run is the same, event by event.

#include "caf/aiomas/all.hpp"
#include "caf/aiomas/test.hpp"

#include <unistd.h>

#include <chrono>
#include <cstdint>
#include <iostream>
#include <memory>
#include <random>
#include <string>

using namespace caf;
using namespace std::chrono_literals;

namespace {

constexpr auto day = 24h;
constexpr auto number_of_pumps = 1'000;

/// Keeps the hash (FNV-1a) of all events instead of the events themselves.
class event_log {
public:
  void add(const aiomas::agent_clock& clock, const std::string& what) {
    ++events_;
    for (auto c : std::to_string(clock.time()) + " " + what + "\n")
      hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  }

  uint64_t events() const {
    return events_;
  }

  uint64_t hash() const {
    return hash_;
  }

private:
  uint64_t events_ = 0;
  uint64_t hash_ = 0xcbf29ce484222325;
};

/// Sells power, the dearer the more are heating.
class utility : public aiomas::agent {
public:
  utility(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("price", [this] { return 0.2 + 0.001 * heating_; });
    expose("begin", [this] { ++heating_; });
    expose("end", [this] { --heating_; });
  }

private:
  int heating_ = 0;
};

class heat_pump : public aiomas::agent {
public:
  heat_pump(actor_config& cfg, aiomas::container c, unsigned seed,
            event_log* log)
    : agent(cfg, std::move(c)), random_(seed), log_(log) {
    // nop
  }

  /// Lives its day.
  aiomas::task<void> live(std::string url) {
    auto seller = co_await container().connect(url);
    for (;;) {
      // It gets cold faster than some would like.
      co_await clock().sleep(between(600, 1800));
      auto price = co_await seller.call<double>("price");
      if (price > 0.3) {
        see("waits at " + std::to_string(price));
        continue;
      }
      see("heats at " + std::to_string(price));
      co_await seller.call<void>("begin");
      co_await clock().sleep(between(120, 300));
      co_await seller.call<void>("end");
    }
  }

private:
  int between(int from, int to) {
    // The standard's distributions differ from one library to the next.
    return from
           + static_cast<int>(random_() % static_cast<unsigned>(to - from));
  }

  void see(const std::string& what) {
    log_->add(clock(), aid() + " " + what);
  }

  std::minstd_rand random_;
  event_log* log_;
};

void show_progress(double part) {
  if (isatty(STDERR_FILENO) == 0)
    return;
  constexpr auto width = 50;
  auto done = static_cast<size_t>(part * width);
  std::cerr << "\r[" << std::string(done, '#') << std::string(width - done, ' ')
            << "] " << static_cast<int>(part * 100) << " %"
            << (part < 1 ? "" : "\n") << std::flush;
}

bool simulate() {
  auto clock = std::make_shared<aiomas::simulation_clock>("2015-01-01");
  aiomas::options opts;
  opts.clock = clock;
  // A system in one thread, with two containers. Without it, agents would run
  // on all cores, in any order between two points of time.
  aiomas::test_fixture world{opts};
  event_log log;
  auto seller = world.left.spawn<utility>();
  for (unsigned i = 0; i < number_of_pumps; ++i) {
    auto pump = world.right.spawn<heat_pump>(i + 1, &log);
    start(pump, &heat_pump::live, seller.addr()).detach();
  }
  auto begin = std::chrono::steady_clock::now();
  constexpr auto end = std::chrono::duration<double>(day).count();
  constexpr auto steps = 100;
  for (auto step = 1; step <= steps; ++step) {
    if (auto ok = world.await(clock->run_until(end * step / steps)); !ok) {
      std::cerr << to_string(ok.error()) << std::endl;
      return false;
    }
    show_progress(clock->time() / end);
  }
  std::chrono::duration<double> taken
    = std::chrono::steady_clock::now() - begin;
  std::cout << log.events() << " events of " << number_of_pumps
            << " agents, hash " << std::hex << log.hash() << std::dec << '\n'
            << static_cast<int>(clock->time() / taken.count())
            << " simulated seconds per second" << std::endl;
  return true;
}

} // namespace

int main() {
  return simulate() ? 0 : 1;
}
