#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/unique_function.hpp"
#include "caf/aiomas/keepalive.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/peer_info.hpp"
#include "caf/aiomas/port_range.hpp"
#include "caf/aiomas/ssl.hpp"
#include "caf/aiomas/value.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

namespace caf::aiomas::detail {

/// A connected stream of bytes, whatever it runs over. For its loop's thread.
/// At most one `read_some` and one `write` are under way at a time; their
/// handlers are called exactly once, also after `close`.
class stream {
public:
  using io_handler = unique_function<void(std::error_code, size_t)>;

  /// How many pieces are written at a time.
  static constexpr size_t max_pieces = 16;

  virtual ~stream();

  /// Reads at least one byte. `asio::error::eof` tells that the peer is done.
  virtual void read_some(std::span<std::byte> into, io_handler done) = 0;

  /// Writes what can be written without waiting, maybe nothing.
  virtual size_t try_write(std::span<const std::byte> what, std::error_code& ec)
    = 0;

  /// The same for several pieces, one after the other.
  virtual size_t
  try_write_all(std::span<const std::span<const std::byte>> pieces,
                std::error_code& ec);

  /// Writes at least one byte of `what`, waiting as long as it takes.
  virtual void write_some(std::span<const std::byte> what, io_handler done) = 0;

  /// Ends everything at once.
  virtual void close() noexcept = 0;

  /// Whether `close` can do no harm to what was written: all of it has arrived,
  /// and no bytes of the peer are unread, for which the system would reset the
  /// connection.
  virtual bool settled() noexcept {
    return true;
  }

  /// How many of the bytes written have not arrived, as far as is known.
  virtual size_t outstanding() noexcept {
    return 0;
  }

  /// Says that nothing more will be written. Reading goes on. Returns false if
  /// that is to be said again later.
  virtual bool end_output() noexcept {
    return true;
  }

  /// What the stream runs over.
  virtual address::transport how() const noexcept {
    return address::transport::tcp;
  }

  /// The two ends as the original's `get_extra_info` names them: host and port.
  /// Of a local stream, its id stands for the host; of a Unix socket, the name
  /// it was bound to, or an empty one.
  virtual const std::string& peer_host() const noexcept = 0;
  virtual uint16_t peer_port() const noexcept = 0;
  virtual const std::string& local_host() const noexcept = 0;
  virtual uint16_t local_port() const noexcept = 0;

  /// Who the peer is, if the system tells.
  virtual std::optional<peer_credentials> credentials() const {
    return std::nullopt;
  }

  /// What else the original's `get_extra_info` knows about streams of this
  /// kind. For any thread.
  virtual std::optional<value> extra_info(std::string_view name) const;

  /// What the peer has shown, if anything. For any thread.
  virtual std::optional<peer_certificate> certificate() const;
};

using stream_ptr = std::unique_ptr<stream>;

/// All that is known about the peer of a stream.
peer_info info_of(const stream& ends);

/// Where the peer of a stream is.
address peer_of(const stream& ends);

/// Who it is, as the fields of an event.
event_fields peer_fields(const stream& ends);

/// Why a connection attempt failed, or the stream that came of it.
using connect_handler = unique_function<void(outcome<stream_ptr>)>;

/// How long to go on trying to connect.
struct connect_settings {
  /// Nothing: for ever. Zero or less: one attempt. More: further attempts until
  /// one fails after this time.
  std::optional<std::chrono::nanoseconds> timeout
    = std::chrono::nanoseconds::zero();

  /// Bound of a single attempt: looking the name up and trying all its
  /// addresses.
  std::chrono::nanoseconds attempt_timeout;

  /// How long each address of a name is tried before the next one is, too.
  std::chrono::nanoseconds head_start;

  /// First and longest pause between attempts. Each is 1.5 times the one
  /// before, give or take 10 %, and at least a millisecond.
  std::chrono::nanoseconds retry_min;
  std::chrono::nanoseconds retry_max;

  aiomas::keepalive keepalive;

  /// For TCP: how to use TLS; empty if it is not used. Each attempt includes
  /// the handshake, which has a time of its own.
  ssl_context tls;
  std::chrono::nanoseconds tls_handshake_timeout;

  connect_settings() noexcept;
};

/// An attempt to connect that is under way, with all its repetitions. Empty
/// once it is over.
using connect_attempt = std::weak_ptr<io_loop::resident>;

/// Why `where` cannot be connected to.
fault cannot_connect(const address& where, const std::string& why);

/// The same because the loop, or whoever wanted it, is at its end.
fault connecting_shut_down(const address& where);

/// When to try again to connect, and when to stop.
class retry_plan {
public:
  explicit retry_plan(const connect_settings& settings) noexcept
    : timeout_(settings.timeout),
      pause_(settings.retry_min),
      longest_pause_(settings.retry_max) {
    // nop
  }

  /// Whether an attempt that fails this long after the start is the last one.
  bool is_over(std::chrono::nanoseconds elapsed) const noexcept {
    return timeout_ && (timeout_->count() <= 0 || elapsed > *timeout_);
  }

  /// The pause before the next attempt. Each is longer than the one before.
  std::chrono::nanoseconds next_pause() noexcept;

private:
  std::optional<std::chrono::nanoseconds> timeout_;
  std::chrono::nanoseconds pause_;
  std::chrono::nanoseconds longest_pause_;
};

/// Returns the pause, give or take 10 %: it spreads the attempts of many
/// clients whose server went away. For any thread.
std::chrono::nanoseconds jittered(std::chrono::nanoseconds pause);

/// Connects to `where` and calls `done` in the thread of `home`, exactly once.
/// Fails with `cannot_connect` or `shut_down`. For the thread of `home`.
connect_attempt connect(io_loop& home, const address& where,
                        const connect_settings& settings, connect_handler done);

/// Ends an attempt that nobody waits for any more: soon, it gets `shut_down`.
/// Does nothing if it is over. For any thread.
void give_up(const connect_attempt& what);

/// A socket that accepts connections. For the thread of the loop it lives in.
class listener : public io_loop::resident,
                 public std::enable_shared_from_this<listener> {
public:
  /// Says in which loop the next connection is to live: in the one where its
  /// other end is, if that is known and will do.
  using loop_chooser = std::function<io_loop&(io_loop* other_end)>;

  /// What a connection holds as long as it counts.
  using ticket = std::shared_ptr<void>;

  /// Takes a new connection, in the thread of the loop it lives in.
  using accept_handler = std::function<void(io_loop&, stream_ptr, ticket)>;

  /// Decides in the listener's thread whether a peer may connect: returns null
  /// if not. It is counted by its address, or by its user if it is a Unix peer.
  using admission = std::function<ticket(const std::string& counted_as)>;

  using io_loop::resident::resident;

  /// Begins to accept.
  virtual void start(loop_chooser choose, admission admit,
                     accept_handler on_accept)
    = 0;

  /// The addresses it really listens on, with the port the system gave.
  virtual const address& where() const noexcept = 0;
};

using listener_ptr = std::shared_ptr<listener>;

/// Takes a listener that is bound, or the reason why there is none.
using listen_handler = unique_function<void(outcome<listener_ptr>)>;

/// How to listen.
struct listen_settings {
  /// Of the connections.
  aiomas::keepalive keepalive = {};

  /// Who may connect to a Unix socket that has a file.
  uint32_t ipc_permissions;

  /// Instead of any free port for port 0.
  std::optional<port_range> ports = std::nullopt;

  listen_settings() noexcept;
};

/// Why `where` cannot be listened on.
fault cannot_listen(const address& where, const std::string& why);

/// The same because the loop is at its end.
fault listening_shut_down(const address& where);

/// Binds to `where` and calls `done` in the thread of `home`, exactly once. For
/// the thread of `home`. Fails with `cannot_listen`, `invalid_argument` or
/// `shut_down`.
void listen(io_loop& home, const address& where,
            const listen_settings& settings, listen_handler done);

} // namespace caf::aiomas::detail
