#include "caf/aiomas/detail/connection.hpp"

#include "caf/aiomas/detail/debug.hpp"
#include "caf/aiomas/detail/scoped_value.hpp"

#include <asio/error.hpp>

#include <algorithm>
#include <array>

namespace caf::aiomas::detail {

namespace {

/// Bytes that are read at a time to be dropped.
constexpr size_t max_dropped = size_t{16} << 10;

/// How long a peer may say nothing before it is left, if it has all it is to
/// get.
constexpr std::chrono::milliseconds max_silence{100};

/// Of how many messages the output is written before more of them are handled.
constexpr size_t early_messages = 32;

/// Who has read so often one after the other that nobody else seems to be
/// there.
constexpr size_t min_streak = 4;

/// Where the loop of this thread has read last, and how often.
struct reading_streak {
  const connection* who = nullptr;
  size_t length = 0;
};

thread_local reading_streak last_reads;

/// Notes that `who` reads. Returns whether nobody else does.
bool reads_alone(const connection& who) noexcept {
  if (std::exchange(last_reads.who, &who) != &who)
    last_reads.length = 0;
  return ++last_reads.length >= min_streak;
}

session::time_point now() {
  return session::clock::now();
}

} // namespace

connection::observer::~observer() {
  // nop
}

connection::connection(io_loop& home, stream_ptr transport,
                       std::unique_ptr<codec> how, const session_limits& limits,
                       std::shared_ptr<void> ticket)
  : resident(home),
    stream_(std::move(transport)),
    ticket_(std::move(ticket)),
    session_(std::move(how), limits, *this, home.traffic()),
    timer_(home.context()),
    close_timeout_(limits.close_timeout) {
  auto& count = home.traffic();
  ++(ticket_ ? count.connections_accepted : count.connections_opened);
  home.report(severity::info,
              ticket_ ? "connection_accepted" : "connection_opened",
              [this] { return peer_fields(*stream_); });
}

connection::~connection() {
  // nop
}

// -- start and end ------------------------------------------------------------

void connection::start(observer_ptr who) {
  observer_ = std::move(who);
  if (loop().stopping()) {
    abort();
    return;
  }
  touch();
}

void connection::observe(observer_ptr who) {
  if (!ended_)
    observer_ = std::move(who);
}

void connection::count_by(std::unique_ptr<counted_end> end) {
  counted_ = session_.closed() ? nullptr : std::move(end);
  count_writing();
  touch();
}

// The peer may see bytes before we are told that they are written.
void connection::count_writing() {
  counts_writing_
    = writing_ && counted_ ? loop().count_event() : activity::token{};
}

void connection::abort() {
  session_.close(fault{errc::shut_down, "Connection closed"});
  linger_until_ = session::time_point::min();
  end_if_done();
}

void connection::broken(std::error_code ec) {
  if (ec == asio::error::eof)
    session_.close(fault{errc::connection_closed, "Connection closed by peer"});
  else
    session_.close(fault{errc::connection_reset, ec.message()});
  linger_until_ = session::time_point::min();
}

void connection::on_closed(const fault& reason) {
  // Who takes nothing or says nothing for too long has had its time.
  if (reason.code == errc::stalled)
    linger_until_ = session::time_point::min();
  else if (!linger_until_)
    linger_until_ = now() + close_timeout_;
  touch();
  counted_.reset();
  count_writing();
  // The observer may be what keeps the last user's handle.
  if (auto who = std::exchange(observer_, nullptr))
    who->on_closed(*this, reason);
}

bool connection::ends_orderly() const noexcept {
  auto why = session_.end().code;
  return why == errc::connection_closed || why == errc::shut_down;
}

void connection::end_if_done() {
  if (ended_ || !session_.closed())
    return;
  if (now() < *linger_until_) {
    if (writing_ || session_.has_output())
      return;
    if (ends_orderly() && !settled()) {
      drain();
      return;
    }
  }
  ended_ = true;
  report_end();
  stream_->close();
  ticket_.reset();
  timer_.cancel();
  retire();
  // Whoever waited for the end may go on from here.
  auto waited_for = std::move(until_end_);
}

void connection::report_end() {
  auto& why = session_.end();
  ++loop().traffic().connections_ended[why.code];
  session_.drop_output();
  loop().report(ends_orderly() ? severity::info : severity::warning,
                "connection_ended", [&] {
                  auto result = peer_fields(*stream_);
                  result.emplace_back("reason", to_string(why.code));
                  result.emplace_back("text", why.text);
                  return result;
                });
}

// -- events of the session ----------------------------------------------------

void connection::on_request(inbound_id&& id, value&& content) {
  write_early();
  if (auto who = observer_)
    who->on_request(*this, std::move(id), std::move(content));
}

// -- reading ------------------------------------------------------------------

void connection::read() {
  if (!reading_ && !ended_ && !session_.closed() && session_.wants_input())
    read_into(session_.prepare());
}

void connection::read_into(std::span<std::byte> room) {
  reading_ = true;
  stream_->read_some(room,
                     [self = shared_from_this()](std::error_code ec, size_t n) {
                       io_loop::turn guard{self->loop()};
                       self->reading_ = false;
                       self->on_read(ec, n);
                     });
}

/// Whether nothing that was written is lost by closing the stream. A peer that
/// is still there, and goes on sending, must be given the time to notice.
bool connection::settled() {
  if (draining_ && now() < quiet_since_ + max_silence)
    return false;
  return stream_->settled();
}

// The peer is done once it has everything; what it says meanwhile is too late.
void connection::drain() {
  if (!std::exchange(draining_, true)) {
    dropped_.resize(max_dropped);
    quiet_since_ = now();
  }
  if (!output_ended_)
    output_ended_ = stream_->end_output();
  if (!reading_)
    read_into(dropped_);
}

void connection::on_read(std::error_code ec, size_t n) {
  touch();
  if (ended_)
    return;
  if (ec) {
    broken(write_error_ ? write_error_ : ec);
    return;
  }
  quiet_since_ = now();
  // The other end of a local one may well be in this thread.
  auto alone = reads_alone(*this) && ends().how() != address::transport::local;
  scoped_value guard{alone_, alone};
  handled_ = 0;
  commit(n);
}

void connection::commit(size_t n) {
  auto& dropped = loop().traffic().replies_dropped;
  uint64_t before = dropped;
  session_.commit(n, now());
  if (dropped == before)
    return;
  loop().report(severity::debug, "replies_dropped", [&] {
    auto result = peer_fields(*stream_);
    result.emplace_back("replies", std::to_string(dropped - before));
    return result;
  });
  debug_warning("a reply came after its caller had given up");
}

// -- writing ------------------------------------------------------------------

void connection::touch() {
  if (counted_)
    loop().count_turn();
  if (!std::exchange(dirty_, true))
    loop().flush_later(shared_from_this());
}

void connection::flush() {
  dirty_ = false;
  if (ended_)
    return;
  write();
  if (!session_.closed()) {
    if (!reading_ && session_.wants_input()) {
      // Frames may have waited for this.
      commit(0);
      if (session_.has_output())
        touch();
    }
    read();
    if (write_error_ && !reading_)
      broken(write_error_);
  }
  if (counted_)
    counted_->count(session_.frames_sent(), session_.frames_received());
  end_if_done();
  arm_timer();
}

void connection::write() {
  if (writing_ || write_error_ || !session_.has_output())
    return;
  session_.take_output(out_);
  std::error_code ec;
  note_written(write_what_fits(ec));
  if (ec) {
    out_ = {};
    write_failed(ec);
    return;
  }
  if (out_.empty()) {
    if (session_.has_output()) // what has waited for that
      touch();
    return;
  }
  writing_ = true;
  count_writing();
  outstanding_ = stream_->outstanding();
  on_written({}, 0);
}

// A peer that waits for us alone may as well begin with the first messages
// while we go on with the others. With several peers, each has enough to do.
void connection::write_early() {
  if (alone_ && ++handled_ % early_messages == 0)
    write();
}

// There may be room now for requests that wait, and they may fail.
void connection::note_written(size_t n) {
  scoped_value guard{posts_requests_, true};
  session_.written(n, now());
}

/// Writes until the stream takes no more, and returns how much that was.
size_t connection::write_what_fits(std::error_code& ec) {
  size_t result = 0;
  for (auto full = true; full && !out_.empty() && !ec;) {
    std::array<std::span<const std::byte>, stream::max_pieces> pieces;
    auto some = std::span{pieces}.first(out_.fronts(pieces));
    size_t want = 0;
    for (auto& piece : some)
      want += piece.size();
    auto n = some.size() == 1 ? stream_->try_write(some[0], ec)
                              : stream_->try_write_all(some, ec);
    out_.pop_front(n);
    result += n;
    full = n == want;
  }
  return result;
}

void connection::on_written(std::error_code ec, size_t n) {
  if (!ec) {
    out_.pop_front(n);
    if (n > 0) {
      note_written(n);
      touch(); // there may be room for frames that wait
    }
    if (!out_.empty() && !ended_) {
      stream_->write_some(out_.front(), [self = shared_from_this()](
                                          std::error_code err, size_t count) {
        io_loop::turn guard{self->loop()};
        self->on_written(err, count);
      });
      return;
    }
  }
  writing_ = false;
  out_.clear();
  touch();
  count_writing();
  if (ec && !ended_)
    write_failed(ec);
}

// What the peer has said before it went is still to be read.
void connection::write_failed(std::error_code ec) {
  write_error_ = ec;
  if (!reading_)
    broken(ec);
}

// The system takes no more until there is a lot of room. Until then, it is
// progress enough if the peer takes something.
void connection::notice_progress() {
  if (!writing_)
    return;
  auto left = stream_->outstanding();
  if (left < std::exchange(outstanding_, left))
    session_.progressed(now());
}

// -- time ---------------------------------------------------------------------

void connection::arm_timer() {
  auto due = session_.closed() ? linger_until_ : session_.deadline();
  if (draining_)
    due = std::min(*due, std::max(quiet_since_, now()) + max_silence);
  // A timer that fires too early is cheaper than one that is set for each call.
  if (ended_ || !due || (armed_ && *armed_ <= *due))
    return;
  armed_ = due;
  timer_.expires_at(*due);
  timer_.async_wait([weak = weak_from_this()](std::error_code ec) {
    auto self = weak.lock();
    if (!self || ec)
      return;
    io_loop::turn guard{self->loop()};
    self->armed_.reset();
    self->notice_progress();
    self->session_.advance(now());
    self->touch();
  });
}

// -- for any thread -----------------------------------------------------------

uint64_t connection::request(value content, session::reply_handler on_reply,
                             std::optional<session::clock::duration> timeout) {
  auto call = ++last_call_;
  if (may_request_now()) {
    {
      scoped_value guard{posts_requests_, true};
      session_.request(std::move(content), std::move(on_reply), now(), timeout,
                       call);
    }
    touch();
    write_early();
    return call;
  }
  loop().post([self = shared_from_this(), content = std::move(content),
               on_reply = std::move(on_reply), timeout, call]() mutable {
    self->session_.request(std::move(content), std::move(on_reply), now(),
                           timeout, call);
    self->touch();
  });
  return call;
}

bool connection::may_request_now() {
  return loop().is_up_to_date() && !posts_requests_ && !ended_
         && !session_.closed() && !session_.is_encoding();
}

void connection::cancel(uint64_t call) {
  loop().post([self = shared_from_this(), call] {
    self->session_.cancel_tagged(call);
    self->touch();
  });
}

void connection::reply(inbound_id id, value result) {
  loop().post([self = shared_from_this(), id = std::move(id),
               result = std::move(result)]() mutable {
    self->session_.reply(id, result, now());
    self->touch();
  });
}

void connection::fail(inbound_id id, std::string traceback) {
  loop().post([self = shared_from_this(), id = std::move(id),
               traceback = std::move(traceback)]() mutable {
    self->session_.fail(id, traceback, now());
    self->touch();
  });
}

void connection::finish(fault reason, std::chrono::nanoseconds limit,
                        std::shared_ptr<void> until_end) {
  loop().post([self = shared_from_this(), reason = std::move(reason), limit,
               until_end = std::move(until_end)]() mutable {
    if (self->ended_)
      return;
    self->until_end_ = std::move(until_end);
    if (limit <= limit.zero())
      self->session_.close(std::move(reason));
    else
      self->session_.finish(std::move(reason),
                            now() + std::min(limit, io_clock::longest_wait));
    self->touch();
  });
}

void connection::close(fault reason) {
  loop().post(
    [self = shared_from_this(), reason = std::move(reason)]() mutable {
      self->session_.close(std::move(reason));
      self->touch();
    });
}

} // namespace caf::aiomas::detail
