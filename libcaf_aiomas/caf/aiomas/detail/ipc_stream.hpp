#pragma once

#include "caf/aiomas/detail/socket_stream.hpp"

#include <asio/local/stream_protocol.hpp>

#include <optional>
#include <string>

namespace caf::aiomas::detail {

/// A connected Unix socket.
class ipc_stream final : public socket_stream<asio::local::stream_protocol> {
public:
  explicit ipc_stream(socket connected);

  address::transport how() const noexcept override {
    return address::transport::ipc;
  }

  std::optional<peer_credentials> credentials() const override {
    return credentials_;
  }

private:
  std::optional<peer_credentials> credentials_;
};

/// Asks the system who the peer of a Unix socket is.
std::optional<peer_credentials> credentials_of(int socket) noexcept;

/// What the peer with these credentials is counted by.
std::string counted_as(const std::optional<peer_credentials>& who);

} // namespace caf::aiomas::detail
