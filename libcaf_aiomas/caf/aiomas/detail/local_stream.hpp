#pragma once

#include "caf/aiomas/detail/transport.hpp"

#include <memory>
#include <string>
#include <utility>

namespace caf::aiomas::detail {

/// One end of a connection in memory. The two ends behave like sockets: each
/// direction holds `defaults::local_buffer` bytes and pushes back beyond; the
/// bytes of an end that was closed can still be read, and after them comes
/// `eof`, or `connection_reset` if it was closed with unread bytes of its own.
/// What is written to an end that was closed is lost, until the writer has read
/// of it.
///
/// Each end is for the thread of its own loop, which must not go before the end
/// is closed. The loops may be different.
class local_stream final : public stream {
public:
  /// What the two ends share.
  struct wire;

  using pair
    = std::pair<std::unique_ptr<local_stream>, std::unique_ptr<local_stream>>;

  /// Connects two ends by the name of `id`: that of the client, which lives in
  /// `home`, and that of the server.
  static pair make(std::string id, io_loop& home);

  ~local_stream() override;

  /// Gives an end that has no loop yet one. To be called before it is used.
  void move_to(io_loop& home);

  void read_some(std::span<std::byte> into, io_handler done) override;

  size_t try_write(std::span<const std::byte> what,
                   std::error_code& ec) override;

  void write_some(std::span<const std::byte> what, io_handler done) override;

  void close() noexcept override;

  address::transport how() const noexcept override {
    return address::transport::local;
  }

  const std::string& peer_host() const noexcept override;

  uint16_t peer_port() const noexcept override {
    return 0;
  }

  const std::string& local_host() const noexcept override {
    return peer_host();
  }

  uint16_t local_port() const noexcept override {
    return 0;
  }

private:
  local_stream(std::shared_ptr<wire> shared, size_t side);

  std::shared_ptr<wire> wire_;
  size_t side_;
};

} // namespace caf::aiomas::detail
