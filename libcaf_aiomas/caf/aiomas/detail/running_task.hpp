#pragma once

#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/task.hpp"

#include <caf/fwd.hpp>
#include <caf/message_id.hpp>

#include <memory>

namespace caf::aiomas::detail {

/// A task under way in an actor, with all tasks that it awaits. All of them
/// take turns: what is ready stands in one line, and nothing is nested. Belongs
/// to its actor and is used in its context only.
///
/// While a task waits for something outside, the responses it waits for keep
/// this object alive. If its actor ends, CAF drops them, and with them goes
/// this object, and the coroutine frames are unwound.
class running_task : public response_handler, private task_owner {
public:
  /// A response that a task waits for. Lives in the frame of the task; if it
  /// goes before the response comes, that is dropped.
  class wait {
  public:
    wait() = default;
    wait(const wait&) = delete;
    wait& operator=(const wait&) = delete;

  protected:
    virtual ~wait();

    /// Called once, before the task goes on.
    virtual void take(message_content& response) = 0;

    /// Whether the response is still to come.
    bool waiting() const noexcept {
      return home_ != nullptr;
    }

  private:
    friend class running_task;

    running_task* home_ = nullptr; // null if nothing is waited for
    task_promise_base* task_ = nullptr;
    message_id mid_;
    wait* previous_ = nullptr;
    wait* next_ = nullptr;
  };

  explicit running_task(scheduled_actor* self) : self_(self) {
    // nop
  }

  ~running_task() override;

  scheduled_actor* self() const noexcept {
    return self_;
  }

  // -- for tasks --------------------------------------------------------------

  /// Puts a task in the line of those that can go on.
  void schedule(task_promise_base& what) noexcept;

  /// Takes a task out of that line.
  void unschedule(task_promise_base& what) noexcept;

  /// Suspends `what` until a response to a new request comes, and returns the
  /// id of that request. If the actor is about to end, the task is unwound
  /// instead.
  message_id wait_for_request(wait& where, task_promise_base& what);

  /// Suspends `what` until the response `mid` comes.
  void wait_for_response(wait& where, task_promise_base& what, message_id mid);

  // -- end --------------------------------------------------------------------

  /// Where handles that don't keep this alive find it; null once it is gone.
  using cell = std::shared_ptr<running_task*>;

  cell where();

  /// Whether the task has ended or is to be unwound.
  bool over() const noexcept {
    return ended_ || cancelled_;
  }

  /// Unwinds the task; if it is running, as soon as it suspends.
  void cancel();

protected:
  /// Runs the outermost task until it suspends or ends.
  void begin(task_promise_base& what);

  /// Called when the outermost task has ended.
  virtual void ended() = 0;

  /// Makes handles find nothing any more. To be called first by destructors.
  void forget() noexcept;

  /// Called when the outermost task is to be unwound before its end.
  virtual void cancelled() = 0;

private:
  void on_response(message_content& content) override;
  void task_ended(task_promise_base& which) noexcept override;

  void run();
  void remove(wait& what) noexcept;

  scheduled_actor* self_;
  task_promise_base* first_ready_ = nullptr;
  task_promise_base* last_ready_ = nullptr;
  wait* first_wait_ = nullptr; // in the order in which they began
  wait* last_wait_ = nullptr;
  bool running_ = false;
  bool ended_ = false;
  bool cancelled_ = false;
  cell where_; // made when somebody asks
};

} // namespace caf::aiomas::detail
