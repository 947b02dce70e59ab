#pragma once

#include "caf/aiomas/detail/transport.hpp"

namespace caf::aiomas::detail {

/// `connect` for TCP: looks the name up, tries its addresses, each a little
/// after the one before, and repeats that as `settings` say. Retries on any
/// failure, as the original does.
connect_attempt connect_tcp(io_loop& home, const address& where,
                            const connect_settings& settings,
                            connect_handler done);

/// `listen` for TCP, in a loop that goes on. An empty host, "0.0.0.0" and "::"
/// are all interfaces; a name is bound with all its addresses, as in the
/// original, under one port. From a range of ports, one is taken at random.
void listen_tcp(io_loop& home, const address& where,
                const listen_settings& settings, listen_handler done);

} // namespace caf::aiomas::detail
