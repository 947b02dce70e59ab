#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/channel.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/proxy.hpp"
#include "caf/aiomas/server.hpp"
#include "caf/aiomas/service.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/fwd.hpp>

#include <functional>
#include <memory>

namespace caf::aiomas {

/// A connection over which both ends call each other's functions by name. A
/// counted handle for any thread: when the last one goes, and the last proxy
/// that was made by `remote`, the connection is closed.
class rpc_client {
public:
  rpc_client() = default;

  /// Turns a channel into an RPC connection. The peer may call the functions of
  /// `what`; without one, it gets a `LookupError` for whatever it calls.
  explicit rpc_client(aiomas::channel ch, hosted_service what = {});

  /// @private
  rpc_client(aiomas::channel ch, std::shared_ptr<detail::rpc_link> link,
             hosted_service what);

  /// The channel underneath. Requests go to the service, so its `recv` waits
  /// until the connection ends.
  const aiomas::channel& channel() const noexcept;

  /// Stands for the root service of the peer.
  proxy remote() const;

  /// The service that the peer can call, if any.
  const hosted_service& service() const noexcept;

  /// Closes in an orderly manner; calls under way fail.
  void close() const;

  /// Calls `what` once when the connection is lost, for whatever reason but our
  /// own `close`; at once if that has happened. It runs in an I/O thread and
  /// must not block. Actors had better monitor `remote().as_actor()`.
  void on_connection_reset(std::function<void(const error&)> what) const;

  explicit operator bool() const noexcept {
    return data_ != nullptr;
  }

private:
  struct data;

  std::shared_ptr<data> data_;
};

/// Serves the functions of `what` via the channel `ch`, until the connection or
/// the last handle of the result goes. The original's `rpc_service`.
rpc_client rpc_service(hosted_service what, channel ch);

namespace rpc {

/// Welcomes one client: the body of an actor that is spawned for it. What it
/// calls on the client it does by `remote()`.
using client_handler = std::function<void(event_based_actor*, rpc_client)>;

/// Connects to `where`. The peer may call the functions of `what`.
pending<rpc_client> open_connection(actor_system& sys, address where,
                                    hosted_service what = {},
                                    options opts = {});

/// Listens on `where`, as long as a handle of the result lives, and serves the
/// functions of `what` to every client. Connections live until their client
/// goes; `on_client` is called for each.
pending<server> start_server(actor_system& sys, address where,
                             hosted_service what, client_handler on_client = {},
                             options opts = {});

} // namespace rpc

} // namespace caf::aiomas
