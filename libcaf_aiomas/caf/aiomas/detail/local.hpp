#pragma once

#include "caf/aiomas/detail/transport.hpp"

namespace caf::aiomas::detail {

/// `connect` inside this process: to the server that listens on the id,
/// whatever its loop and its actor system. Retries as long as there is none, as
/// the original does.
connect_attempt connect_local(io_loop& home, const address& where,
                              const connect_settings& settings,
                              connect_handler done);

/// `listen` inside this process, in a loop that goes on. An id can have one
/// server at a time.
void listen_local(io_loop& home, const address& where, listen_handler done);

} // namespace caf::aiomas::detail
