#pragma once

#include <cstdint>
#include <string>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

namespace aiomas_test {

/// The keepalive of this process' IPv4 connection from the port `local` to the
/// port `peer`: idle time, interval and probes. Empty if there is none.
inline std::string keepalive_of(uint16_t local, uint16_t peer) {
  auto has_port = [](int fd, auto get, uint16_t port) {
    sockaddr_in end = {};
    socklen_t size = sizeof end;
    return get(fd, reinterpret_cast<sockaddr*>(&end), &size) == 0
           && end.sin_family == AF_INET && ntohs(end.sin_port) == port;
  };
  auto option = [](int fd, int level, int name) {
    auto result = 0;
    socklen_t size = sizeof result;
    ::getsockopt(fd, level, name, &result, &size);
    return std::to_string(result);
  };
  for (auto fd = 0; fd < 1024; ++fd)
    if (has_port(fd, ::getsockname, local) && has_port(fd, ::getpeername, peer)
        && option(fd, SOL_SOCKET, SO_KEEPALIVE) == "1")
      return option(fd, IPPROTO_TCP, TCP_KEEPIDLE) + " "
             + option(fd, IPPROTO_TCP, TCP_KEEPINTVL) + " "
             + option(fd, IPPROTO_TCP, TCP_KEEPCNT);
  return {};
}

} // namespace aiomas_test
