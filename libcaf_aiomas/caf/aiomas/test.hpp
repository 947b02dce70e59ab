#pragma once

/// For tests of your own agents, with CAF's test headers or any other runner.
/// Needs none of them; `AIOMAS_CO_TEST` needs CAF's where it is used.

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/container.hpp"
#include "caf/aiomas/detail/run_in_actor.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/run.hpp"
#include "caf/aiomas/task.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <caf/timespan.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>

namespace caf::aiomas {

class test_fixture;

namespace detail {

class test_clock;

/// An actor of a fixture, in which one task runs.
class test_actor {
public:
  explicit test_actor(test_fixture& where);
  test_actor(const test_actor&) = delete;
  test_actor& operator=(const test_actor&) = delete;

  /// Ends the actor, and with it whatever still runs there.
  ~test_actor();

  const actor& hdl() const noexcept {
    return hdl_;
  }

private:
  test_fixture& where_;
  actor hdl_;
  std::shared_ptr<bool> ended_;
};

} // namespace detail

/// An actor system for tests in which everything happens in one thread, in the
/// same order each time, and without waiting: CAF's deterministic scheduler,
/// I/O without threads, and two containers that are connected within the
/// process. Nothing happens but in its functions; time passes in `advance_time`
/// only, for delayed messages, deadlines of calls, and the clock of the
/// containers alike.
///
/// All of it is for the thread that made it, which must not block: what would,
/// such as `pending::get`, fails with `errc::would_deadlock`; use `await`. What
/// leaves the process and actors that are `detached` work as ever, neither in
/// the same order nor without waiting.
class test_fixture {
public:
  /// Makes the system, by `cfg` if there is one, and the containers by `opts`.
  /// Their clock shows the scheduler's time, unless `opts` has one; without a
  /// `shutdown_timeout`, their shutdown does not wait, since time would not
  /// pass. Throws what fits the error if they cannot be made.
  explicit test_fixture(options opts = {},
                        std::unique_ptr<config> cfg = nullptr);

  test_fixture(const test_fixture&) = delete;
  test_fixture& operator=(const test_fixture&) = delete;

  /// Shuts the containers down and handles what is left. Actors that live on
  /// after that are left alone, with a warning.
  virtual ~test_fixture();

  // -- driving ----------------------------------------------------------------

  /// Handles messages and I/O until nothing is left to do. Returns the number
  /// of events; 0 inside of an actor, which is driven itself.
  size_t run();

  /// Handles events until `done` returns true, which is asked before each of
  /// them. Returns false if nothing is left to do before.
  bool run_until(const std::function<bool()>& done);

  /// Lets `by` pass, not negative, and handles all that is to happen meanwhile,
  /// in its order. Returns the number of events.
  size_t advance_time(timespan by);

  // -- waiting ----------------------------------------------------------------

  /// Begins an operation and handles events until it is complete. Fails with
  /// `errc::would_deadlock` if nothing is left to do before, and inside of an
  /// actor, where `co_await` is meant. The operation is not given up then.
  template <class T, class Raw>
  expected<T> await(pending<T, Raw> what) {
    return await(std::move(what).start());
  }

  /// The same for an operation that was begun with `pending::start`. Can be
  /// repeated as long as the operation is not complete.
  template <class Started>
    requires requires(Started& x) {
      x.ready();
      x.take();
    }
  auto await(Started&& what) -> decltype(what.take()) {
    if (auto why = drive([&what] { return what.ready(); }))
      return std::move(*why);
    return what.take();
  }

  // -- tasks ------------------------------------------------------------------

  /// Runs a task in an actor of its own until it has ended. Fails as `await`
  /// does, and with the error that fits what the task throws. A task that is
  /// not complete then is unwound.
  template <class T>
  run_result<T> run(task<T> what) {
    detail::test_actor host{*this};
    return run_result<T>{await(detail::run_in_actor<T>(
      host.hdl(), [what = std::move(what)](scheduled_actor*) mutable {
        return std::move(what);
      }))};
  }

  /// The same for the task that `what` makes from the actor and `xs`. It must
  /// not have captures, which would not live as long as the coroutine.
  template <class F, class... Us>
    requires detail::captureless<F> && std::is_invocable_v<
      F&, event_based_actor*, std::decay_t<Us>...>
  auto run(F what, Us&&... xs) {
    detail::test_actor host{*this};
    auto begun = detail::start_with<event_based_actor>(
      host.hdl(), what, std::make_tuple(std::forward<Us>(xs)...));
    using result = typename decltype(begun)::value_type;
    return run_result<result>{await(std::move(begun))};
  }

  /// The same in an agent, see `aiomas::run`. There, a task that is not
  /// complete stays under way.
  template <class Agent, class F, class... Us>
    requires std::is_base_of_v<agent_ref, Agent>
  auto run(const Agent& who, F what, Us&&... xs) {
    auto begun = start(who, what, std::forward<Us>(xs)...);
    using result = typename decltype(begun)::value_type;
    return run_result<result>{await(std::move(begun))};
  }

private:
  std::unique_ptr<config> cfg_;
  bool driving_ = false;
  std::shared_ptr<detail::test_clock> clock_;

public:
  // -- properties -------------------------------------------------------------

  // Their names are those of CAF's `test_coordinator_fixture`, which its macros
  // rely on.

  actor_system sys;

  scheduler::test_coordinator& sched;

  /// Listens on `local://left`; while another fixture does that already, on
  /// `local://left.2` and so on.
  container left;

  /// The same on the other side.
  container right;

private:
  static std::unique_ptr<config> prepare(std::unique_ptr<config> cfg);

  container make_container(const std::string& id, const options& opts);
  size_t step();
  std::optional<error> drive(const std::function<bool()>& done);
};

// -- coroutines as tests ------------------------------------------------------

namespace detail {

/// Runs `body` in an actor. Returns the text of what leaves it, or of why it
/// does not end; nothing if all is well.
std::optional<std::string>
run_co_test(test_fixture& where,
            const std::function<task<void>(event_based_actor*)>& body);

template <class T>
std::optional<std::string> run_co_test(T& test) {
  return run_co_test(test, [&test](event_based_actor* self) {
    return test.co_run_test_impl(self);
  });
}

/// Throws a `std::runtime_error` if there is a text.
void throw_if_failed(const std::optional<std::string>& text);

struct co_test_without_fixture : test_fixture {};

/// What a test derives from: its fixture, or a fresh `test_fixture` if that is
/// something else, for example outside of a `CAF_TEST_FIXTURE_SCOPE`.
template <class Fixture>
using co_test_base
  = std::conditional_t<std::is_base_of_v<test_fixture, Fixture>, Fixture,
                       co_test_without_fixture>;

} // namespace detail

} // namespace caf::aiomas

/// Defines a test of CAF's runner whose body is a coroutine. It runs in an
/// event-based actor `self`, and the members of the fixture can be used, which
/// must be derived from `test_fixture`. The body must contain a `co_await` or
/// `co_return`. What it throws fails the test, with its text; so does waiting
/// for something that never happens.
///
///     AIOMAS_CO_TEST(agents answer) {
///       auto remote = co_await left.connect(agent.addr());
///       CAF_CHECK_EQUAL(co_await remote.call<int>("add", 1, 2), 3);
///     }
#define AIOMAS_CO_TEST(name)                                                   \
  namespace {                                                                  \
  struct CAF_UNIQUE(test)                                                      \
    : ::caf::aiomas::detail::co_test_base<caf_test_case_auto_fixture> {        \
    void run_test_impl() {                                                     \
      if (auto failure = ::caf::aiomas::detail::run_co_test(*this))            \
        CAF_ERROR(*failure);                                                   \
    }                                                                          \
    ::caf::aiomas::task<void> co_run_test_impl(::caf::event_based_actor*);     \
  };                                                                           \
  ::caf::test::detail::adder<::caf::test::test_impl<CAF_UNIQUE(test)>>         \
    CAF_UNIQUE(a){CAF_XSTR(CAF_SUITE), CAF_XSTR(name), false};                 \
  }                                                                            \
  ::caf::aiomas::task<void> CAF_UNIQUE(test)::co_run_test_impl(                \
    [[maybe_unused]] ::caf::event_based_actor* self)

/// Defines a function `void name()` that runs a coroutine as above in a new
/// `fixture` and throws `std::runtime_error` if it fails: what any runner
/// takes.
///
///     AIOMAS_CO_TEST_BODY(my_fixture, agents_answer) {
///       auto remote = co_await left.connect(agent.addr());
///       …
///     }
#define AIOMAS_CO_TEST_BODY(fixture, name)                                     \
  struct name##_co_test final : fixture {                                      \
    ::caf::aiomas::task<void> co_run_test_impl(::caf::event_based_actor*);     \
  };                                                                           \
  static void name() {                                                         \
    name##_co_test test;                                                       \
    ::caf::aiomas::detail::throw_if_failed(                                    \
      ::caf::aiomas::detail::run_co_test(test));                               \
  }                                                                            \
  ::caf::aiomas::task<void> name##_co_test::co_run_test_impl(                  \
    [[maybe_unused]] ::caf::event_based_actor* self)
