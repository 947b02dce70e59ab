#pragma once

#include "caf/aiomas/detail/awaitable.hpp"
#include "caf/aiomas/detail/running_task.hpp"
#include "caf/aiomas/task.hpp"

#include <coroutine>
#include <cstddef>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

namespace caf::aiomas {

template <class T>
struct first_of;

namespace detail {

template <class T>
using results
  = std::conditional_t<std::is_void_v<T>, void, std::vector<value_or_none<T>>>;

template <class T>
using first_of_or_index
  = std::conditional_t<std::is_void_v<T>, size_t, first_of<value_or_none<T>>>;

template <class... Ts, class F>
void for_each_task(std::tuple<Ts...>& tasks, F f) {
  std::apply([&](auto&... xs) { (f(xs), ...); }, tasks);
}

template <class T, class F>
void for_each_task(std::vector<task<T>>& tasks, F f) {
  for (auto& x : tasks)
    f(x);
}

template <class... Ts>
size_t number_of_tasks(const std::tuple<Ts...>&) {
  return sizeof...(Ts);
}

template <class T>
size_t number_of_tasks(const std::vector<task<T>>& tasks) {
  return tasks.size();
}

/// Lets tasks run beside each other until enough of them have ended, and then
/// unwinds the others. They stay where they are, and those that ended keep
/// their results. Yields the index of the one that ended last.
template <class Tasks>
class when_awaiter final : private task_owner {
public:
  /// Ends with the first task that ends or, if `all` of them are to end, that
  /// fails.
  when_awaiter(Tasks& tasks, bool all)
    : tasks_(tasks), all_(all), left_(number_of_tasks(tasks)) {
    // nop
  }

  bool await_ready() const noexcept {
    return left_ == 0;
  }

  template <class Promise>
  void await_suspend(std::coroutine_handle<Promise> h) {
    waiting_ = &h.promise();
    auto& home = h.promise().home();
    for_each_task(tasks_, [](auto& x) { (void) x.promise(); });
    for_each_task(tasks_, [&](auto& x) { x.promise().start(home, *this); });
  }

  /// Throws what the task threw that ended the wait.
  size_t await_resume() {
    if (failure_)
      std::rethrow_exception(failure_);
    return last_;
  }

private:
  void task_ended(task_promise_base& which) noexcept override {
    --left_;
    if (all_ && !which.failure()) {
      if (left_ == 0)
        waiting_->schedule();
      return;
    }
    failure_ = which.failure();
    size_t index = 0;
    for_each_task(tasks_, [&](auto& x) {
      if (&x.promise() == &which)
        last_ = index;
      else
        x.reset();
      ++index;
    });
    waiting_->schedule();
  }

  Tasks& tasks_;
  bool all_;
  size_t left_;
  size_t last_ = 0;
  std::exception_ptr failure_;
  task_promise_base* waiting_ = nullptr;
};

template <class Tasks>
when_awaiter<Tasks> until_all(Tasks& tasks) {
  return {tasks, true};
}

template <class Tasks>
when_awaiter<Tasks> until_any(Tasks& tasks) {
  return {tasks, false};
}

/// Yields the result of the task at `index`.
template <class Result, class Tasks, size_t... Is>
Result result_at(Tasks& tasks, size_t index, std::index_sequence<Is...>) {
  std::optional<Result> result;
  (
    [&] {
      if (index == Is)
        result.emplace(std::in_place_index<Is>, result_of(std::get<Is>(tasks)));
    }(),
    ...);
  return std::move(*result);
}

} // namespace detail

} // namespace caf::aiomas
