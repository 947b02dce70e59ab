#pragma once

#include "caf/aiomas/detail/any_task.hpp"
#include "caf/aiomas/detail/errand.hpp"
#include "caf/aiomas/detail/running_task.hpp"
#include "caf/aiomas/detail/unique_function.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/task.hpp"
#include "caf/aiomas/when.hpp"

#include <caf/actor.hpp>
#include <caf/send.hpp>

#include <functional>
#include <memory>
#include <string>
#include <tuple>
#include <utility>

namespace caf::aiomas::detail {

/// Warns about a failure of `run` that nobody looked at.
void warn_of_failed_run(const error& why);

/// The completion of an operation that ends with an error if it is dropped.
template <class T>
class owed_result {
public:
  explicit owed_result(typename pending<T>::completion done)
    : done_(std::move(done)) {
    // nop
  }

  owed_result(owed_result&&) noexcept = default;

  ~owed_result() {
    complete(make_error(errc::shut_down, std::string{"The agent has ended"}));
  }

  void complete(expected<T> x) {
    if (auto done = std::move(done_))
      done(std::move(x));
  }

private:
  typename pending<T>::completion done_;
};

/// A task that runs for somebody outside of its actor.
template <class T>
class awaited_task final : public running_task {
public:
  awaited_task(scheduled_actor* self, owed_result<T> result, task<T> what)
    : running_task(self), result_(std::move(result)), what_(std::move(what)) {
    // nop
  }

  ~awaited_task() override {
    this->forget();
  }

  void start() {
    begin(what_.promise());
  }

private:
  void ended() override {
    auto x = finish();
    what_.reset();
    result_.complete(std::move(x));
  }

  void cancelled() override {
    what_.reset();
    result_.complete(
      make_error(errc::cancelled, std::string{"The task was cancelled"}));
  }

  expected<T> finish() noexcept {
    try {
      if constexpr (std::is_void_v<T>) {
        what_.promise().take();
        return {};
      } else {
        return what_.promise().take();
      }
    } catch (...) {
      return to_error(std::current_exception());
    }
  }

  owed_result<T> result_;
  task<T> what_;
};

/// Lets `who`, which does errands, run the task that `make` makes.
template <class T, class F>
pending<T> run_in_actor(actor who, F make) {
  auto begin = [who = std::move(who), make = std::move(make)](
                 typename pending<T>::completion done,
                 std::optional<typename pending<T>::duration> limit) mutable {
    // Used in the context of the actor only.
    auto where = std::make_shared<running_task::cell>();
    auto begin_task
      = [result = owed_result<T>{std::move(done)}, make = std::move(make),
         where, limit](scheduled_actor* self) mutable {
          task<T> what;
          try {
            what = make(self);
            (void) what.promise(); // there must be a coroutine
          } catch (...) {
            result.complete(to_error(std::current_exception()));
            return;
          }
          if (limit)
            what = std::move(what).timeout(*limit);
          auto running = make_counted<awaited_task<T>>(self, std::move(result),
                                                       std::move(what));
          *where = running->where();
          running->start();
        };
    anon_send(who, errand::make(std::move(begin_task)));
    return typename pending<T>::canceller{[who, where] {
      anon_send(who, errand::make([where](scheduled_actor*) {
                  if (*where && **where)
                    (**where)->cancel();
                }));
    }};
  };
  return pending<T>{std::move(begin)};
}

/// The same for a function that takes the actor, an `A`, or a member function
/// of it, and `args`.
template <class A, class F, class... Ts>
auto start_with(actor who, F what, std::tuple<Ts...> args) {
  using result = typename callable<F>::result::value_type;
  return run_in_actor<result>(std::move(who), [what, args = std::move(args)](
                                                scheduled_actor* self) mutable {
    return std::apply(
      [&](auto&... xs) {
        return std::invoke(what, static_cast<A*>(self), std::move(xs)...);
      },
      args);
  });
}

} // namespace caf::aiomas::detail
