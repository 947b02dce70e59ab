#include "caf/aiomas/detail/caf_compat.hpp"

#include <caf/actor_addr.hpp>
#include <caf/actor_system.hpp>
#include <caf/default_attachable.hpp>
#include <caf/detail/private_thread.hpp>
#include <caf/detail/sync_request_bouncer.hpp>
#include <caf/error.hpp>
#include <caf/exit_reason.hpp>
#include <caf/intrusive/inbox_result.hpp>
#include <caf/logger.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/sec.hpp>

#include <pthread.h>

#include <string_view>

namespace caf::aiomas::detail {

bool drop_link(monitorable_actor& what, const actor_addr& other) {
  default_attachable::observe_token link{other, default_attachable::link};
  return what.detach(link) > 0;
}

bool enqueue_to(scheduled_actor& self, caf::detail::private_thread* thread,
                mailbox_element_ptr what, actor_host* host) {
  auto mid = what->mid;
  auto sender = what->sender;
  switch (self.mailbox().push_back(std::move(what))) {
    case intrusive::inbox_result::unblocked_reader:
      intrusive_ptr_add_ref(self.ctrl());
      if (self.getf(abstract_actor::is_detached_flag))
        thread->resume();
      else if (host != nullptr)
        host->exec_later(&self);
      else
        self.home_system().scheduler().enqueue(&self);
      return true;
    case intrusive::inbox_result::queue_closed: {
      caf::detail::sync_request_bouncer bounce{exit_reason::unknown};
      if (mid.is_request())
        bounce(sender, mid);
      return false;
    }
    default:
      return false; // it is scheduled already
  }
}

bool run_at_once(scheduled_actor& self, mailbox_element_ptr& what,
                 actor_host& host) {
  // Whoever takes an actor out of its wait for messages is the one to run it.
  // Whoever sends to it keeps it alive meanwhile.
  if (self.getf(abstract_actor::is_detached_flag)
      || !self.mailbox().try_unblock())
    return false;
  CAF_PUSH_AID(self.id());
  switch (self.activate(&host, *what)) {
    case scheduled_actor::activation_result::terminated:
      return true;
    case scheduled_actor::activation_result::skipped:
      self.mailbox().push_back(std::move(what)); // to be tried again later
      break;
    case scheduled_actor::activation_result::success:
      self.mailbox().flush_cache(); // so are those that were skipped before
      break;
    default:
      break;
  }
  if (!self.stream_managers().empty() || !self.mailbox().try_block()) {
    intrusive_ptr_add_ref(self.ctrl());
    host.exec_later(&self);
  }
  return true;
}

error error_in(message_content& content) {
  if (content.match_elements<error>())
    return std::move(content.get_mutable_as<error>(0));
  return make_error(sec::unexpected_response, content.stringify());
}

bool on_scheduler_worker() noexcept {
  char name[16] = {};
  return pthread_getname_np(pthread_self(), name, sizeof name) == 0
         && std::string_view{name} == "caf.multiplexer";
}

} // namespace caf::aiomas::detail
