#include "caf/aiomas/simulation_master.hpp"

#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/detail/run_in_actor.hpp"
#include "caf/aiomas/detail/simulation_lead.hpp"

#include <caf/actor_system.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <atomic>
#include <utility>

namespace caf::aiomas {

/// Ends the actor that does it all at its own end.
class simulation_master::owner {
public:
  owner(actor_system& sys, options opts)
    : time_(std::make_shared<std::atomic<double>>(0)),
      lead_(
        sys.spawn<detail::simulation_lead, hidden>(std::move(opts), time_)) {
    // nop
  }

  owner(const owner&) = delete;
  owner& operator=(const owner&) = delete;

  ~owner() {
    anon_send_exit(lead_, exit_reason::user_shutdown);
  }

  double time() const {
    return *time_;
  }

  /// Calls a function of the actor. Whoever waits keeps the actor.
  template <class F, class... Ts>
  static pending<void> call(const std::shared_ptr<owner>& self, F what,
                            Ts... xs) {
    if (!self)
      return detail::failed<void>(
        {errc::invalid_argument, "The simulation_master is empty"});
    return detail::run_in_actor<void>(
      self->lead_,
      [self, what, ... xs = std::move(xs)](scheduled_actor* lead) mutable {
        auto there = static_cast<detail::simulation_lead*>(lead);
        return keeping(self, (there->*what)(std::move(xs)...));
      });
  }

private:
  static task<void> keeping(std::shared_ptr<owner>, task<void> what) {
    co_await std::move(what);
  }

  std::shared_ptr<std::atomic<double>> time_;
  actor lead_;
};

simulation_master::simulation_master(actor_system& sys, options opts)
  : owner_(std::make_shared<owner>(sys, std::move(opts))) {
  // nop
}

pending<void> simulation_master::add(std::string manager_url) const {
  return owner::call(owner_, &detail::simulation_lead::add_node,
                     std::move(manager_url));
}

pending<void>
simulation_master::add(std::shared_ptr<simulation_clock> clock) const {
  return owner::call(owner_, &detail::simulation_lead::add_clock,
                     std::move(clock));
}

pending<void> simulation_master::add_follower(std::string manager_url,
                                              std::optional<delay> dt) const {
  return owner::call(owner_, &detail::simulation_lead::add_follower,
                     std::move(manager_url),
                     dt ? std::optional{dt->seconds()} : std::nullopt);
}

pending<void> simulation_master::remove(std::string manager_url) const {
  return owner::call(owner_, &detail::simulation_lead::remove,
                     std::move(manager_url));
}

pending<void> simulation_master::run_until(moment t) const {
  return owner::call(owner_, &detail::simulation_lead::run,
                     std::optional{std::move(t)});
}

pending<void> simulation_master::run_until_idle() const {
  return owner::call(owner_, &detail::simulation_lead::run,
                     std::optional<moment>{});
}

double simulation_master::time() const {
  return owner_ ? owner_->time() : 0;
}

} // namespace caf::aiomas
