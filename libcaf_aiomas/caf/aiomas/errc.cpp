#include "caf/aiomas/errc.hpp"

namespace caf::aiomas {

const char* to_string(errc code) noexcept {
  switch (code) {
    case errc::none:
      return "none";
    case errc::invalid_url:
      return "invalid_url";
    case errc::cannot_connect:
      return "cannot_connect";
    case errc::cannot_listen:
      return "cannot_listen";
    case errc::no_such_agent:
      return "no_such_agent";
    case errc::connection_closed:
      return "connection_closed";
    case errc::connection_reset:
      return "connection_reset";
    case errc::protocol_violation:
      return "protocol_violation";
    case errc::message_too_large:
      return "message_too_large";
    case errc::stalled:
      return "stalled";
    case errc::remote_exception:
      return "remote_exception";
    case errc::timeout:
      return "timeout";
    case errc::cancelled:
      return "cancelled";
    case errc::overloaded:
      return "overloaded";
    case errc::serialization_error:
      return "serialization_error";
    case errc::deserialization_error:
      return "deserialization_error";
    case errc::type_error:
      return "type_error";
    case errc::lookup_error:
      return "lookup_error";
    case errc::invalid_message_type:
      return "invalid_message_type";
    case errc::handler_failed:
      return "handler_failed";
    case errc::would_deadlock:
      return "would_deadlock";
    case errc::already_receiving:
      return "already_receiving";
    case errc::invalid_argument:
      return "invalid_argument";
    case errc::shut_down:
      return "shut_down";
  }
  return "unknown";
}

} // namespace caf::aiomas
