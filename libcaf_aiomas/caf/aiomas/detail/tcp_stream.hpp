#pragma once

#include "caf/aiomas/detail/socket_stream.hpp"
#include "caf/aiomas/keepalive.hpp"

#include <asio/ip/tcp.hpp>

namespace caf::aiomas::detail {

/// A connected TCP socket with the options that all of ours have: no delay,
/// keepalive, not blocking.
class tcp_stream final : public socket_stream<asio::ip::tcp> {
public:
  tcp_stream(asio::ip::tcp::socket connected, const keepalive& probing);

  bool settled() noexcept override;

  void end_output() noexcept override;
};

} // namespace caf::aiomas::detail
