#include "caf/aiomas/detail/tcp_stream.hpp"

#include <asio/socket_base.hpp>

#include <netinet/tcp.h>

namespace caf::aiomas::detail {

namespace {

void set_option(asio::ip::tcp::socket& socket, int name, int value) {
  // Options that the system refuses only cost comfort.
  (void) ::setsockopt(socket.native_handle(), IPPROTO_TCP, name, &value,
                      sizeof value);
}

} // namespace

tcp_stream::tcp_stream(asio::ip::tcp::socket connected,
                       const asio::ip::tcp::endpoint& peer,
                       const keepalive& probing)
  : socket_stream(std::move(connected)) {
  asio::error_code ec;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ec);
  socket_.set_option(asio::socket_base::keep_alive{true}, ec);
  set_option(socket_, TCP_KEEPIDLE, static_cast<int>(probing.idle.count()));
  set_option(socket_, TCP_KEEPINTVL,
             static_cast<int>(probing.interval.count()));
  set_option(socket_, TCP_KEEPCNT, probing.probes);
  peer_host_ = peer.address().to_string();
  peer_port_ = peer.port();
  if (auto local = socket_.local_endpoint(ec); !ec) {
    local_host_ = local.address().to_string();
    local_port_ = local.port();
  }
}

} // namespace caf::aiomas::detail
