#include "load_pacer.hpp"

#include <algorithm>
#include <utility>

namespace load {

namespace {

/// How often the pacer looks what is due: single calls would need a wake-up
/// each.
constexpr std::chrono::microseconds tick{100};

} // namespace

pacer::pacer(double rate, clock::time_point end, std::function<bool()> what)
  : rate_(rate), end_(end), what_(std::move(what)) {
  thread_ = std::thread{[this] { run(); }};
}

pacer::~pacer() {
  thread_.join();
}

void pacer::run() const {
  using seconds = std::chrono::duration<double>;
  auto per_tick = rate_ * seconds{tick}.count();
  double due = 0;
  for (auto next = clock::now(); next < end_;
       next = std::max(next + tick, clock::now())) {
    std::this_thread::sleep_until(next);
    due = std::min(due + per_tick, 2 * per_tick + 1);
    while (due >= 1 && what_())
      due -= 1;
  }
}

} // namespace load
