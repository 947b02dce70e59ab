#pragma once

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/detail/io_clock.hpp"
#include "caf/aiomas/detail/outbox.hpp"
#include "caf/aiomas/detail/pausable_timer.hpp"
#include "caf/aiomas/detail/pending_calls.hpp"
#include "caf/aiomas/detail/traffic.hpp"
#include "caf/aiomas/detail/unique_function.hpp"
#include "caf/aiomas/framing.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/session_limits.hpp"
#include "caf/aiomas/value.hpp"

#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace caf::aiomas {

/// The kinds of messages.
enum class message_type : int64_t {
  request = 0,
  result = 1,
  exception = 2,
};

/// Names a request of the peer that is still to be answered. To be handed back
/// to `session::reply` or `session::fail` exactly once.
struct inbound_id {
  /// The id as the peer spelled it, of whatever type.
  value id;

  /// What the request counts for in `max_inbound_bytes`.
  size_t bytes = 0;

  /// When it was read.
  detail::io_clock::time_point since{};
};

/// The aiomas protocol of one connection, for either side: frames, message
/// triples, ids, pending calls, deadlines and limits. Knows nothing of sockets,
/// threads and actors: bytes and time go in, bytes and events come out. Not
/// thread-safe.
///
/// Every call ends exactly once: with its result, with the exception of the
/// peer, or with the reason for which there will be neither.
class session {
public:
  using clock = detail::io_clock;
  using time_point = clock::time_point;

  /// Takes the end of a call: the result, or a fault of which
  /// `remote_exception` is the peer's own. Must not be empty, must not throw,
  /// and may do what a listener may do.
  using reply_handler = detail::unique_function<void(outcome<value>)>;

  /// Receives what happens. May call any member of the session from within but
  /// `prepare`, must not destroy it, and must not throw.
  class listener {
  public:
    virtual ~listener();

    /// The peer wants an answer to `content`.
    virtual void on_request(inbound_id&& id, value&& content) = 0;

    /// The session is over; it has failed all pending calls with `reason`.
    /// Called once. The transport is to be closed when the output has been
    /// written, or at once if that takes long.
    virtual void on_closed(const fault& reason) = 0;
  };

  /// The codec's limits are set from `limits`; its serializers remain. What
  /// happens is counted in `traffic`, which other sessions of the same thread
  /// may use as well, and which must live as long as this one.
  session(std::unique_ptr<aiomas::codec> how, const session_limits& limits,
          listener& events, detail::session_traffic& traffic);

  session(const session&) = delete;
  session& operator=(const session&) = delete;

  /// Fails what is pending with `connection_closed`, without `on_closed`.
  ~session();

  // -- bytes in ---------------------------------------------------------------

  /// Returns room for bytes from the transport. Not to be called by a callback.
  std::span<std::byte> prepare();

  /// Takes the first `n` bytes of the last `prepare`, and dispatches what is
  /// complete. Frames stay where they are while `wants_input` is false. Once
  /// the session is closed, bytes are ignored.
  void commit(size_t n, time_point now);

  /// Whether bytes are to be read. False once the session is closed, and while
  /// the peer has too many requests with us or takes too few of our replies,
  /// unless we wait for replies of its own: then further requests are refused
  /// instead, since two ends that both stop to read would wait for each other.
  /// Becomes true in `reply`, `fail`, `request` and `written`. Whoever drives
  /// the session asks after each of its calls, and calls `commit(0, now)` when
  /// it became true: frames may be waiting.
  bool wants_input() const noexcept;

  // -- calls ------------------------------------------------------------------

  /// Sends a request. `on_reply` is called exactly once, maybe from within:
  /// with `serialization_error`, `message_too_large` or `overloaded` if it
  /// cannot be sent, with `timeout` if `timeout` passes, else with the outcome.
  /// Returns the number of the call, which is its id on the wire once it is
  /// sent; a call that cannot be encoded has used its id up, as in the
  /// original. A `tag` other than 0 names the call for `cancel_tagged`.
  uint64_t request(value content, reply_handler on_reply, time_point now,
                   std::optional<clock::duration> timeout = std::nullopt,
                   uint64_t tag = 0);

  /// Ends a pending call with `cancelled`; its late reply is dropped. Returns
  /// false if there is no such call. A request that still waits is not sent.
  bool cancel(uint64_t call);

  /// The same for the call with this tag; takes longer, the more are pending.
  bool cancel_tagged(uint64_t tag);

  size_t pending_calls() const noexcept;

  /// Whether a message is being encoded: what serializers of users do must not
  /// lead to another one.
  bool is_encoding() const noexcept {
    return encoding_;
  }

  // -- replies ----------------------------------------------------------------

  /// Answers a request. What cannot be encoded becomes an EXCEPTION that says
  /// so. Does nothing once the session is closed.
  void reply(const inbound_id& id, const value& result, time_point now);

  /// Answers a request with an EXCEPTION. The text is a traceback by
  /// convention.
  void fail(const inbound_id& id, std::string_view traceback, time_point now);

  /// The same with any content, as a peer may send it.
  void fail_with(const inbound_id& id, const value& content, time_point now);

  size_t pending_requests() const noexcept;

  /// Lets the peer have any number of requests under way, for good.
  void lift_request_limits() noexcept {
    limits_.max_inbound_requests = SIZE_MAX;
    limits_.max_inbound_bytes = SIZE_MAX;
  }

  // -- frames -----------------------------------------------------------------

  /// How many frames were encoded; they may still wait for the transport.
  uint64_t frames_sent() const noexcept {
    return frames_sent_;
  }

  /// How many frames were dispatched.
  uint64_t frames_received() const noexcept {
    return frames_received_;
  }

  // -- bytes out --------------------------------------------------------------

  /// Whether bytes wait to be taken.
  bool has_output() const noexcept;

  /// Moves all bytes that wait into `out`, which must be empty; its capacity is
  /// used again. They count as outbound until `written`.
  void take_output(gathered_bytes& out);

  /// Says that the transport has written `n` of the bytes taken.
  void written(size_t n, time_point now);

  /// Says that the transport, which has written nothing, has got rid of bytes
  /// it had: the peer does not stall.
  void progressed(time_point now);

  /// Says that what is left of the output of a session that is over will not be
  /// written.
  void drop_output();

  // -- time -------------------------------------------------------------------

  /// When `advance` is to be called next, if at all.
  std::optional<time_point> deadline() const noexcept;

  /// Ends calls whose deadline has passed, and the session if the peer stalls.
  void advance(time_point now);

  // -- end --------------------------------------------------------------------

  /// Ends the session for a reason of the caller: pending calls fail with it.
  /// Does nothing if it is over already.
  void close(fault reason);

  /// Ends the session with `reason` as soon as all that the peer has asked so
  /// far is answered, at the latest at `by`. Further requests are refused.
  void finish(fault reason, time_point by);

  /// True before the first pending call fails. For any thread.
  bool closed() const noexcept;

  // -- properties -------------------------------------------------------------

  aiomas::codec& codec() noexcept;

  /// Why the session is over, once it is.
  const fault& end() const noexcept;

private:
  /// A request that waits for room. Its handler is in `calls_`.
  struct waiting_request {
    uint64_t id;
    value content;
  };

  /// How the session is to end.
  struct last_requests {
    fault reason;
    time_point by;
  };

  // -- dispatching ------------------------------------------------------------

  bool dispatch_frames(time_point now);

  void dispatch(std::span<const std::byte> payload, time_point now);

  decoded_message decode(std::span<const std::byte> payload);

  void dispatch_request(decoded_message&& msg, size_t bytes, time_point now);

  void dispatch_reply(decoded_message&& msg, bool is_exception, time_point now);

  bool overloaded() const noexcept;

  void refuse(const value& id, std::string_view type, std::string_view why,
              time_point now);

  // -- sending ----------------------------------------------------------------

  bool has_room() const noexcept;

  outcome<void> encode(message_type type, const value& id, const value& content,
                       detail::outbox::kind what, time_point now);

  void send_waiting(time_point now);

  void send_exception(const value& id, const value& content,
                      detail::outbox::kind what, time_point now);

  // -- bookkeeping ------------------------------------------------------------

  uint64_t first_unsent() const noexcept;

  void end_call(uint64_t id, fault reason);

  void finish_call(reply_handler&& on_reply, outcome<value>&& how);

  void fail_call(reply_handler&& on_reply, const fault& reason);

  void give_up(uint64_t id);

  void release(const inbound_id& id) noexcept;

  void answered(const inbound_id& id, detail::counter& kind, time_point now);

  void expire_calls(time_point now);

  void fail_all(const fault& reason);

  std::optional<time_point> frame_deadline() const noexcept;

  std::optional<time_point> write_deadline() const noexcept;

  std::optional<time_point> idle_deadline() const noexcept;

  void end_if_answered();

  /// Ends each member that knows the time: notes whether we read from now on.
  void settle(time_point now) noexcept;

  std::unique_ptr<aiomas::codec> codec_;
  session_limits limits_;
  listener& events_;
  detail::session_traffic& traffic_;
  frame_splitter splitter_;
  detail::outbox out_;
  detail::pending_calls calls_;
  std::deque<waiting_request> waiting_; // in the order of their ids
  uint64_t next_id_ = 0;
  uint64_t frames_sent_ = 0;
  uint64_t frames_received_ = 0;
  size_t requests_ = 0; // of the peer, being worked on
  size_t request_bytes_ = 0; // their payload
  detail::pausable_timer frame_timer_;
  time_point last_now_;
  std::optional<time_point> active_at_; // when anything came or went
  std::optional<last_requests> finish_; // if there are to be no more
  bool dispatching_ = false;
  bool encoding_ = false;
  std::atomic<bool> closed_ = false;
  fault end_; // once closed
};

/// The types that peers see when a request is refused without being handled.
constexpr std::string_view overloaded_error
  = "aiomas.exceptions.OverloadedError";
constexpr std::string_view shut_down_error = "aiomas.exceptions.ShutDownError";

/// Renders an exception as Python does, so that whoever looks at the last line
/// of a traceback finds it there:
/// "Traceback (most recent call last):\n<type>: <text>\n".
std::string format_traceback(std::string_view type, std::string_view text);

} // namespace caf::aiomas
