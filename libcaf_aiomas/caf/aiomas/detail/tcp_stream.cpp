#include "caf/aiomas/detail/tcp_stream.hpp"

#include <asio/buffer.hpp>
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
                       const keepalive& probing)
  : socket_(std::move(connected)) {
  asio::error_code ec;
  socket_.non_blocking(true, ec);
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

void tcp_stream::read_some(std::span<std::byte> into, io_handler done) {
  socket_.async_read_some(asio::buffer(into.data(), into.size()),
                          std::move(done));
}

size_t tcp_stream::try_write(std::span<const std::byte> what,
                             std::error_code& ec) {
  auto n = socket_.write_some(asio::buffer(what.data(), what.size()), ec);
  if (ec == asio::error::would_block || ec == asio::error::try_again
      || ec == asio::error::interrupted) {
    ec.clear();
    return 0;
  }
  return n;
}

void tcp_stream::write_some(std::span<const std::byte> what, io_handler done) {
  socket_.async_write_some(asio::buffer(what.data(), what.size()),
                           std::move(done));
}

void tcp_stream::close() noexcept {
  asio::error_code ec;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_both, ec);
  socket_.close(ec);
}

} // namespace caf::aiomas::detail
