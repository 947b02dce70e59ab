#include "caf/aiomas/detail/alarm.hpp"

#include <algorithm>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <utility>

namespace caf::aiomas::detail {

namespace {

using time_point = alarm::time_point;

/// Beyond it, the sum with the current time might overflow.
constexpr auto longest_wait = std::chrono::hours{24};

thread_local bool is_alarm_thread = false;

double seconds(time_point x) {
  return std::chrono::duration<double>(x.time_since_epoch()).count();
}

} // namespace

struct alarm::impl {
  void run() {
    std::unique_lock guard{mtx};
    while (!stopped) {
      auto now = std::chrono::steady_clock::now();
      if (auto due = queue.pop(seconds(now))) {
        guard.unlock();
        due->expire();
        due.reset();
        guard.lock();
      } else if (auto next = queue.next()) {
        auto rest = std::min<std::chrono::duration<double>>(
          longest_wait, std::chrono::duration<double>{*next - seconds(now)});
        changed.wait_until(
          guard, now + std::chrono::ceil<std::chrono::nanoseconds>(rest));
      } else {
        changed.wait(guard);
      }
    }
  }

  std::mutex mtx;
  std::condition_variable changed;
  timer_queue queue; // guarded by mtx
  bool stopped = false; // guarded by mtx
  std::thread thread;
};

std::shared_ptr<alarm> alarm::instance() {
  static std::mutex mtx;
  static std::weak_ptr<alarm> known;
  std::lock_guard guard{mtx};
  auto result = known.lock();
  if (!result) {
    result = std::make_shared<alarm>();
    known = result;
  }
  return result;
}

alarm::alarm() : impl_(std::make_shared<impl>()) {
  impl_->thread = std::thread{[self = impl_] {
    is_alarm_thread = true;
    pthread_setname_np(pthread_self(), "aiomas.clock");
    // Signals are for the program's own threads.
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, nullptr);
    self->run();
  }};
}

bool alarm::on_its_thread() noexcept {
  return is_alarm_thread;
}

alarm::~alarm() {
  {
    std::lock_guard guard{impl_->mtx};
    impl_->stopped = true;
    impl_->changed.notify_all();
  }
  // A timer may have held the last reference.
  if (impl_->thread.get_id() == std::this_thread::get_id())
    impl_->thread.detach();
  else
    impl_->thread.join();
}

void alarm::set(time_point when, timer_ptr what) {
  std::lock_guard guard{impl_->mtx};
  if (impl_->queue.insert(seconds(when), std::move(what)))
    impl_->changed.notify_all();
}

void alarm::unset(timer_entry& what) {
  timer_ptr removed; // destroyed without the lock
  std::lock_guard guard{impl_->mtx};
  removed = impl_->queue.remove(what);
}

} // namespace caf::aiomas::detail
