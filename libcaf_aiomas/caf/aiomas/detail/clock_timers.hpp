#pragma once

#include "caf/aiomas/detail/alarm.hpp"
#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/timers.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <optional>

namespace caf::aiomas::detail {

/// What a clock has to call when. For any thread.
class clock_timers : public timers {
public:
  /// Calls `make()` at `when`, in real time, unless that happens before anyway.
  /// What it returns is called.
  template <class F>
  void look_at(alarm::time_point when, F make) {
    std::lock_guard guard{mtx_};
    if (look_at_ && *look_at_ <= when)
      return;
    if (!bell_)
      bell_ = alarm::instance();
    if (look_)
      bell_->unset(*look_);
    look_ = make();
    look_at_ = when;
    bell_->set(when, look_);
  }

  /// To be called when that happens.
  void looked() {
    timer_ptr dropped; // destroyed without the lock
    std::lock_guard guard{mtx_};
    dropped = std::move(look_);
    look_at_.reset();
  }

  /// Ends it all.
  void stop() {
    std::shared_ptr<alarm> bell;
    timer_ptr look;
    {
      std::lock_guard guard{mtx_};
      bell = std::move(bell_);
      look = std::move(look_);
    }
    if (look)
      bell->unset(*look);
    clear();
  }

  /// Where bounds of real time are kept; null as long as there is none.
  std::shared_ptr<io_loop> loop() const {
    std::lock_guard guard{mtx_};
    return loop_.lock();
  }

  void loop(const std::shared_ptr<io_loop>& where) {
    std::lock_guard guard{mtx_};
    loop_ = where;
  }

private:
  mutable std::mutex mtx_;
  std::shared_ptr<alarm> bell_; // guarded by mtx_
  timer_ptr look_; // guarded by mtx_
  std::optional<alarm::time_point> look_at_; // guarded by mtx_
  std::weak_ptr<io_loop> loop_; // guarded by mtx_
};

} // namespace caf::aiomas::detail
