#pragma once

#include "caf/aiomas/clock_time.hpp"
#include "caf/aiomas/detail/simulation_part.hpp"
#include "caf/aiomas/pending.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

namespace caf::aiomas {

class middleman;

namespace detail {

class clock_timers;
class timer_entry;

} // namespace detail

/// The time that a container's agents live in. Clocks are made with
/// `std::make_shared` and handed over in `options::clock`; several containers
/// may share one. All of it is for any thread.
///
/// A clock of your own overrides `time` and `utcnow`, and its timers work: as
/// long as there are any, the time is looked at every
/// `defaults::clock_poll_interval`, unless `real_time_until` or `time_changed`
/// say better.
///
/// Agents use `agent::clock()`, which also calls functions of theirs.
class clock : public std::enable_shared_from_this<clock> {
public:
  clock();
  clock(const clock&) = delete;
  clock& operator=(const clock&) = delete;

  /// Who still waits gets `shut_down`.
  virtual ~clock();

  // -- properties -------------------------------------------------------------

  /// Seconds of a clock that never goes back. Where it starts is undefined.
  virtual double time() const = 0;

  /// The date in UTC.
  virtual std::chrono::system_clock::time_point utcnow() const = 0;

  /// The time of the first timer, if there is any.
  std::optional<double> next_event() const;

  /// How many timers there are: calls to be made, and those who wait.
  size_t timers() const;

  // -- waiting ----------------------------------------------------------------

  // As with all that is `pending`, the time counts from when it is awaited or
  // started. It ends in the thread that lets time pass. The bound of `timeout`
  // is in real time, and fails with `invalid_argument` if no container has the
  // clock.

  /// Waits for `dt`. Fails with `invalid_argument` ("dt must be > 0 but is 0")
  /// unless it is more than zero, which `realtime_clock` does not mind, and no
  /// longer than `defaults::longest_time`.
  pending<void> sleep(delay dt);

  /// The same; yields `result`.
  template <class T>
  pending<T> sleep(delay dt, T result) {
    return wait_for<T>(dt, std::move(result));
  }

  /// Waits until `t`, a time of this clock or a date. Fails with
  /// `invalid_argument` ("Date "…" is in the past") unless that is later than
  /// now, and no later than `defaults::longest_time`.
  pending<void> sleep_until(moment t);

  /// The same; yields `result`.
  template <class T>
  pending<T> sleep_until(moment t, T result) {
    return wait_for<T>(std::move(t), std::move(result));
  }

  // -- for the other layers ---------------------------------------------------

  /// When something happens, relatively or absolutely.
  using due = std::variant<delay, moment>;

  /// Calls a timer, in the thread that lets time pass. Fails as `sleep` and
  /// `sleep_until` do.
  /// @private
  outcome<void> schedule(const due& when,
                         std::shared_ptr<detail::timer_entry> what);

  /// Removes a timer. Returns false if it is about to be called, or has been.
  /// @private
  bool unschedule(detail::timer_entry& what);

  /// Tells that a container of `mm` is to use this clock. Returns where what
  /// goes on there is to be counted; nothing if it need not.
  /// @private
  outcome<detail::simulation_part> join(middleman& mm);

protected:
  /// Calls the timers that are due. To be called when the time has jumped; from
  /// within one, they are called after it.
  void time_changed();

  /// How long it takes, in real time, until `time` is `t` or may be: nobody
  /// looks at it before. Nothing: that is not known, and `time_changed` will be
  /// called.
  virtual std::optional<std::chrono::nanoseconds>
  real_time_until(double t) const;

  /// Begins an operation that is bounded in real time.
  /// @private
  pending<void>::canceller
  begin_bounded(detail::unique_function<pending<void>::canceller(
                  detail::unique_function<void(error)>)>
                  begin,
                detail::unique_function<void(error)> done,
                std::optional<pending<void>::duration> limit);

private:
  /// Whether there are timers for no time and less.
  virtual bool takes_any_delay() const noexcept;

  /// Returns the time that belongs to a date.
  virtual double time_at(const date_time& date) const;

  virtual outcome<detail::simulation_part> joined(middleman& mm);

  outcome<double> time_of(const due& when) const;
  outcome<double> time_of_delay(double dt) const;
  outcome<double> time_of_moment(const moment& t) const;

  pending<void>::canceller
  begin_wait(const due& when, detail::unique_function<void(error)> done,
             std::optional<pending<void>::duration> limit);

  pending<void>::canceller
  wait_until(double at, detail::unique_function<void(error)> done);

  template <class T>
  pending<T> wait_for(due when, T result) {
    return pending<T>{
      [this, keep = weak_from_this().lock(), when, result = std::move(result)](
        typename pending<T>::completion done,
        std::optional<pending<void>::duration> limit) mutable {
        auto pass = [done = std::move(done),
                     result = std::move(result)](error why) mutable {
          if (why)
            done(std::move(why));
          else
            done(std::move(result));
        };
        return begin_wait(when, std::move(pass), limit);
      }};
  }

  outcome<void> schedule_at(double at,
                            std::shared_ptr<detail::timer_entry> what);

  void look_later();

  std::shared_ptr<detail::clock_timers> timers_;
};

/// Real time: monotonic seconds, and the date of the system.
class realtime_clock final : public clock {
public:
  double time() const override;

  std::chrono::system_clock::time_point utcnow() const override;

protected:
  std::optional<std::chrono::nanoseconds>
  real_time_until(double t) const override;

private:
  bool takes_any_delay() const noexcept override;
};

} // namespace caf::aiomas
