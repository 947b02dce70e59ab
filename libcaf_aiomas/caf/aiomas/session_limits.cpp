#include "caf/aiomas/session_limits.hpp"

#include "caf/aiomas/defaults.hpp"

namespace caf::aiomas {

session_limits::session_limits() noexcept
  : max_payload(defaults::max_payload),
    max_nesting(defaults::max_nesting),
    max_values(defaults::max_values),
    max_inbound_requests(defaults::max_inbound_requests),
    max_inbound_bytes(defaults::max_inbound_bytes),
    max_outbound_bytes(defaults::max_outbound_bytes),
    max_waiting_calls(defaults::max_waiting_calls),
    frame_timeout(defaults::frame_timeout),
    frame_timeout_per_mib(defaults::frame_timeout_per_mib),
    write_timeout(defaults::write_timeout),
    close_timeout(defaults::close_timeout),
    idle_timeout(defaults::idle_timeout) {
  // nop
}

} // namespace caf::aiomas
