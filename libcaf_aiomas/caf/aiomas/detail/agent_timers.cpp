#include "caf/aiomas/detail/agent_timers.hpp"

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/warning.hpp"

#include <exception>
#include <stdexcept>
#include <utility>

namespace caf::aiomas {

// -- timer_handle -------------------------------------------------------------

void timer_handle::cancel() const noexcept {
  if (auto what = what_.lock())
    what->cancel();
}

bool timer_handle::pending() const noexcept {
  auto what = what_.lock();
  return what != nullptr && what->pending();
}

namespace detail {

// -- agent_timer --------------------------------------------------------------

agent_timer::~agent_timer() {
  function dropped; // destroyed without the lock
  std::lock_guard guard{home_->mtx_};
  dropped = home_->take(*this);
}

void agent_timer::expire() noexcept {
  if (auto self = home_->hdl_.lock())
    send_to(self, nullptr, make_message_id(), timer_due{shared_from_this()});
}

void agent_timer::run() {
  std::unique_lock guard{home_->mtx_};
  auto what = home_->take(*this);
  guard.unlock();
  if (!what)
    return;
  try {
    what();
  } catch (...) {
    home_->failed();
  }
}

void agent_timer::cancel() noexcept {
  std::unique_lock guard{home_->mtx_};
  auto dropped = home_->take(*this); // destroyed without the lock
  guard.unlock();
  if (!dropped)
    return;
  if (auto time = home_->clock_.lock())
    time->unschedule(*this);
}

bool agent_timer::pending() const noexcept {
  std::lock_guard guard{home_->mtx_};
  return listed_;
}

// -- agent_timers -------------------------------------------------------------

agent_timers::agent_timers(agent& self, std::weak_ptr<clock> time)
  : self_(self), hdl_(self.ctrl()), clock_(std::move(time)) {
  // nop
}

timer_handle agent_timers::add(const clock::due& when,
                               agent_timer::function what) {
  auto added
    = std::make_shared<agent_timer>(shared_from_this(), std::move(what));
  auto time = clock_.lock();
  if (!time)
    return {};
  {
    std::lock_guard guard{mtx_};
    if (closed_)
      return {};
    added->listed_ = true;
    added->next_ = first_;
    if (first_ != nullptr)
      first_->previous_ = added.get();
    first_ = added.get();
  }
  if (auto ok = time->schedule(when, added); !ok)
    throw std::invalid_argument(ok.error().text);
  return timer_handle{added};
}

agent_timer::function agent_timers::take(agent_timer& what) noexcept {
  if (!std::exchange(what.listed_, false))
    return {};
  auto before = std::exchange(what.previous_, nullptr);
  auto after = std::exchange(what.next_, nullptr);
  (before != nullptr ? before->next_ : first_) = after;
  if (after != nullptr)
    after->previous_ = before;
  return std::move(what.what_);
}

void agent_timers::close() noexcept {
  auto time = clock_.lock();
  std::unique_lock guard{mtx_};
  closed_ = true;
  while (first_ != nullptr) {
    auto& what = *first_;
    // Empty while it is being destroyed.
    auto keep = what.weak_from_this().lock();
    auto dropped = take(what);
    guard.unlock();
    if (time && keep)
      time->unschedule(what);
    dropped = {};
    keep.reset();
    guard.lock();
  }
}

void agent_timers::failed() noexcept {
  auto why = to_error(std::current_exception());
  try {
    self_.on_task_failure(why);
  } catch (...) {
    warn(describe(why));
    warn(describe(to_error(std::current_exception())));
  }
}

} // namespace detail

} // namespace caf::aiomas
