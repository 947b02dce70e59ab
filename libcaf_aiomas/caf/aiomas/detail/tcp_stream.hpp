#pragma once

#include "caf/aiomas/detail/socket_stream.hpp"
#include "caf/aiomas/keepalive.hpp"

#include <asio/ip/tcp.hpp>

namespace caf::aiomas::detail {

/// A connected TCP socket with the options that all of ours have: no delay,
/// keepalive, not blocking.
class tcp_stream final : public socket_stream<asio::ip::tcp> {
public:
  /// `peer` is what it is connected to, which the system knows no more once the
  /// peer has reset the connection.
  tcp_stream(asio::ip::tcp::socket connected,
             const asio::ip::tcp::endpoint& peer, const keepalive& probing);
};

} // namespace caf::aiomas::detail
