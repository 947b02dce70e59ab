#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/pending.hpp"

#include <cstddef>
#include <memory>

namespace caf::aiomas {

namespace detail {

class server;

} // namespace detail

/// A socket that listens for clients. A counted handle: when the last one goes,
/// the socket is closed. Connections that were accepted live on.
class server {
public:
  server() = default;

  explicit server(std::shared_ptr<detail::server> impl);

  /// Where it listens, with the port that the system gave for port 0.
  const aiomas::address& address() const;

  /// How many connections were refused so far, since there were too many
  /// already, in total or from one address. They were closed at once. For any
  /// thread.
  size_t refused() const;

  /// How many connections failed in their TLS handshake so far. The first of
  /// them in a while is also told as a warning. For any thread.
  size_t handshakes_failed() const;

  /// Stops to listen. Does nothing the second time.
  void close();

  /// Closes, and is done when the socket is closed.
  pending<void> wait_closed();

  explicit operator bool() const noexcept {
    return owner_ != nullptr;
  }

private:
  class owner;

  std::shared_ptr<owner> owner_;
};

} // namespace caf::aiomas
