#pragma once

/// What the suites of simulations in several processes share. To be included
/// after CAF_SUITE is defined.

#include "clock_fixture.hpp"
#include "container_fixture.hpp"

#include "caf/aiomas/manager_proxy.hpp"
#include "caf/aiomas/node.hpp"
#include "caf/aiomas/run.hpp"
#include "caf/aiomas/simulation_master.hpp"
#include "caf/aiomas/when.hpp"

#include <atomic>
#include <list>
#include <random>
#include <string>
#include <vector>

namespace aiomas_test {

/// What all processes see.
struct ledger {
  std::atomic<int> wrong = 0; // messages that came at another time
  std::atomic<int> seen = 0;
};

/// Sends messages that say when they were sent, which go on through others.
class gossip : public agent {
public:
  gossip(actor_config& cfg, aiomas::container c, ledger* log)
    : agent(cfg, std::move(c)), log_(log) {
    expose("hear", &gossip::hear, {"sent", "hops"});
    expose("nap", [this](double dt) { return nap(dt); });
  }

  task<void> live(std::vector<std::string> urls, uint32_t seed) {
    source_.seed(seed);
    for (auto& url : urls)
      others_.push_back(co_await container().connect(url));
    for (;;) {
      co_await clock().sleep(1 + source_() % 8 * 0.25);
      if (source_() % 8 == 0) {
        auto before = clock().time();
        auto woke = co_await some().call<double>("nap", 0.125);
        if (woke != before + 0.125 || clock().time() != woke)
          ++log_->wrong;
      }
      pass_on(3);
    }
  }

  /// Asks `n` times at once.
  task<size_t> naps(std::string url, double dt, size_t n) {
    auto remote = co_await container().connect(url);
    std::vector<task<double>> all;
    for (size_t i = 0; i < n; ++i)
      all.push_back(one_nap(remote, dt));
    co_return (co_await when_all(std::move(all))).size();
  }

  task<void> know(std::string url) {
    others_.push_back(co_await container().connect(url));
  }

  /// Tells somebody the time.
  task<void> tell() {
    co_await some().call("hear", clock().time(), 0);
  }

private:
  static task<double> one_nap(proxy remote, double dt) {
    co_return co_await remote.call<double>("nap", dt);
  }

  void hear(double sent, int hops) {
    ++log_->seen;
    if (clock().time() != sent)
      ++log_->wrong;
    if (hops > 0 && !others_.empty())
      pass_on(hops);
  }

  void pass_on(int hops) {
    some()
      .call("hear", clock().time(), hops - 1)
      .then(
        this, [](const value&) {}, [this](const error&) { ++log_->wrong; });
  }

  task<double> nap(double dt) {
    co_await clock().sleep(dt);
    co_return clock().time();
  }

  proxy& some() {
    return others_[source_() % others_.size()];
  }

  ledger* log_;
  std::minstd_rand source_;
  std::vector<proxy> others_;
};

/// An actor system with a node in it: another process but for the name.
struct world : system_fixture {
  explicit world(double init_time = 0, const char* date = "2015-01-01",
                 const address& where = any_port)
    : time(std::make_shared<simulation_clock>(date, init_time)) {
    here = must(start_node(sys, where, by(time)));
  }

  static options by(std::shared_ptr<simulation_clock> clock) {
    options result;
    result.clock = std::move(clock);
    return result;
  }

  agent_handle<gossip> spawn(ledger* log) {
    return here.container().spawn<gossip>(log);
  }

  std::string url() const {
    return here.manager_url();
  }

  std::shared_ptr<simulation_clock> time;
  node here;
};

struct simulation_fixture : system_fixture {
  std::list<world> worlds;
  ledger log;
  simulation_master master{sys};

  template <class... Ts>
  world& make_world(Ts... xs) {
    return worlds.emplace_back(xs...);
  }

  /// Lets agents of all worlds talk to each other.
  void talk(int agents_each) {
    std::vector<agent_handle<gossip>> all;
    std::vector<std::string> urls;
    for (auto& x : worlds)
      for (auto i = 0; i < agents_each; ++i) {
        all.push_back(x.here.container().spawn<gossip>(&log));
        urls.push_back(all.back().addr());
      }
    uint32_t seed = 1;
    for (auto& x : all)
      start(x, &gossip::live, urls, seed++).detach();
    // All have begun.
    CAF_REQUIRE(eventually([&] {
      size_t timers = 0;
      for (auto& x : worlds)
        timers += x.time->timers();
      return timers == all.size();
    }));
  }
};

inline std::string text_of_failure(pending<void> what) {
  auto result = std::move(what).get(patience);
  return result ? "no error" : text_of(result.error());
}

} // namespace aiomas_test
