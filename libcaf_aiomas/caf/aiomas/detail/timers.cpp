#include "caf/aiomas/detail/timers.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

bool timers::add(double when, timer_ptr what) {
  std::lock_guard guard{mtx_};
  return queue_.insert(when, std::move(what));
}

bool timers::remove(timer_entry& what) {
  timer_ptr removed; // destroyed without the lock
  std::lock_guard guard{mtx_};
  removed = queue_.remove(what);
  return removed != nullptr;
}

std::optional<double> timers::next() const {
  std::lock_guard guard{mtx_};
  return queue_.next();
}

size_t timers::size() const {
  std::lock_guard guard{mtx_};
  return queue_.size();
}

void timers::expire(double now) {
  std::unique_lock guard{mtx_};
  if (expiring_) {
    until_ = std::max(until_, now);
    if (by_ != std::this_thread::get_id())
      done_.wait(guard, [this] { return !expiring_; });
    return;
  }
  expiring_ = true;
  by_ = std::this_thread::get_id();
  until_ = now;
  while (auto due = queue_.pop(until_)) {
    guard.unlock();
    due->expire();
    due.reset();
    guard.lock();
  }
  expiring_ = false;
  done_.notify_all();
}

void timers::clear() {
  std::vector<timer_ptr> dropped; // destroyed without the lock
  std::lock_guard guard{mtx_};
  while (auto what = queue_.pop(std::numeric_limits<double>::infinity()))
    dropped.push_back(std::move(what));
}

} // namespace caf::aiomas::detail
