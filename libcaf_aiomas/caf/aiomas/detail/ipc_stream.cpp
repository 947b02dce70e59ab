#include "caf/aiomas/detail/ipc_stream.hpp"

#include "caf/aiomas/detail/ipc_name.hpp"

#include <sys/socket.h>

namespace caf::aiomas::detail {

ipc_stream::ipc_stream(socket connected)
  : socket_stream(std::move(connected)),
    credentials_(credentials_of(socket_.native_handle())) {
  peer_host_ = name_of_peer(socket_.native_handle());
  local_host_ = name_of_socket(socket_.native_handle());
}

std::optional<peer_credentials> credentials_of(int socket) noexcept {
  ucred who = {};
  socklen_t size = sizeof who;
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &who, &size) != 0
      || size != sizeof who)
    return std::nullopt;
  return peer_credentials{who.uid, who.gid, who.pid};
}

std::string counted_as(const std::optional<peer_credentials>& who) {
  // Those whose user is unknown share one limit.
  return who ? "uid:" + std::to_string(who->uid) : "uid:?";
}

} // namespace caf::aiomas::detail
