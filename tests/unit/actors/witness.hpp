#pragma once

#include <atomic>

namespace aiomas_test {

/// Counts what is alive, so that tests see whether frames are unwound.
class witness {
public:
  explicit witness(std::atomic<int>& alive) : alive_(alive) {
    ++alive_;
  }

  witness(const witness&) = delete;
  witness& operator=(const witness&) = delete;

  ~witness() {
    --alive_;
  }

private:
  std::atomic<int>& alive_;
};

} // namespace aiomas_test
