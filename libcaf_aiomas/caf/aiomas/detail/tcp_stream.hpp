#pragma once

#include "caf/aiomas/detail/transport.hpp"
#include "caf/aiomas/keepalive.hpp"

#include <asio/ip/tcp.hpp>

namespace caf::aiomas::detail {

/// A connected TCP socket with the options that all of ours have: no delay,
/// keepalive, not blocking.
class tcp_stream final : public stream {
public:
  tcp_stream(asio::ip::tcp::socket connected, const keepalive& probing);

  void read_some(std::span<std::byte> into, io_handler done) override;

  size_t try_write(std::span<const std::byte> what,
                   std::error_code& ec) override;

  void write_some(std::span<const std::byte> what, io_handler done) override;

  void close() noexcept override;

  const std::string& peer_host() const noexcept override {
    return peer_host_;
  }

  uint16_t peer_port() const noexcept override {
    return peer_port_;
  }

  const std::string& local_host() const noexcept override {
    return local_host_;
  }

  uint16_t local_port() const noexcept override {
    return local_port_;
  }

private:
  asio::ip::tcp::socket socket_;
  std::string peer_host_;
  std::string local_host_;
  uint16_t peer_port_ = 0;
  uint16_t local_port_ = 0;
};

} // namespace caf::aiomas::detail
