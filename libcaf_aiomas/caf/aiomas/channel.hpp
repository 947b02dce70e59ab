#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/peer_info.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/server.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/fwd.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <string_view>

namespace caf::aiomas {

namespace detail {

class channel_core;
struct unanswered;

} // namespace detail

/// A request of the peer of a channel. A counted handle; whoever has it
/// answers, from any thread. If the last handle goes without an answer, the
/// peer gets an exception that says so.
class request {
public:
  explicit request(std::shared_ptr<detail::unanswered> impl);

  const value& content() const noexcept;

  /// Who asks.
  peer_info peer() const;

  /// Sends `result` to the peer. Only the first answer counts.
  void reply(value result) const;

  /// Raises a `RemoteException` at the peer.
  void fail(const error& reason) const;

  /// The same with a C++ exception, as if a handler had thrown it.
  void fail(const std::exception_ptr& reason) const;

private:
  std::shared_ptr<detail::unanswered> impl_;
};

/// A connection over which both ends send requests and replies, without agents
/// or functions. A counted handle for any thread: when the last one goes, the
/// connection is closed. A `send` or `recv` that waits counts as a handle.
class channel {
public:
  /// Serves one client: the body of an actor that is spawned for it. It lives
  /// as long as it waits for something, and ends with an error in hand when the
  /// connection or the actor system does.
  using client_handler = std::function<void(event_based_actor*, channel)>;

  channel() = default;

  explicit channel(std::shared_ptr<detail::channel_core> impl);

  // -- opening ----------------------------------------------------------------

  /// Connects to `where`. Fails with `cannot_connect`.
  static pending<channel> open_connection(actor_system& sys, address where,
                                          options opts = {});

  /// Listens on `where`, as long as a handle of the result lives. Fails with
  /// `cannot_listen`.
  static pending<server> start_server(actor_system& sys, address where,
                                      client_handler on_client,
                                      options opts = {});

  // -- messages ---------------------------------------------------------------

  /// Sends a request; the result is the reply. Fails with `remote_exception` if
  /// the peer answers so, `connection_closed` or `connection_reset` if it can't
  /// answer any more, `serialization_error` if the content has no encoding.
  pending<value> send(value content) const;

  /// Waits for a request of the peer. Fails with `already_receiving` while
  /// another `recv` waits, and with the reason for which the connection ended.
  pending<request> recv() const;

  /// Closes in an orderly manner: what was sent is still written. Pending calls
  /// and a waiting `recv` fail with `connection_closed`.
  void close() const;

  // -- properties -------------------------------------------------------------

  /// Whether the connection has ended.
  bool closed() const noexcept;

  /// The codec. Its name and limits may be read from any thread, the rest
  /// belongs to the I/O thread.
  const aiomas::codec& codec() const noexcept;

  /// Who is at the other end.
  peer_info peer() const;

  /// Returns what is known about the connection: for "peername" and "sockname"
  /// a list of host and port; of a Unix socket the path it is bound to, which
  /// is empty for most clients; of a local connection `LocalQueue('id')`. For
  /// "peercred" of a Unix socket a dict of `uid`, `gid` and `pid`. With TLS also
  /// "cipher", a list of name, version and bits, "peercert", a dict like that of
  /// Python's `ssl.getpeercert`, and "ssl_version", for example "TLSv1.3".
  /// Anything else is `fallback`.
  value get_extra_info(std::string_view name, value fallback = {}) const;

  explicit operator bool() const noexcept {
    return owner_ != nullptr;
  }

  /// @private
  detail::channel_core& core() const noexcept;

private:
  class owner;

  std::shared_ptr<owner> owner_;
};

} // namespace caf::aiomas
