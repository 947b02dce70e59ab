#pragma once

#include "caf/aiomas/detail/activity.hpp"
#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/io_timer.hpp"
#include "caf/aiomas/detail/link_census.hpp"
#include "caf/aiomas/detail/transport.hpp"
#include "caf/aiomas/session.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace caf::aiomas::detail {

/// A session on a stream: the skin that brings bytes and time to the protocol.
/// Alive as long as it is open, or somebody holds it.
class connection final : public io_loop::resident,
                         public io_loop::flushable,
                         public session::listener,
                         public std::enable_shared_from_this<connection> {
public:
  /// Receives what the peer wants. Called in the loop's thread.
  class observer {
  public:
    virtual ~observer();
    virtual void on_request(connection& from, inbound_id&& id, value&& content)
      = 0;
    virtual void on_closed(connection& what, const fault& reason) = 0;
  };

  using observer_ptr = std::shared_ptr<observer>;

  // -- for the loop's thread --------------------------------------------------

  /// `ticket` is released when the connection has ended.
  connection(io_loop& home, stream_ptr transport, std::unique_ptr<codec> how,
             const session_limits& limits,
             std::shared_ptr<void> ticket = nullptr);

  ~connection() override;

  /// Begins to read. What arrives goes to `who`, which is released at the end.
  void start(observer_ptr who);

  /// Replaces the observer, for example when a channel becomes an RPC client.
  void observe(observer_ptr who);

  /// Counts the frames of the connection by `end` until it closes, and what
  /// happens on it as going on; by nothing if it is null.
  void count_by(std::unique_ptr<counted_end> end);

  /// What counts them; null if nothing does.
  const counted_end* counted() const noexcept {
    return counted_.get();
  }

  void abort() override;

  void flush() override;

  /// The protocol. Whoever uses it calls `touch` afterwards.
  session& protocol() noexcept {
    return session_;
  }

  /// Makes the current turn end with a flush.
  void touch();

  // -- for any thread ---------------------------------------------------------

  /// Sends a request, before this returns if that can be; `on_reply` is called
  /// once, in the loop's thread, maybe from within if the request is refused.
  /// Returns what names the call for `cancel`.
  uint64_t request(value content, session::reply_handler on_reply,
                   std::optional<session::clock::duration> timeout
                   = std::nullopt);

  /// Ends a call with `cancelled`, unless it has ended; its late reply is
  /// dropped.
  void cancel(uint64_t call);

  void reply(inbound_id id, value result);

  void fail(inbound_id id, std::string traceback);

  /// Closes in an orderly manner: what is encoded already is still sent.
  void close(fault reason);

  /// Closes as soon as what the peer has asked so far is answered, at the
  /// latest after `limit`. `until_end` is released when the connection has
  /// ended.
  void finish(fault reason, std::chrono::nanoseconds limit,
              std::shared_ptr<void> until_end);

  /// Whether the connection has ended. May change at any time to true.
  bool closed() const noexcept {
    return session_.closed();
  }

  /// The ends of the connection.
  const stream& ends() const noexcept {
    return *stream_;
  }

private:
  void on_request(inbound_id&& id, value&& content) override;
  void on_closed(const fault& reason) override;

  bool may_request_now();
  void read();
  void read_into(std::span<std::byte> room);
  void drain();
  void on_read(std::error_code ec, size_t n);
  void commit(size_t n);
  void write();
  void write_early();
  size_t write_what_fits(std::error_code& ec);
  void note_written(size_t n);
  void on_written(std::error_code ec, size_t n);
  void write_failed(std::error_code ec);
  void notice_progress();
  void count_writing();
  void broken(std::error_code ec);
  void arm_timer();
  bool ends_orderly() const noexcept;
  bool settled();
  void end_if_done();
  void report_end();

  stream_ptr stream_;
  std::shared_ptr<void> ticket_;
  std::shared_ptr<void> until_end_;
  session session_;
  observer_ptr observer_;
  io_timer timer_;
  std::optional<session::time_point> armed_;
  gathered_bytes out_; // what the stream is writing, without what it took
  byte_buffer dropped_; // what is read in the end
  size_t outstanding_ = 0; // while writing: what had not arrived last time
  std::error_code write_error_; // after which nothing is written
  session::time_point quiet_since_; // when the peer last said something
  bool reading_ = false; // a read is under way
  bool alone_ = false; // what was read is handled, and nobody else reads
  size_t handled_ = 0; // messages of it so far
  bool writing_ = false; // a write is under way
  bool draining_ = false; // reads until what was written has arrived
  bool output_ended_ = false; // the peer was told that there is no more
  bool dirty_ = false; // a flush is to come
  // None is to be sent at once: if the handler of one that fails makes the next
  // one, that might go on for ever.
  bool posts_requests_ = false;
  bool ended_ = false; // the stream is closed
  std::unique_ptr<counted_end> counted_;
  activity::token counts_writing_; // while writing, if that is counted
  session::clock::duration close_timeout_;
  std::optional<session::time_point> linger_until_;
  std::atomic<uint64_t> last_call_ = 0; // for any thread
};

using connection_ptr = std::shared_ptr<connection>;

} // namespace caf::aiomas::detail
