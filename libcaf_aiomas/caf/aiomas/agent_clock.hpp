#pragma once

#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/detail/any_task.hpp"
#include "caf/aiomas/task.hpp"
#include "caf/aiomas/timer_handle.hpp"

#include <chrono>
#include <functional>
#include <type_traits>
#include <utility>

namespace caf::aiomas {

class agent;

namespace detail {

/// Launches a task that a timer has begun.
void launch_in(agent* self, any_task what);

/// Awaits the coroutine that `f` makes, which may refer to `f`.
template <class F, class... Ts>
task<void> await_call(F f, Ts... xs) {
  co_await std::invoke(f, std::move(xs)...);
}

} // namespace detail

/// The clock of a container, as one of its agents uses it: what is called runs
/// in the context of that agent. To be used by the agent only, in its
/// constructor, too. When the agent ends, it waits for nothing any more, and
/// nothing is called.
class agent_clock {
public:
  explicit agent_clock(agent* self) noexcept : self_(self) {
    // nop
  }

  // -- properties -------------------------------------------------------------

  /// Seconds of a clock that never goes back. Where it starts is undefined.
  double time() const;

  /// The date in UTC.
  std::chrono::system_clock::time_point utcnow() const;

  // -- waiting ----------------------------------------------------------------

  /// Waits for `dt`, see `clock::sleep`:
  ///
  ///     co_await clock().sleep(1.5);
  pending<void> sleep(delay dt) const;

  template <class T>
  pending<T> sleep(delay dt, T result) const {
    return source().sleep(dt, std::move(result));
  }

  /// Waits until a time of this clock or a date, see `clock::sleep_until`.
  pending<void> sleep_until(moment t) const;

  template <class T>
  pending<T> sleep_until(moment t, T result) const {
    return source().sleep_until(std::move(t), std::move(result));
  }

  // -- calling ----------------------------------------------------------------

  /// Calls `f(xs...)` in `dt`, as a message handler does: other messages are
  /// handled before and after. If it makes a task, that is launched. What it
  /// throws goes to `agent::on_task_failure`. Member functions take the agent:
  ///
  ///     clock().call_in(2s, &my_agent::tick, this);
  ///
  /// Throws `std::invalid_argument` for what `clock::sleep` does not take.
  template <class F, class... Ts>
    requires std::is_invocable_v<F&, Ts...> timer_handle call_in(delay dt, F f,
                                                                 Ts... xs)
  const {
    return call(dt, std::move(f), std::move(xs)...);
  }

  /// The same at a time of this clock or a date. Throws `std::invalid_argument`
  /// for what `clock::sleep_until` does not take.
  template <class F, class... Ts>
    requires std::is_invocable_v<F&, Ts...> timer_handle call_at(moment t, F f,
                                                                 Ts... xs)
  const {
    return call(std::move(t), std::move(f), std::move(xs)...);
  }

private:
  clock& source() const;

  timer_handle schedule(const clock::due& when,
                        detail::unique_function<void()> what) const;

  template <class F, class... Ts>
  timer_handle call(const clock::due& when, F f, Ts... xs) const {
    return schedule(
      when, [self = self_, f = std::move(f), ... xs = std::move(xs)]() mutable {
        using result = std::invoke_result_t<F&, Ts...>;
        if constexpr (detail::is_task<result>)
          detail::launch_in(self,
                            detail::await_call(std::move(f), std::move(xs)...));
        else
          std::invoke(f, std::move(xs)...);
      });
  }

  agent* self_;
};

} // namespace caf::aiomas
