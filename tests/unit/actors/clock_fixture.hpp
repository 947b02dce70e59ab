#pragma once

/// What the suites of clocks share: an agent that waits, and writes down what
/// happens when. To be included after CAF_SUITE is defined.

#include "warning_log.hpp"

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/external_clock.hpp"
#include "caf/aiomas/launch.hpp"
#include "caf/aiomas/reply.hpp"
#include "caf/aiomas/simulation_clock.hpp"
#include "caf/aiomas/test.hpp"

#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace aiomas_test {

constexpr auto not_a_number = std::numeric_limits<double>::quiet_NaN();
constexpr auto inf = std::numeric_limits<double>::infinity();

/// Lines such as `tick 10.5`.
using event_log = std::vector<std::string>;

/// Does what tests tell it in its own context.
class clock_agent : public agent {
public:
  clock_agent(actor_config& cfg, aiomas::container c, event_log* seen)
    : agent(cfg, std::move(c)), seen_(seen) {
    expose("sleep", [this](double dt) { return sleeping(dt); });
    expose("call_in", [this](double dt) { call_in(dt, "called"); });
    expose("call_at",
           [this](double t) { clock().call_at(t, [this] { see("called"); }); });
    expose("time", [this] { return clock().time(); });
  }

  /// Writes down what happens now.
  void see(const std::string& what) {
    seen_->push_back(what + " " + aiomas::detail::number_text(clock().time()));
  }

  timer_handle call_in(delay dt, std::string what) {
    return clock().call_in(dt, [this, what = std::move(what)] { see(what); });
  }

  task<double> sleeping(delay dt) {
    co_await clock().sleep(dt);
    see("slept");
    co_return clock().time();
  }

  void on_task_failure(const error& why) override {
    seen_->push_back(describe(why));
  }

private:
  event_log* seen_;
};

template <class Clock>
struct clock_holder {
  std::shared_ptr<Clock> time
    = std::make_shared<Clock>("2015-01-01T00:00:00+00:00", 10);

  options with_clock() const {
    options result;
    result.clock = time;
    return result;
  }
};

/// Two containers that share a clock, in which everything happens in one
/// thread.
template <class Clock>
struct clock_fixture : clock_holder<Clock>, test_fixture {
  event_log seen;
  agent_handle<clock_agent> subject;

  clock_fixture() : test_fixture(this->with_clock()) {
    subject = left.spawn<clock_agent>(&seen);
    test_fixture::run();
  }

  /// Lets the agent do something at once, and all that follows.
  void in_agent(std::function<void(clock_agent*)> what) {
    do_in(subject.as_actor(), std::move(what));
  }

  void do_in(const actor& who, std::function<void(clock_agent*)> what) {
    anon_send(who, aiomas::detail::errand::make(
                     [what = std::move(what)](scheduled_actor* self) {
                       what(static_cast<clock_agent*>(self));
                     }));
    test_fixture::run();
  }

  event_log take() {
    return std::exchange(seen, {});
  }
};

} // namespace aiomas_test
