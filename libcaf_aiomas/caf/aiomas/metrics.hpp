#pragma once

#include "caf/aiomas/errc.hpp"
#include "caf/aiomas/latency_histogram.hpp"

#include <cstdint>
#include <map>

namespace caf::aiomas {

namespace detail {

struct traffic;

} // namespace detail

/// How many errors there were, by kind; kinds that there were none of are
/// missing.
using error_counts = std::map<errc, uint64_t>;

/// What the connections of an actor system have seen and done since it began,
/// and what is going on, see `middleman::metrics`. Taken while the I/O threads
/// go on, so its numbers are not all of the same instant; what is going on may
/// include what has ended meanwhile.
struct metrics_snapshot {
  // -- connections ------------------------------------------------------------

  /// By servers, TLS handshake included.
  uint64_t connections_accepted = 0;

  /// To others, TLS handshake included.
  uint64_t connections_opened = 0;

  /// By servers, at once: there were too many already, or `options::on_connect`
  /// said so.
  uint64_t connections_refused = 0;

  /// TLS handshakes with clients that did not come about.
  uint64_t handshakes_failed = 0;

  /// Connects that were given up, by reason.
  error_counts connects_failed;

  /// Connections that there are no more, by reason. `connection_closed` and
  /// `shut_down` are the orderly ones.
  error_counts connections_ended;

  /// Those that there are.
  uint64_t connections = 0;

  // -- bytes ------------------------------------------------------------------

  uint64_t frames_received = 0;

  /// Those that wait to be written, or never were, included.
  uint64_t frames_sent = 0;

  uint64_t bytes_received = 0;
  uint64_t bytes_sent = 0;

  /// Bytes that wait to be written.
  uint64_t outbound_bytes = 0;

  // -- calls of this system ---------------------------------------------------

  uint64_t calls_succeeded = 0;

  /// By reason. Those with `remote_exception` and `deserialization_error` were
  /// answered.
  error_counts calls_failed;

  /// Those that wait for their answer.
  uint64_t calls_pending = 0;

  /// How long those that were answered took, from when the I/O thread had them
  /// until it read the answer.
  latency_histogram call_latency;

  /// Answers to calls that had been given up.
  uint64_t replies_dropped = 0;

  // -- calls of peers ---------------------------------------------------------

  uint64_t requests_received = 0;
  uint64_t requests_succeeded = 0;
  uint64_t requests_failed = 0;

  /// Answered without being handled: undecodable, beyond a limit, or after the
  /// shutdown had begun.
  uint64_t requests_refused = 0;

  /// Not answered, since the connection was gone before.
  uint64_t requests_dropped = 0;

  /// Those that are being worked on.
  uint64_t requests_pending = 0;

  /// How long those that were handled took, from when they were read until
  /// their answer was encoded.
  latency_histogram request_latency;

  /// Adds what one I/O thread has counted.
  void add(const detail::traffic& what);
};

} // namespace caf::aiomas
