#include "caf/aiomas/detail/caf_compat.hpp"

#include <caf/actor_addr.hpp>
#include <caf/default_attachable.hpp>
#include <caf/error.hpp>
#include <caf/sec.hpp>

#include <pthread.h>

#include <string_view>

namespace caf::aiomas::detail {

bool drop_link(monitorable_actor& what, const actor_addr& other) {
  default_attachable::observe_token link{other, default_attachable::link};
  return what.detach(link) > 0;
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
