// Makes a million calls over one connection, 64 at a time, and fails if memory
// grows on the way: nothing may remain of a call that has ended.

#include "caf/aiomas/all.hpp"
#include "footprint.hpp"

#include <iostream>

using namespace caf;

namespace {

constexpr int64_t calls = 1'000'000;
constexpr int64_t in_flight = 64;
constexpr int64_t warm_up = 100'000;

/// Growth that is not ours: CAF's and the allocator's caches.
constexpr long tolerated_kib = 4096;

class caller : public aiomas::agent {
public:
  caller(actor_config& cfg, aiomas::container c, std::string url)
    : agent(cfg, std::move(c)), url_(std::move(url)) {
    // nop
  }

  behavior make_behavior() override {
    container().connect(url_).then(
      this,
      [this](aiomas::proxy remote) {
        remote_ = std::move(remote);
        while (sent_ < in_flight)
          call();
      },
      [this](error& reason) { stop(reason); });
    return {};
  }

  void on_exit() override {
    remote_ = {};
  }

private:
  void call() {
    auto x = sent_++;
    remote_.call<int64_t>("service", x)
      .then(
        this, [this, x](int64_t y) { ended(x, y); },
        [this](error& reason) { stop(reason); });
  }

  void ended(int64_t x, int64_t y) {
    if (x != y) {
      std::cout << "got " << y << " instead of " << x << std::endl;
      std::_Exit(1);
    }
    if (++done_ == warm_up)
      at_warm_up_ = faults::resident_kib();
    if (sent_ < calls)
      call();
    else if (done_ == calls)
      report();
  }

  void report() {
    auto growth = faults::resident_kib() - at_warm_up_;
    std::cout << calls << " calls, memory grew by " << growth << " KiB"
              << std::endl;
    if (growth > tolerated_kib)
      std::_Exit(1);
    container().shutdown_async().detach();
  }

  void stop(const error& reason) {
    std::cout << aiomas::describe(reason) << std::endl;
    std::_Exit(1);
  }

  std::string url_;
  aiomas::proxy remote_;
  int64_t sent_ = 0;
  int64_t done_ = 0;
  long at_warm_up_ = 0;
};

aiomas::agent_behavior echo(aiomas::agent_ptr) {
  return {
    aiomas::expose("service", [](int64_t x) { return x; }),
  };
}

void caf_main(actor_system& sys, const aiomas::config&) {
  auto c = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!c) {
    std::cout << aiomas::describe(c.error()) << std::endl;
    std::_Exit(1);
  }
  auto callee = c->spawn(echo);
  c->spawn<caller>(callee.addr());
  aiomas::run(sys);
}

} // namespace

CAF_MAIN(aiomas::middleman)
