#include "caf/aiomas/pending.hpp"

#include "caf/aiomas/detail/alarm.hpp"
#include "caf/aiomas/detail/io_loop.hpp"

namespace caf::aiomas::detail {

bool may_block() noexcept {
  return !io_loop::on_any_loop() && !io_loop::drives_any()
         && !alarm::on_its_thread() && !on_scheduler_worker();
}

error must_not_block() {
  if (io_loop::drives_any())
    return make_error(
      errc::would_deadlock,
      std::string{
        "This thread must not block: the actor system does nothing "
        "but what this thread does for it. Use co_await in a task, or "
        "test_fixture::await outside"});
  return make_error(errc::would_deadlock,
                    std::string{"This thread must not block"});
}

} // namespace caf::aiomas::detail
