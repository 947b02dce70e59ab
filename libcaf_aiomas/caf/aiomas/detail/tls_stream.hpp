#pragma once

#include "caf/aiomas/detail/tls_engine.hpp"
#include "caf/aiomas/detail/tls_info.hpp"
#include "caf/aiomas/detail/transport.hpp"

#include <memory>
#include <string>
#include <vector>

namespace caf::aiomas::detail {

/// TLS on top of another stream. What is not written yet must come again: after
/// a write that did not take all, the next one begins with the rest.
///
/// A peer may tell why it refuses us and be gone at once. So while a read is
/// under way, which may have the reason, a failed write waits for it.
class tls_stream final : public stream {
public:
  using handshake_handler = unique_function<void(outcome<void>)>;

  using drain_handler = unique_function<void()>;

  tls_stream(io_loop& home, stream_ptr below,
             std::unique_ptr<tls_engine> engine);

  ~tls_stream() override;

  /// To be done before all else. Calls `done` later, once, also after `close`.
  void handshake(handshake_handler done);

  /// After a handshake that failed: waits until the peer goes, and drops what
  /// it still sends, up to a limit. If we went first, it might not get to know
  /// why.
  void drain(drain_handler done);

  /// Whether the peer was told something that `drain` helps to arrive.
  bool told() const noexcept;

  // -- implementation of stream -----------------------------------------------

  void read_some(std::span<std::byte> into, io_handler done) override;

  size_t try_write(std::span<const std::byte> what,
                   std::error_code& ec) override;

  void write_some(std::span<const std::byte> what, io_handler done) override;

  /// Tries to end TLS in an orderly manner, without waiting.
  void close() noexcept override;

  bool settled() noexcept override;

  size_t outstanding() noexcept override;

  bool end_output() noexcept override;

  address::transport how() const noexcept override;

  const std::string& peer_host() const noexcept override;

  uint16_t peer_port() const noexcept override;

  const std::string& local_host() const noexcept override;

  uint16_t local_port() const noexcept override;

  std::optional<value> extra_info(std::string_view name) const override;

  std::optional<peer_certificate> certificate() const override;

private:
  class core;

  std::shared_ptr<core> core_; // lives as long as its operations
};

} // namespace caf::aiomas::detail
