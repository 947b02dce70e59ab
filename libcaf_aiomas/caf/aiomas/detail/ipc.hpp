#pragma once

#include "caf/aiomas/detail/transport.hpp"

namespace caf::aiomas::detail {

/// `connect` to a Unix socket. Retries only while its file does not exist, as
/// the original does; of an abstract name, while nobody listens. A file on
/// which nobody listens refuses at once.
connect_attempt connect_ipc(io_loop& home, const address& where,
                            const connect_settings& settings,
                            connect_handler done);

/// `listen` on a Unix socket, in a loop that goes on. A file that was left
/// behind by a server is replaced; a server that lives, and files that are not
/// sockets, are left alone. The file is removed when the listener ends, unless
/// another one has taken its place.
void listen_ipc(io_loop& home, const address& where,
                const listen_settings& settings, listen_handler done);

} // namespace caf::aiomas::detail
