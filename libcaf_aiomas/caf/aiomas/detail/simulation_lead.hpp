#pragma once

#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/detail/simulation_members.hpp"

#include <caf/event_based_actor.hpp>

#include <atomic>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace caf::aiomas::detail {

/// The actor of a `simulation_master`, which has its functions as tasks.
///
/// A round asks all members at once how they are as soon as nothing is going on
/// there. Nothing is on its way between them, and nothing has been since the
/// round before, if as many frames were sent as received, and no number has
/// changed since then: a member acts only if it gets something, and counts what
/// it sends before it says that it is done. (That is F. Mattern's method of
/// four counters.) Then all are set to the time of the next timer, and only
/// when they have been, timers happen.
class simulation_lead final : public event_based_actor {
public:
  simulation_lead(actor_config& cfg, options opts,
                  std::shared_ptr<std::atomic<double>> time);

  task<void> add_node(std::string url);

  task<void> add_clock(std::shared_ptr<simulation_clock> what);

  task<void> add_follower(std::string url, std::optional<double> every);

  task<void> remove(std::string url);

  task<void> run(std::optional<moment> until);

protected:
  behavior make_behavior() override;

private:
  struct follower {
    remote_manager manager;
    std::optional<double> every;
    bool failed = false;
  };

  using reports = std::vector<simulation_report>;

  /// What systems have sent and received, by their names.
  using link_map = std::map<std::string, link_counts>;

  class running_guard;

  task<void> add(led_clock_ptr what);
  task<std::shared_ptr<void>> turn();
  task<void> enrol();
  task<void> join(led_clock_ptr what);
  task<void> welcome();
  double end_of(const moment& t) const;
  task<std::optional<double>> rest();
  bool nothing_since_last(const link_map& links) const;
  task<reports> settle();
  task<void> advance(double t);
  task<void> set_members_to(double t);
  task<void> visit(std::shared_ptr<follower> who, double t);
  double next_visit() const;
  void forget_lost();
  void forget(const std::vector<led_clock_ptr>& who);

  std::string name_; // of the simulation
  const options opts_;
  std::shared_ptr<realtime_clock> pauses_;
  std::vector<led_clock_ptr> members_;
  std::deque<led_clock_ptr> joining_; // while it runs
  std::vector<std::shared_ptr<follower>> followers_;
  std::optional<date_time> start_; // once there are members
  std::shared_ptr<std::atomic<double>> time_;
  link_map links_; // at the last rest
  bool running_ = false;
  bool has_run_ = false;
  bool busy_ = false; // somebody joins or goes
  bool changed_ = false; // members may have other times, or not know each other
};

} // namespace caf::aiomas::detail
