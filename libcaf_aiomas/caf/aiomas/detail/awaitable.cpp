#include "caf/aiomas/detail/awaitable.hpp"

#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/detail/run_in_actor.hpp"
#include "caf/aiomas/exception.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/warning.hpp"

namespace caf::aiomas::detail {

pending<void> expire(scheduled_actor* self, std::chrono::nanoseconds limit) {
  using result = pending<void>;
  auto begin
    = [&home = middleman::of(self->system()).next_loop()](
        result::completion done, std::optional<result::duration> at_most) {
        return begin_in_loop<void>(home, std::move(done), at_most,
                                   [](deadline_slot_ptr<void> slot) {
                                     if (slot->open())
                                       slot->hold();
                                   });
      };
  return result{std::move(begin)}.timeout(limit);
}

task<void> time_out(pending<void> end) {
  co_await std::move(end);
  throw_error(make_error(errc::timeout, std::string{"Timed out"}));
}

void warn_of_failed_run(const error& why) {
  warn("a task failed: " + describe(why));
}

} // namespace caf::aiomas::detail
