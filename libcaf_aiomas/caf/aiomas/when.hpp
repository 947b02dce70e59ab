#pragma once

#include "caf/aiomas/detail/awaitable.hpp"
#include "caf/aiomas/detail/when_awaiter.hpp"
#include "caf/aiomas/task.hpp"

#include <chrono>
#include <cstddef>
#include <stdexcept>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace caf::aiomas {

/// Waits for several things at once: tasks, calls, responses. Yields all
/// results in the order of the arguments, `std::monostate` where there is none.
/// If one fails, the others are given up and its exception is thrown.
///
///     auto [x, y] = co_await when_all(a.call<int>("f"), b.call<int>("g"));
template <detail::awaitable... Ts>
task<std::tuple<detail::awaited_or_none<Ts>...>> when_all(Ts... xs) {
  std::tuple<task<detail::awaited<Ts>>...> tasks{
    detail::as_task(std::move(xs))...};
  co_await detail::until_all(tasks);
  co_return std::apply(
    [](auto&... ys) {
      return std::tuple<detail::awaited_or_none<Ts>...>{
        detail::result_of(ys)...};
    },
    tasks);
}

/// The same for any number of tasks; yields nothing if they are `task<void>`.
template <class T>
task<detail::results<T>> when_all(std::vector<task<T>> xs) {
  co_await detail::until_all(xs);
  if constexpr (!std::is_void_v<T>) {
    std::vector<T> result;
    result.reserve(xs.size());
    for (auto& x : xs)
      result.push_back(detail::result_of(x));
    co_return result;
  }
}

/// Waits for whichever of several things ends first, and gives up the others.
/// The index of the result tells which it was; `std::monostate` stands for
/// nothing. If the first to end failed, its exception is thrown.
template <detail::awaitable... Ts>
task<std::variant<detail::awaited_or_none<Ts>...>> when_any(Ts... xs) {
  using result = std::variant<detail::awaited_or_none<Ts>...>;
  std::tuple<task<detail::awaited<Ts>>...> tasks{
    detail::as_task(std::move(xs))...};
  auto first = co_await detail::until_any(tasks);
  co_return detail::result_at<result>(tasks, first,
                                      std::index_sequence_for<Ts...>{});
}

/// Which of several tasks ended first, and how.
template <class T>
struct first_of {
  size_t index;
  T result;
};

/// The same for any number of tasks. Without results, only the index is
/// yielded. Throws `std::invalid_argument` if there are no tasks.
template <class T>
task<detail::first_of_or_index<T>> when_any(std::vector<task<T>> xs) {
  if (xs.empty())
    throw std::invalid_argument("when_any needs at least one task");
  auto first = co_await detail::until_any(xs);
  if constexpr (std::is_void_v<T>) {
    detail::result_of(xs[first]);
    co_return first;
  } else {
    co_return first_of<T>{first, detail::result_of(xs[first])};
  }
}

/// Waits no longer than `limit`, in real time; beyond it, `what` is given up
/// and a `timeout_error` is thrown. The same as `what.timeout(limit)` of tasks.
template <detail::awaitable T>
task<detail::awaited<T>> with_timeout(T what, std::chrono::nanoseconds limit) {
  auto self = co_await detail::this_actor{};
  std::tuple<task<detail::awaited<T>>, task<void>> tasks{
    detail::as_task(std::move(what)),
    detail::as_task(detail::expire(self, limit))};
  co_await detail::until_any(tasks); // throws if the time was up first
  co_return std::get<0>(tasks).promise().take();
}

/// Waits no longer than until `end` is over, such as a time of a clock; beyond
/// it, `what` is given up and a `timeout_error` is thrown. What `end` fails
/// with is thrown as well.
///
///     co_await with_timeout(remote.call<int>("f"), clock().sleep(5min));
template <detail::awaitable T>
task<detail::awaited<T>> with_timeout(T what, pending<void> end) {
  std::tuple<task<detail::awaited<T>>, task<void>> tasks{
    detail::as_task(std::move(what)), detail::time_out(std::move(end))};
  co_await detail::until_any(tasks); // throws if the time was up first
  co_return std::get<0>(tasks).promise().take();
}

template <class T>
task<T> task<T>::timeout(std::chrono::nanoseconds limit) && {
  return with_timeout(std::move(*this), limit);
}

} // namespace caf::aiomas
