#pragma once

#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/detail/activity.hpp"
#include "caf/aiomas/detail/simulated_time.hpp"
#include "caf/aiomas/detail/simulation_part.hpp"
#include "caf/aiomas/detail/simulation_report.hpp"

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace caf::aiomas {

/// A clock that advances by itself, as fast as its agents can follow: while it
/// runs, the time jumps to that of the next timer as soon as all agents of its
/// containers are idle. They are when no message to one of them is queued or
/// being handled, no call or reply is on its way, and no connection is being
/// opened; an agent that only waits, for a reply or for a time to come, is
/// idle. That is counted, not guessed, see docs/clocks.md for what is and what
/// isn't.
///
/// Its containers must belong to one actor system; a `simulation_master` lets
/// time pass in several processes. All of it is for any thread.
class simulation_clock final : public clock,
                               private detail::activity::observer {
public:
  /// See `external_clock`.
  explicit simulation_clock(const start_date& utc_start, double init_time = 0);

  ~simulation_clock() override;

  // -- properties -------------------------------------------------------------

  double time() const override;

  std::chrono::system_clock::time_point utcnow() const override;

  // -- running ----------------------------------------------------------------

  // While nobody lets it run, the time stands still. To give up, or after a
  // `timeout` in real time, stops it where it is. Fails with `invalid_argument`
  // if it runs already, if a `simulation_master` leads it, if the clock is not
  // owned by a `std::shared_ptr`, or at the end of time, see
  // `defaults::longest_time`.

  /// Runs until the time is `t`, a time of this clock or a date, and all that
  /// is to happen until then and at that time has happened. If `t` is now, the
  /// time stands still and that is waited for. Fails with `invalid_argument`
  /// ("Time must be >= 10 but is 9.5") for an earlier one.
  pending<void> run_until(moment t);

  /// Runs until nothing is going on and there are no timers.
  pending<void> run_until_idle();

  /// Whether it runs.
  bool running() const;

  // -- what is not counted ----------------------------------------------------

  /// Returns something that keeps the time from passing until its last copy
  /// goes: for what goes on outside of agents, such as other actors at work, or
  /// threads that are about to send something. If a `simulation_master` leads
  /// the clock, other processes may be at the next time already, unless an
  /// agent takes it, or somebody before the simulation runs.
  std::shared_ptr<void> hold();

  // -- for whoever leads several clocks ---------------------------------------

  // A new `advance` or `settle` ends the one before. Both fail for another
  // simulation than that which the clock has joined last.

  /// Lets others lead the clock, in the simulation that `name` names. Fails if
  /// no container uses the clock, or if it runs.
  /// @private
  outcome<detail::simulation_member> join(const std::string& name);

  /// Ends that, if it still takes part in that simulation.
  /// @private
  void leave(const std::string& name);

  /// Lets all connections find out whether their other end takes part, too.
  /// @private
  pending<void> introduce();

  /// As soon as nothing is going on, sets the time, which must not be before
  /// now. What is due does not happen yet.
  /// @private
  pending<void> advance(std::string name, double t);

  /// Lets what is due happen; yields how it is as soon as nothing is going on.
  /// @private
  pending<detail::simulation_report> settle(std::string name);

protected:
  std::optional<std::chrono::nanoseconds>
  real_time_until(double t) const override;

private:
  using run_handler
    = detail::unique_function<void(expected<detail::simulation_report>)>;

  struct run {
    std::optional<double> until;
    std::string led_in; // a simulation with a master, if there is one
    bool calls_timers; // or sets the time only
    run_handler done;
    uint64_t number = 0;
  };

  class holder;

  bool on_rest() override;
  double time_at(const date_time& date) const override;
  outcome<detail::simulation_part> joined(middleman& mm) override;

  pending<void> run_for(std::optional<moment> until);
  pending<void>::canceller begin_run(run what);
  std::string why_not(const run& what) const;
  std::optional<detail::simulation_report> look() const;
  void finish(uint64_t number, expected<detail::simulation_report> how);
  detail::simulation_part part() const;

  detail::simulated_time now_;
  const std::string name_;
  std::atomic<size_t> holds_ = 0;

  mutable std::mutex mtx_;
  // That of a system, once a container has joined; guarded by mtx_.
  detail::simulation_part part_;
  std::optional<run> run_; // guarded by mtx_
  std::string led_in_; // a simulation with a master, or empty; guarded by mtx_
  uint64_t runs_ = 0; // guarded by mtx_
  bool joined_ = false; // guarded by mtx_
  bool watching_ = false; // guarded by mtx_
};

} // namespace caf::aiomas
