#pragma once

#include "load_plan.hpp"
#include "load_result.hpp"

#include <thread>

namespace load {

/// The time in which replies count. A thread of its own takes down what is used
/// in it, so that clients need not mind.
class window {
public:
  /// Begins after the plan's warm-up.
  window(const plan& how, pid_t server);

  window(const window&) = delete;
  window& operator=(const window&) = delete;
  ~window();

  clock::time_point begin() const noexcept {
    return begin_;
  }

  clock::time_point end() const noexcept {
    return end_;
  }

  /// Counts a reply if it belongs to the window. Returns whether to go on.
  bool on_reply(result& into, clock::time_point sent) const {
    auto now = clock::now();
    if (now >= end_)
      return false;
    if (now >= begin_)
      into.count(now - sent);
    return true;
  }

  /// Adds what was used. Blocks until the window is over.
  void finish(result& into);

private:
  clock::time_point begin_;
  clock::time_point end_;
  meter used_;
  std::thread watcher_;
};

} // namespace load
