#include "caf/aiomas/detail/tcp_stream.hpp"

#include <asio/socket_base.hpp>

#include <linux/sockios.h>
#include <netinet/tcp.h>
#include <sys/ioctl.h>

namespace caf::aiomas::detail {

namespace {

void set_option(asio::ip::tcp::socket& socket, int name, int value) {
  // Options that the system refuses only cost comfort.
  (void) ::setsockopt(socket.native_handle(), IPPROTO_TCP, name, &value,
                      sizeof value);
}

} // namespace

tcp_stream::tcp_stream(asio::ip::tcp::socket connected,
                       const keepalive& probing)
  : socket_stream(std::move(connected)) {
  asio::error_code ec;
  socket_.set_option(asio::ip::tcp::no_delay{true}, ec);
  socket_.set_option(asio::socket_base::keep_alive{true}, ec);
  set_option(socket_, TCP_KEEPIDLE, static_cast<int>(probing.idle.count()));
  set_option(socket_, TCP_KEEPINTVL,
             static_cast<int>(probing.interval.count()));
  set_option(socket_, TCP_KEEPCNT, probing.probes);
  if (auto peer = socket_.remote_endpoint(ec); !ec) {
    peer_host_ = peer.address().to_string();
    peer_port_ = peer.port();
  }
  if (auto local = socket_.local_endpoint(ec); !ec) {
    local_host_ = local.address().to_string();
    local_port_ = local.port();
  }
}

bool tcp_stream::settled() noexcept {
  auto none = [fd = socket_.native_handle()](unsigned long what) {
    auto bytes = 0;
    return ::ioctl(fd, what, &bytes) != 0 || bytes == 0;
  };
  return none(SIOCOUTQ) && none(SIOCINQ);
}

void tcp_stream::end_output() noexcept {
  asio::error_code ignored;
  socket_.shutdown(asio::socket_base::shutdown_send, ignored);
}

} // namespace caf::aiomas::detail
