#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/detail/connection.hpp"
#include "caf/aiomas/detail/server.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/server.hpp"

#include <functional>
#include <memory>

namespace caf::aiomas::detail {

/// Takes a new connection before it begins to read, in its loop's thread.
using connected_handler = unique_function<void(outcome<connection_ptr>)>;

/// Who opens a connection; each has serializers of its own.
enum class layer { channel, rpc, container };

/// What options are for: it tells which ends of TLS are needed.
enum class purpose { connecting, serving, both };

/// Completes options for connections from or to `where`, makes the contexts
/// that TLS needs, so that `ssl` is either nothing or `ssl_contexts`, and lets
/// their codec make all serializers that a connection of the layer has, but the
/// one for services and proxies, which is the link's. Fails with
/// `invalid_argument` if a type has two, or if TLS cannot be used. For any
/// thread.
outcome<options> prepare(middleman& mm, options opts, layer what,
                         const address& where, purpose why);

/// An operation that fails as soon as it begins.
template <class T>
pending<T> failed(fault why) {
  return pending<T>{[why = to_error(std::move(why))](
                      typename pending<T>::completion done,
                      std::optional<typename pending<T>::duration>) {
    done(why);
    return typename pending<T>::canceller{};
  }};
}

// All of these take options that are prepared.

/// How to connect.
connect_settings settings_of(const options& opts);

/// Connects to `where`. For the thread of `home`.
connect_attempt dial(io_loop& home, const address& where, const options& opts,
                     connected_handler done);

/// Listens on `where` and wraps what connects. For any thread; both handlers
/// are called in the threads of loops.
void serve(middleman& mm, const address& where, const options& opts,
           std::function<void(connection_ptr)> on_connect,
           server::done_handler done);

/// The same as an operation that yields a handle.
pending<aiomas::server>
make_server(middleman& mm, address where, options opts,
            std::function<void(connection_ptr)> on_connect);

/// Renders an address as the original does: `('localhost', 5555)` or
/// `LocalQueue('id')`.
std::string name_of(const address& where);

/// Renders the peer of a connection in the same way.
std::string peer_name(const stream& ends);

} // namespace caf::aiomas::detail
