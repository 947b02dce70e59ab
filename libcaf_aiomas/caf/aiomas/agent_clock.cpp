#include "caf/aiomas/agent_clock.hpp"

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/detail/agent_timers.hpp"
#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/launch.hpp"

namespace caf::aiomas {

double agent_clock::time() const {
  return source().time();
}

std::chrono::system_clock::time_point agent_clock::utcnow() const {
  return source().utcnow();
}

pending<void> agent_clock::sleep(delay dt) const {
  return source().sleep(dt);
}

pending<void> agent_clock::sleep_until(moment t) const {
  return source().sleep_until(t);
}

clock& agent_clock::source() const {
  return self_->home().clock();
}

timer_handle agent_clock::schedule(const clock::due& when,
                                   detail::unique_function<void()> what) const {
  if (detail::is_ending(self_))
    return {};
  return self_->timers().add(when, std::move(what));
}

void detail::launch_in(agent* self, any_task what) {
  detail::launch(self, std::move(what), on_cancel::silent,
                 [self](const error& why) { self->on_task_failure(why); });
}

} // namespace caf::aiomas
