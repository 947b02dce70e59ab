#pragma once

#include <cstddef>
#include <cstdint>

namespace caf::aiomas {

/// Everything that can go wrong in this library. Where CAF is in play, a value
/// of this enum is the code of a `caf::error` whose context holds the text.
enum class errc : uint8_t {
  /// No error.
  none = 0,

  // -- addresses and connecting -----------------------------------------------

  /// An agent URL or an address cannot be parsed.
  invalid_url,
  /// No connection to the address came about: refused, unreachable, unknown
  /// host, or no answer in time.
  cannot_connect,
  /// The address cannot be listened on, for example because it is in use.
  cannot_listen,
  /// The container at the other end has no agent with this id.
  no_such_agent,

  // -- connections ------------------------------------------------------------

  /// The connection was closed in an orderly manner, by either side.
  connection_closed,
  /// The connection broke: reset by the peer, or lost underneath.
  connection_reset,
  /// The peer broke the protocol, so that the connection had to be closed.
  protocol_violation,
  /// A frame is longer than the limit, or longer than a frame can be.
  message_too_large,
  /// A frame of the peer, or our own writing, made no progress for too long.
  stalled,

  // -- calls ------------------------------------------------------------------

  /// The other side answered with an exception. The text is its traceback.
  remote_exception,
  /// No reply arrived within the deadline that the caller had set.
  timeout,
  /// The caller gave the call up before its reply arrived.
  cancelled,
  /// Too much is waiting already, here or at the peer.
  overloaded,
  /// Something to be sent has no encoding in the codec of the connection.
  serialization_error,
  /// Something received could not be decoded.
  deserialization_error,
  /// A value does not have the type, shape or range that was asked for.
  type_error,
  /// No exposed function or service has this name.
  lookup_error,
  /// A reply carried a message type that is neither result nor exception.
  invalid_message_type,
  /// A handler failed with an exception of its own.
  handler_failed,

  // -- use of this library ----------------------------------------------------

  /// A blocking call on a thread that must not block: a worker of CAF's
  /// scheduler, one of our I/O threads, or one that drives a system without
  /// threads.
  would_deadlock,
  /// `recv` while another `recv` of the same channel is still waiting.
  already_receiving,
  /// An argument has a value that the function cannot work with.
  invalid_argument,
  /// The container, server or actor system has been shut down.
  shut_down,
};

/// How many codes there are, `none` included.
constexpr size_t errc_count = static_cast<size_t>(errc::shut_down) + 1;

/// Spelled out, because CAF's templates for comparing errors would otherwise be
/// considered first, wherever CAF is included before `error.hpp`.
constexpr bool operator==(errc x, errc y) noexcept {
  return static_cast<uint8_t>(x) == static_cast<uint8_t>(y);
}

/// Returns the name of `code`, for example "connection_closed".
const char* to_string(errc code) noexcept;

} // namespace caf::aiomas
