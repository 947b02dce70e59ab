#pragma once

#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/detail/timer_queue.hpp"
#include "caf/aiomas/detail/unique_function.hpp"
#include "caf/aiomas/timer_handle.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/allowed_unsafe_message_type.hpp>

#include <memory>
#include <mutex>

namespace caf::aiomas {

class agent;

} // namespace caf::aiomas

namespace caf::aiomas::detail {

class agent_timers;

/// A call that a clock is to make into an agent: when it is due, it travels to
/// the agent in a message.
class agent_timer final : public timer_entry,
                          public std::enable_shared_from_this<agent_timer> {
public:
  using function = unique_function<void()>;

  agent_timer(std::shared_ptr<agent_timers> home, function what)
    : home_(std::move(home)), what_(std::move(what)) {
    // nop
  }

  ~agent_timer() override;

  void expire() noexcept override;

  /// Makes the call, unless it was cancelled. What it throws goes to
  /// `agent::on_task_failure`. In the agent's context.
  void run();

  void cancel() noexcept;

  bool pending() const noexcept;

private:
  friend class agent_timers;

  std::shared_ptr<agent_timers> home_;
  function what_; // empty once it is called or cancelled; by the mutex of home_
  agent_timer* previous_ = nullptr; // by the mutex of home_
  agent_timer* next_ = nullptr; // by the mutex of home_
  bool listed_ = false; // by the mutex of home_
};

/// The message that makes the call.
struct timer_due {
  std::shared_ptr<agent_timer> what;
};

/// The calls that a clock is to make into one agent. For any thread.
class agent_timers : public std::enable_shared_from_this<agent_timers> {
public:
  agent_timers(agent& self, std::weak_ptr<clock> time);

  /// Lets the agent call `what`. Throws `std::invalid_argument` where
  /// `clock::schedule` fails, and does nothing if the agent has ended.
  timer_handle add(const clock::due& when, agent_timer::function what);

  /// Cancels all calls and refuses further ones.
  void close() noexcept;

private:
  friend class agent_timer;

  /// Takes a timer out of the list and returns what is to be called; nothing if
  /// that has happened before. For those who hold the lock.
  agent_timer::function take(agent_timer& what) noexcept;

  void failed() noexcept;

  agent& self_; // in its context only
  weak_actor_ptr hdl_;
  std::weak_ptr<clock> clock_; // which keeps the timers
  mutable std::mutex mtx_;
  agent_timer* first_ = nullptr; // those to be called; guarded by mtx_
  bool closed_ = false; // guarded by mtx_
};

} // namespace caf::aiomas::detail

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::aiomas::detail::timer_due)
