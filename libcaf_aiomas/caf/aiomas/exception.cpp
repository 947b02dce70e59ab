#include "caf/aiomas/exception.hpp"

#include <utility>

namespace caf::aiomas {

exception::exception(caf::error why)
  : std::runtime_error(describe(why)), why_(std::move(why)) {
  // nop
}

void throw_error(caf::error why) {
  switch (code_of(why)) {
    case errc::none:
      throw caf_error{std::move(why)};
    case errc::remote_exception:
      throw remote_exception{std::move(why)};
    case errc::serialization_error:
    case errc::deserialization_error:
      throw serialization_error{std::move(why)};
    case errc::timeout:
      throw timeout_error{std::move(why)};
    case errc::cannot_connect:
    case errc::cannot_listen:
    case errc::no_such_agent:
    case errc::connection_closed:
    case errc::connection_reset:
    case errc::protocol_violation:
    case errc::stalled:
    case errc::shut_down:
      throw connection_error{std::move(why)};
    default:
      throw exception{std::move(why)};
  }
}

} // namespace caf::aiomas
