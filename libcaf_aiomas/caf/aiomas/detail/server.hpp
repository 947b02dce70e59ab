#pragma once

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/throttle.hpp"
#include "caf/aiomas/detail/transport.hpp"

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace caf::aiomas::detail {

/// A listening socket that counts the connections it accepts and refuses those
/// beyond its limits.
class server : public std::enable_shared_from_this<server> {
public:
  struct settings {
    size_t connections;
    size_t connections_per_peer;
    listen_settings listening;
    /// Whether an accepted connection may stay, if anyone decides that. Called
    /// in the thread of the connection's loop, for several at a time.
    std::function<bool(const peer_info&)> on_connect;
    ssl_context tls; // empty if it is not used
    std::chrono::nanoseconds tls_handshake_timeout;
  };

  using ticket = listener::ticket;

  /// Takes an accepted connection in the thread of the loop it lives in.
  using accept_handler = listener::accept_handler;

  using done_handler = unique_function<void(outcome<std::shared_ptr<server>>)>;

  /// Listens on `where` and distributes the connections over `loops`. Calls
  /// `done` in the thread of the first loop. For any thread.
  static void open(std::vector<std::shared_ptr<io_loop>> loops,
                   const address& where, settings bounds,
                   accept_handler on_accept, done_handler done);

  /// The address with the port that the system gave.
  const address& where() const noexcept {
    return listener_->where();
  }

  /// Stops to listen; accepted connections stay. `done` is called in the
  /// listener's thread once the socket is closed. For any thread.
  void close(unique_function<void()> done);

  /// How many connections were refused so far. For any thread.
  size_t refused() const noexcept {
    return refused_.load();
  }

  /// How many connections ended in their TLS handshake. For any thread.
  size_t handshakes_failed() const noexcept {
    return handshakes_failed_.load();
  }

  /// How the connections use TLS; empty if they don't.
  const ssl_context& tls() const noexcept {
    return bounds_.tls;
  }

private:
  server(std::vector<std::shared_ptr<io_loop>> loops, settings bounds)
    : loops_(std::move(loops)), bounds_(std::move(bounds)) {
    // nop
  }

  void start(listener_ptr what, accept_handler on_accept);
  void check_descriptors() const;
  ticket admit(const std::string& peer);
  void welcome(io_loop& home, stream_ptr ends, ticket counted,
               const accept_handler& on_accept);
  bool welcomes(const stream& ends) const;
  ticket issue(const std::string& peer);
  void leave(const std::string& peer);
  void shake_hands(io_loop& home, stream_ptr ends, ticket counted,
                   std::shared_ptr<const accept_handler> on_accept);
  void remember(const connect_attempt& handshake);
  void refuse(io_loop& current, event_fields why);
  void report(io_loop& current, severity how, std::string_view name,
              event_fields fields) const;
  void handshake_failed(io_loop& current, const std::string& peer,
                        const fault& why);

  std::vector<std::shared_ptr<io_loop>> loops_;
  settings bounds_;
  listener_ptr listener_;
  throttle refusals_;
  throttle failures_; // of handshakes
  std::atomic<size_t> refused_ = 0;
  std::atomic<size_t> handshakes_failed_ = 0;

  std::mutex mtx_;
  size_t count_ = 0; // guarded by mtx_
  std::unordered_map<std::string, size_t> per_peer_; // guarded by mtx_
  std::vector<connect_attempt> handshakes_; // guarded by mtx_
  size_t sweep_at_ = 64; // guarded by mtx_
  bool closed_ = false; // guarded by mtx_
};

using server_ptr = std::shared_ptr<server>;

} // namespace caf::aiomas::detail
