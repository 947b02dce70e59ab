#pragma once

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/container.hpp"
#include "caf/aiomas/detail/errand.hpp"
#include "caf/aiomas/detail/run_in_actor.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/task.hpp"

#include <tuple>
#include <type_traits>
#include <utility>

namespace caf::aiomas {

namespace detail {

template <class F>
concept captureless = std::is_empty_v<F> || std::is_pointer_v<F>;

/// A member function of `A`, or of a base of it, that makes a task of `Ts`.
template <class F, class A, class... Ts>
concept task_member = requires {
  requires std::is_member_function_pointer_v<F>;
  requires is_task<typename callable<F>::result>;
  requires std::is_invocable_v<F, A*, Ts...>;
};

} // namespace detail

/// How a task that `run` waited for has ended: like `expected`, but a failure
/// that nobody looks at is warned about, so that a plain `run(…);` hides
/// nothing.
template <class T>
class run_result {
public:
  explicit run_result(expected<T> x) : result_(std::move(x)) {
    // nop
  }

  run_result(run_result&& other) noexcept
    : result_(std::move(other.result_)),
      seen_(std::exchange(other.seen_, true)) {
    // nop
  }

  ~run_result() {
    if (!seen_ && !result_)
      detail::warn_of_failed_run(result_.error());
  }

  explicit operator bool() noexcept {
    seen_ = true;
    return static_cast<bool>(result_);
  }

  const caf::error& error() noexcept {
    seen_ = true;
    return result_.error();
  }

  /// The result. There must be one.
  auto& operator*() noexcept requires(!std::is_void_v<T>) {
    return *result_;
  }

  auto operator->() noexcept requires(!std::is_void_v<T>) {
    return &*result_;
  }

  /// Returns the result; throws the exception that fits the error if there is
  /// none, see `exception.hpp`.
  T value() {
    seen_ = true;
    if (!result_)
      throw_error(result_.error());
    if constexpr (!std::is_void_v<T>)
      return std::move(*result_);
  }

  operator expected<T>() && {
    seen_ = true;
    return std::move(result_);
  }

private:
  expected<T> result_;
  bool seen_ = false;
};

/// Lets an agent run a member function that makes a task, beside whatever else
/// it does. An error of the task is that of the result; `errc::shut_down` if
/// the agent ends first. Given up, the task is unwound.
template <class A, class F, class... Us>
  requires detail::task_member<F, A, Us...>
auto start(const agent_handle<A>& who, F what, Us&&... xs) {
  // Converted here, where what they refer to is still alive.
  using parameters = typename detail::callable<F>::parameters;
  return detail::start_with<A>(who.as_actor(), what,
                               parameters{std::forward<Us>(xs)...});
}

/// The same for a function that takes the agent, and `xs`. It must not have
/// captures, which would not live as long as the coroutine.
template <class A, class F, class... Us>
  requires detail::captureless<F>
auto start(const agent_handle<A>& who, F what, Us&&... xs) {
  return detail::start_with<A>(who.as_actor(), what,
                               std::make_tuple(std::forward<Us>(xs)...));
}

template <class F, class... Us>
  requires detail::captureless<F>
auto start(const agent_ref& who, F what, Us&&... xs) {
  return detail::start_with<function_agent>(
    who.as_actor(), what, std::make_tuple(std::forward<Us>(xs)...));
}

/// Starts a task in an agent, see `start`, and blocks until it has ended. What
/// the original's `run(until=…)` does. Fails with `errc::would_deadlock` on a
/// thread that must not block.
///
///     aiomas::run(agent, &test_agent::run, other.addr());
template <class Agent, class F, class... Us>
  requires std::is_base_of_v<agent_ref, Agent>
auto run(const Agent& who, F what, Us&&... xs) {
  auto begun = start(who, what, std::forward<Us>(xs)...);
  using result = typename decltype(begun)::value_type;
  return run_result<result>{std::move(begun).get()};
}

} // namespace caf::aiomas
