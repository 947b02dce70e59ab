#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

/// Every limit and default of the library. Where a name stands in parentheses,
/// it is the option of `caf.aiomas` that changes it; what `session_limits` and
/// `options` have can also be chosen for a container, server or connection. Two
/// more options have no default to stand here: `call-timeout`, since calls have
/// no deadline, and `reject-overflow`, since calls wait while
/// `max_outbound_bytes` wait to be written.
namespace caf::aiomas::defaults {

// -- what a message may be ----------------------------------------------------

/// Longest payload of a frame in bytes, in either direction (`max-payload`).
/// Checked on the header, before a byte is buffered.
constexpr size_t max_payload = size_t{64} << 20;

/// Deepest nesting of a message's content, in either direction (`max-nesting`).
constexpr size_t max_nesting = 64;

/// Most values in a message that arrives (`max-values`): each element, key and
/// content of lists and dicts counts. A value takes 40 bytes and more, and may
/// be a single byte in a message, or far less where that is compressed.
constexpr size_t max_values = size_t{4} << 20;

/// Text and bytes in a message that are at least this long stay where they were
/// received, unless they are less than 1/64 of their message, or that is less
/// than 1/4 of the memory that it is in: whoever keeps a small part should not
/// keep all of it.
constexpr size_t min_shared_size = size_t{4} << 10;

/// Those that are shared and at least this long are sent from where they are,
/// if the codec can do that, instead of being copied.
constexpr size_t min_shared_output = size_t{64} << 10;

// -- how long things may take -------------------------------------------------

/// A frame must arrive completely within this time from its first byte on
/// (`frame-timeout`) …
constexpr std::chrono::seconds frame_timeout{15};

/// … plus this for each MiB that its header announces
/// (`frame-timeout-per-mib`).
constexpr std::chrono::seconds frame_timeout_per_mib{1};

/// Bytes that wait to be written must make progress within this time
/// (`write-timeout`).
constexpr std::chrono::seconds write_timeout{30};

/// Bytes that are still to be written when a connection is closed must leave
/// within this time (`close-timeout`).
constexpr std::chrono::seconds close_timeout{5};

/// A connection on which nothing comes or goes for this time is closed, unless
/// one side waits for an answer of the other (`idle-timeout`). Zero: it stays.
/// Proxies of a container that does not reconnect are of no use after that.
constexpr std::chrono::seconds idle_timeout{0};

/// Clocks of a simulation show no time, and no clock makes anybody wait, beyond
/// this many seconds, 285 years: up to there, a `double` tells microseconds
/// apart, and the system's clock has dates.
constexpr double longest_time = 9e9;

/// How often timers of a clock that does not say when they are due look at it.
constexpr std::chrono::milliseconds clock_poll_interval{10};

/// When a container shuts down, requests that are being worked on may take this
/// time before they fail (`shutdown-timeout`).
constexpr std::chrono::seconds shutdown_timeout{2};

/// One attempt to connect, all addresses of a name together
/// (`connect-attempt-timeout`).
constexpr std::chrono::seconds connect_attempt_timeout{10};

/// A TLS handshake, on either side (`tls-handshake-timeout`). Connections under
/// handshake count as accepted.
constexpr std::chrono::seconds tls_handshake_timeout{10};

/// If an address of a name has not answered after this time, the next one is
/// tried as well. The first that answers wins.
constexpr std::chrono::milliseconds connect_head_start{250};

/// First pause between attempts to connect (`connect-retry-min`); each pause is
/// 1.5 times the one before, give or take 10 %.
constexpr std::chrono::milliseconds connect_retry_min{500};

/// Longest pause between attempts to connect (`connect-retry-max`).
constexpr std::chrono::seconds connect_retry_max{30};

// -- how much may be going on -------------------------------------------------

/// Requests of one peer that are being worked on at a time
/// (`max-inbound-requests`). Beyond it nothing more is read, or while a call of
/// our own is pending on the connection, requests are refused with
/// `overloaded`.
constexpr size_t max_inbound_requests = 1024;

/// The same, counted in bytes of payload (`max-inbound-bytes`).
constexpr size_t max_inbound_bytes = size_t{64} << 20;

/// Bytes that wait to be written to one peer (`max-outbound-bytes`). A frame is
/// always accepted when nothing waits.
constexpr size_t max_outbound_bytes = size_t{16} << 20;

/// Calls that wait until there is room on their connection, or of one remote
/// agent until there is a connection again (`max-waiting-calls`). Further ones
/// fail with `overloaded`.
constexpr size_t max_waiting_calls = size_t{64} << 10;

/// Accepted connections of one server (`max-connections`). Further ones are
/// closed at once.
constexpr size_t max_connections = 1024;

/// The same, per address of a peer, or per user of Unix peers
/// (`max-connections-per-peer`).
constexpr size_t max_connections_per_peer = 1024;

/// Bytes that a TLS peer may make us write without reading them, beside what is
/// written to it: more than any handshake needs. Beyond it, the connection is
/// closed.
constexpr size_t max_tls_output = size_t{512} << 10;

/// Bytes of a client that are read and dropped after a TLS handshake that
/// failed, so that the reason reaches it before the end does.
constexpr size_t max_tls_drained = size_t{64} << 10;

// -- dispatch -----------------------------------------------------------------

/// Requests that an I/O thread lets actors that are idle handle as soon as they
/// are read, in one turn, if its container asked for that.
constexpr size_t inline_at_once = 512;

/// Actors that it runs besides at the end of one turn. The others go to the
/// scheduler.
constexpr size_t inline_runs = 64;

/// Messages that each of them may handle before the next one gets its turn.
constexpr size_t inline_messages = 16;

// -- sockets and threads ------------------------------------------------------

/// I/O threads of an actor system (`io-threads`). 0: see `middleman::poll`.
constexpr size_t io_threads = 1;

/// Who may connect to a Unix socket: the user that the server runs as.
constexpr uint32_t ipc_permissions = 0600;

/// How long to wait for other servers that are just starting in the same
/// directory, before a Unix socket cannot be listened on.
constexpr std::chrono::seconds ipc_lock_timeout{2};

/// Bytes that may be on their way in each direction of a local connection.
constexpr size_t local_buffer = size_t{1} << 20;

/// Names that are looked up at a time, for all systems of the process. Beyond
/// it, further ones wait.
constexpr size_t max_look_ups = 32;

/// Idle time before TCP probes whether the peer is still there
/// (`keepalive-idle`).
constexpr std::chrono::seconds keepalive_idle{30};

/// Pause between two such probes (`keepalive-interval`).
constexpr std::chrono::seconds keepalive_interval{10};

/// Unanswered probes after which the connection counts as lost
/// (`keepalive-probes`).
constexpr int keepalive_probes = 3;

// -- child processes ----------------------------------------------------------

/// How long a node may take until it is ready (`node_command::ready_timeout`).
/// Beyond it, it is killed.
constexpr std::chrono::seconds node_ready_timeout{30};

/// What a node gets to end by itself when it is stopped
/// (`node_command::stop_timeout`). Beyond it, it is sent a SIGTERM.
constexpr std::chrono::seconds node_stop_timeout{15};

/// What it gets after that (`node_command::term_timeout`). Beyond it, it is
/// killed.
constexpr std::chrono::seconds node_term_timeout{5};

/// First and longest pause before a node that has failed is started again, and
/// how long it must have served for them to begin anew (`restart_policy`).
constexpr std::chrono::milliseconds node_restart_min{500};
constexpr std::chrono::seconds node_restart_max{30};
constexpr std::chrono::minutes node_healthy_after{1};

/// Bytes of a line that a child process prints. Longer ones come in pieces.
constexpr size_t max_child_line = size_t{64} << 10;

} // namespace caf::aiomas::defaults
