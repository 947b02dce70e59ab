#pragma once

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/keepalive.hpp"
#include "caf/aiomas/peer_info.hpp"
#include "caf/aiomas/port_range.hpp"
#include "caf/aiomas/serializers.hpp"
#include "caf/aiomas/session_limits.hpp"
#include "caf/aiomas/ssl.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace caf::aiomas {

class clock;

/// Which threads run the actors that peers call.
enum class dispatch_mode {
  /// The workers of CAF's scheduler: all cores work.
  scheduled,
  /// The I/O thread that got the request: the shortest way there and back, for
  /// functions that take a few microseconds. They delay each other and all
  /// other traffic of the thread; when much is to be done at once, the
  /// scheduler
  /// helps. Functions must not block; blocking calls of this library return
  /// `errc::would_deadlock`. Actors that were spawned as `detached` keep their
  /// own thread.
  inlined,
};

/// What a container does about the proxies that `container::connect` gave, and
/// about what `[]` makes of them, when their connection is lost. Calls under
/// way fail at once in any case.
enum class reconnect_policy {
  /// They are of no use any more, as in the original: calls fail with
  /// `connection_closed`, and `connect` returns new ones.
  off,
  /// The next call opens another connection, trying for as long as
  /// `connect_timeout` says (by default once), and asks for the agent again; it
  /// fails like `connect` would. Calls that come meanwhile wait for the same
  /// connection, until their deadlines if they have any. If none comes about,
  /// further calls fail at once during a pause, which grows from
  /// `connect_retry_min` to `connect_retry_max`; `connect` does not mind it.
  /// Without a call, nothing is tried. No call is sent twice, unless by
  /// `proxy::idempotent`.
  backoff,
};

/// What can be chosen for connections and for servers. What is left empty comes
/// from the options `caf.aiomas.*` of the actor system, and where these say
/// nothing, from `defaults.hpp`.
struct options {
  using duration = std::chrono::nanoseconds;

  /// Makes the codec of each new connection. Both ends need the same.
  codec_factory codec = json_codec::make;

  /// Serializers for types of your own, of each new connection. Both ends need
  /// the same in the same order: type ids are counted. Containers have dates in
  /// front (type id 0), then come those that `codec` has registered itself,
  /// then these; connections of containers and RPC have services and proxies as
  /// the last. If a type has two, opening and creating fail with
  /// `invalid_argument`.
  std::vector<any_serializer> serializers;

  /// Bounds of each connection. To change some only, start from what the system
  /// is configured for: `middleman::of(sys).limits()`.
  std::optional<session_limits> limits;

  /// How long to go on trying to connect. Zero or less: one attempt. More:
  /// after a failure, further attempts follow until one fails after this time,
  /// after pauses that grow by half from `connect_retry_min` on. Use
  /// `forever` to go on without end. Unix sockets are tried again only while
  /// their file does not exist. Nothing goes on once the deadline of the
  /// operation has passed; connects of a container that share an attempt go by
  /// the last one's.
  duration connect_timeout = duration::zero();

  /// For `connect_timeout` and `call_timeout`.
  static constexpr duration forever = duration::max();

  /// Bound of a single attempt: looking the name up and trying all its
  /// addresses.
  std::optional<duration> connect_attempt_timeout;

  /// TLS of TCP connections, for example `ssl_certs{"ca.pem", "device.pem",
  /// "device.key"}`. Files are read when a container or server is created or a
  /// connection is begun; what is wrong with them, and addresses that are not
  /// TCP, fail with `invalid_argument`. An attempt to connect that fails in
  /// the handshake has failed like any other.
  ssl_choice ssl;

  /// Bound of a TLS handshake, on either side.
  std::optional<duration> tls_handshake_timeout;

  /// First and longest pause between attempts. Less than 1 ms counts as that.
  std::optional<duration> connect_retry_min;
  std::optional<duration> connect_retry_max;

  /// Of a container: what becomes of proxies whose connection is lost.
  reconnect_policy reconnect = reconnect_policy::off;

  /// When TCP gives up on peers that say nothing.
  std::optional<aiomas::keepalive> keepalive;

  /// Deadline of each call that has none of its own. `forever`: none, whatever
  /// the system is configured for.
  std::optional<duration> call_timeout;

  /// How long the shutdown of a container waits for requests of others that are
  /// being worked on, all together. Zero or less: not at all.
  std::optional<duration> shutdown_timeout;

  /// Of a container or RPC server: which threads run the actors.
  dispatch_mode dispatch = dispatch_mode::scheduled;

  /// Of a container: the clock for its agents, see `clock.hpp`. By default it
  /// shows real time. Deadlines of the network are in real time in any case.
  std::shared_ptr<aiomas::clock> clock;

  /// Accepted connections of a server, in total and from one address, or from
  /// one user if they are Unix peers.
  std::optional<size_t> max_connections;
  std::optional<size_t> max_connections_per_peer;

  /// Of a server whose address has port 0: take a free port of this range, at
  /// random, instead of any that the system has.
  std::optional<port_range> ports;

  /// Of a server at `ipc://[path]`: who may connect, as the mode of its file,
  /// from 0 to 0777, whatever the umask of the process. Connecting takes the
  /// permission to write. Abstract names have no permissions: everyone in the
  /// same network namespace may connect.
  uint32_t ipc_permissions = defaults::ipc_permissions;

  /// Of a server: whether an accepted connection may stay. Called for each one
  /// that is within the limits, before a request is read from it. If it returns
  /// false or throws, the connection is closed at once and counted as refused.
  /// It runs in an I/O thread, and in several at a time if there are several:
  /// it must not block.
  std::function<bool(const peer_info&)> on_connect;
};

} // namespace caf::aiomas
