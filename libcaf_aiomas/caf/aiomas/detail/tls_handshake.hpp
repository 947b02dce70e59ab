#pragma once

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/io_timer.hpp"
#include "caf/aiomas/detail/tls_stream.hpp"
#include "caf/aiomas/detail/transport.hpp"
#include "caf/aiomas/ssl.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>

namespace caf::aiomas::detail {

/// Makes a stream that was just connected one with TLS, within its own time.
/// Kept alive by its operations. For the thread of its loop.
class tls_handshake final : public io_loop::resident,
                            public std::enable_shared_from_this<tls_handshake> {
public:
  using done_handler = connect_handler;

  struct settings {
    ssl_context with; // for a server or for a client
    std::string host; // what a client connects to
    std::chrono::nanoseconds timeout;
  };

  /// Use `begin`.
  tls_handshake(io_loop& home, settings how, done_handler done);

  /// Begins. `done` gets the stream, or `cannot_connect` with a text that tells
  /// why not, or `shut_down` after `abort`. It is called exactly once, maybe at
  /// once.
  static std::weak_ptr<io_loop::resident>
  begin(io_loop& home, stream_ptr below, settings how, done_handler done);

  void abort() override;

private:
  void run(stream_ptr below);
  void on_shaken(outcome<void> result);
  void finish(outcome<stream_ptr> result);

  settings how_;
  done_handler done_;
  io_timer timer_;
  std::unique_ptr<tls_stream> ends_;
  std::optional<fault> failure_; // known, but the peer is not gone yet
};

} // namespace caf::aiomas::detail
