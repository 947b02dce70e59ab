#pragma once

#include "caf/aiomas/detail/transport.hpp"

#include <asio/buffer.hpp>
#include <asio/error.hpp>
#include <asio/socket_base.hpp>

#include <algorithm>
#include <array>

#include <fcntl.h>
#include <linux/sockios.h>
#include <sys/ioctl.h>

namespace caf::aiomas::detail {

/// What the streams over sockets of all protocols have in common.
template <class Protocol>
class socket_stream : public stream {
public:
  using socket = typename Protocol::socket;

  void read_some(std::span<std::byte> into, io_handler done) override {
    socket_.async_read_some(asio::buffer(into.data(), into.size()),
                            std::move(done));
  }

  size_t try_write(std::span<const std::byte> what,
                   std::error_code& ec) override {
    return try_write_buffers(asio::buffer(what.data(), what.size()), ec);
  }

  // One system call.
  size_t try_write_all(std::span<const std::span<const std::byte>> pieces,
                       std::error_code& ec) override {
    std::array<asio::const_buffer, max_pieces> buffers;
    auto n = std::min(pieces.size(), buffers.size());
    for (size_t i = 0; i < n; ++i)
      buffers[i] = asio::buffer(pieces[i].data(), pieces[i].size());
    return try_write_buffers(buffers, ec);
  }

  void write_some(std::span<const std::byte> what, io_handler done) override {
    socket_.async_write_some(asio::buffer(what.data(), what.size()),
                             std::move(done));
  }

  void close() noexcept override {
    asio::error_code ec;
    socket_.shutdown(asio::socket_base::shutdown_both, ec);
    socket_.close(ec);
  }

  bool settled() noexcept override {
    return queued(SIOCOUTQ) == 0 && queued(SIOCINQ) == 0;
  }

  size_t outstanding() noexcept override {
    return queued(SIOCOUTQ);
  }

  bool end_output() noexcept override {
    asio::error_code ignored;
    socket_.shutdown(asio::socket_base::shutdown_send, ignored);
    return true;
  }

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

protected:
  /// Makes the socket one that does not block, and that no program inherits
  /// which this process starts.
  explicit socket_stream(socket connected) : socket_(std::move(connected)) {
    asio::error_code ec;
    socket_.non_blocking(true, ec);
    (void) ::fcntl(socket_.native_handle(), F_SETFD, FD_CLOEXEC);
  }

  template <class Buffers>
  size_t try_write_buffers(const Buffers& what, std::error_code& ec) {
    auto n = socket_.write_some(what, ec);
    if (ec == asio::error::would_block || ec == asio::error::try_again
        || ec == asio::error::interrupted) {
      ec.clear();
      return 0;
    }
    return n;
  }

  /// Bytes in a queue of the system.
  size_t queued(unsigned long which) noexcept {
    auto bytes = 0;
    auto failed = ::ioctl(socket_.native_handle(), which, &bytes) != 0;
    return failed || bytes < 0 ? 0 : static_cast<size_t>(bytes);
  }

  socket socket_;
  std::string peer_host_;
  std::string local_host_;
  uint16_t peer_port_ = 0;
  uint16_t local_port_ = 0;
};

} // namespace caf::aiomas::detail
