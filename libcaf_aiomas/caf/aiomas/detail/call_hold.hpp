#pragma once

#include "caf/aiomas/detail/activity.hpp"

#include <cstddef>
#include <memory>
#include <mutex>
#include <utility>

namespace caf::aiomas::detail {

/// Lets the calls over a link count as going on until they end, as long as
/// nobody counts what is on the link. For any thread.
class call_hold : public std::enable_shared_from_this<call_hold> {
public:
  explicit call_hold(std::shared_ptr<activity> where)
    : where_(std::move(where)) {
    // nop
  }

  /// A call, as long as this lives.
  class ticket {
  public:
    explicit ticket(std::shared_ptr<call_hold> home) : home_(std::move(home)) {
      home_->change([](auto& calls) { ++calls; });
    }

    ticket(ticket&&) noexcept = default;

    ~ticket() {
      if (home_)
        home_->change([](auto& calls) { --calls; });
    }

  private:
    std::shared_ptr<call_hold> home_;
  };

  ticket enter() {
    return ticket{shared_from_this()};
  }

  /// Says whether somebody counts what is on the link.
  void release(bool counted) {
    change([&](auto&) { released_ = counted; });
  }

private:
  template <class F>
  void change(F what) {
    // Its end may let time pass, which needs the lock.
    activity::token dropped;
    std::lock_guard guard{mtx_};
    what(calls_);
    auto holds = calls_ > 0 && !released_;
    if (holds && !held_)
      held_ = activity::token{where_};
    else if (!holds)
      dropped = std::move(held_);
  }

  const std::shared_ptr<activity> where_;

  std::mutex mtx_;
  size_t calls_ = 0; // guarded by mtx_
  bool released_ = false; // guarded by mtx_
  activity::token held_; // guarded by mtx_
};

} // namespace caf::aiomas::detail
