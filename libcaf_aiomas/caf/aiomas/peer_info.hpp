#pragma once

#include "caf/aiomas/address.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace caf::aiomas {

/// The process at the other end of a Unix socket, as the system knows it: that
/// of a client when it connected, that of a server when it began to listen. The
/// peer cannot choose what stands here.
struct peer_credentials {
  uint32_t uid = 0;
  uint32_t gid = 0;

  /// 0 if the process cannot be seen from here, for example from a container.
  /// The number may belong to another process by now.
  int32_t pid = 0;

  friend bool operator==(const peer_credentials&, const peer_credentials&)
    = default;
};

/// What the certificate of a TLS peer, which was verified, says of it.
struct peer_certificate {
  /// The common name of its subject; empty if there is none.
  std::string common_name;

  /// What else it is valid for: host names, IP addresses, e-mail addresses and
  /// URIs, without repetitions. It is the CA that vouches for them all.
  std::vector<std::string> alternative_names;

  friend bool operator==(const peer_certificate&, const peer_certificate&)
    = default;
};

/// Who is at the other end of a connection.
struct peer_info {
  address::transport transport = address::transport::tcp;

  /// Of TCP, the peer's IP address and port; else empty.
  std::string host;
  uint16_t port = 0;

  /// The name of the peer's Unix socket, which is empty for nearly all clients;
  /// of a local connection, the id of the queue; else empty.
  std::string path;

  /// Of a Unix socket.
  std::optional<peer_credentials> credentials;

  /// Of a TLS connection.
  std::optional<peer_certificate> certificate;
};

} // namespace caf::aiomas
