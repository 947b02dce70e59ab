#pragma once

#include "stage.hpp"

#include <atomic>
#include <cstddef>
#include <thread>

namespace stages {

/// Counts calls as the function that they call runs, maybe in another thread.
class tally {
public:
  /// Says that the function runs.
  void add() {
    where_ = std::this_thread::get_id();
    if (++calls_ % depth == 0) {
      rounds_.fetch_add(1, std::memory_order_release);
      rounds_.notify_one();
    }
  }

  /// Waits until `rounds * depth` calls have run. Nothing may be added while
  /// the other functions are called.
  void wait_for(size_t rounds) const {
    auto n = rounds_.load(std::memory_order_acquire);
    while (n < rounds) {
      rounds_.wait(n, std::memory_order_acquire);
      n = rounds_.load(std::memory_order_acquire);
    }
  }

  size_t calls() const noexcept {
    return calls_;
  }

  /// Where the last one has run.
  std::thread::id where() const noexcept {
    return where_;
  }

private:
  size_t calls_ = 0;
  std::thread::id where_;
  std::atomic<size_t> rounds_ = 0;
};

} // namespace stages
