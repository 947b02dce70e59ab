#include "caf/aiomas/session.hpp"

#include "caf/aiomas/detail/python_number.hpp"
#include "caf/aiomas/detail/repair_utf8.hpp"

#include <algorithm>
#include <utility>

namespace caf::aiomas {

namespace {

using detail::outbox;

/// Rendered values in the texts of faults are cut after this many bytes.
constexpr size_t max_quote = 80;

std::optional<message_type> as_message_type(const value& x) noexcept {
  auto number = detail::python_number(x);
  if (!number || *number > static_cast<uint64_t>(message_type::exception))
    return std::nullopt;
  return static_cast<message_type>(*number);
}

std::string quote(const value& x) {
  auto text = to_string(x);
  if (text.size() > max_quote) {
    text.resize(max_quote);
    text += "...";
  }
  return detail::repair_utf8(text);
}

/// The traceback that tells the peer why its request got no result.
value as_traceback(const fault& what) {
  auto too_large = what.code == errc::message_too_large;
  auto type = too_large ? "ValueError" : "aiomas.exceptions.SerializationError";
  return detail::repair_utf8(format_traceback(type, what.text));
}

} // namespace

session::listener::~listener() {
  // nop
}

session::session(std::unique_ptr<aiomas::codec> how,
                 const session_limits& limits, listener& events,
                 detail::session_traffic& traffic)
  : codec_(std::move(how)),
    limits_(limits),
    events_(events),
    traffic_(traffic),
    splitter_(limits.max_payload) {
  auto bounds = codec_->limits();
  bounds.max_nesting = limits_.max_nesting;
  bounds.max_values = limits_.max_values;
  bounds.max_size = limits_.max_payload;
  codec_->limits(bounds);
}

session::~session() {
  if (closed_.exchange(true))
    return;
  fail_all({errc::connection_closed, "Connection closed"});
  drop_output();
}

// -- bytes in -----------------------------------------------------------------

std::span<std::byte> session::prepare() {
  return splitter_.prepare();
}

void session::commit(size_t n, time_point now) {
  if (closed_)
    return;
  if (n > 0 || !active_at_)
    active_at_ = now;
  splitter_.commit(n);
  traffic_.bytes_received += n;
  if (dispatching_)
    return;
  dispatching_ = true;
  auto progress = dispatch_frames(now);
  dispatching_ = false;
  if (!splitter_.in_frame())
    frame_timer_.stop();
  else if (progress || !frame_timer_.started())
    frame_timer_.start(now);
  settle(now);
}

bool session::wants_input() const noexcept {
  if (closed_ || out_.size(outbox::kind::refusal) > limits_.max_outbound_bytes)
    return false;
  return !overloaded() || calls_.in_flight() > 0;
}

// Returns whether a frame was taken.
bool session::dispatch_frames(time_point now) {
  auto result = false;
  while (wants_input()) {
    auto frame = splitter_.next();
    if (!frame) {
      close(std::move(frame).error());
      break;
    }
    if (!*frame)
      break;
    result = true;
    ++frames_received_;
    ++traffic_.frames_received;
    dispatch(**frame, now);
  }
  return result;
}

void session::dispatch(std::span<const std::byte> payload, time_point now) {
  auto msg = decode(payload);
  if (!msg.head || !msg.is_triple) {
    auto why = msg.error ? std::move(msg.error->text) : "not a list of three";
    close({errc::protocol_violation, "Message cannot be decoded: " + why});
    return;
  }
  auto size = std::max(payload.size(), msg.size.value_or(0));
  auto type = as_message_type(msg.head->type);
  if (!type)
    close({errc::invalid_message_type,
           "Invalid message type " + quote(msg.head->type)});
  else if (*type == message_type::request)
    dispatch_request(std::move(msg), size, now);
  else
    dispatch_reply(std::move(msg), *type == message_type::exception, now);
}

void session::dispatch_request(decoded_message&& msg, size_t bytes,
                               time_point now) {
  ++traffic_.requests_received;
  if (msg.error) {
    ++traffic_.requests_refused;
    msg.error->code = errc::deserialization_error;
    send_exception(msg.head->id, as_traceback(*msg.error),
                   outbox::kind::refusal, now);
  } else if (finish_) {
    refuse(msg.head->id, shut_down_error,
           "the connection is about to be closed", now);
  } else if (overloaded()) {
    refuse(msg.head->id, overloaded_error,
           "too many requests are waiting, the peer is overloaded", now);
  } else {
    ++requests_;
    request_bytes_ += bytes;
    events_.on_request({std::move(msg.head->id), bytes, now},
                       std::move(msg.content));
  }
}

void session::refuse(const value& id, std::string_view type,
                     std::string_view why, time_point now) {
  ++traffic_.requests_refused;
  send_exception(id, format_traceback(type, why), outbox::kind::refusal, now);
}

void session::dispatch_reply(decoded_message&& msg, bool is_exception,
                             time_point now) {
  auto id = detail::python_number(msg.head->id);
  if (!id || *id >= first_unsent()) {
    close({errc::protocol_violation,
           "Reply to a request that was never sent: " + quote(msg.head->id)});
    return;
  }
  ++traffic_.replies_received;
  auto call = calls_.take(*id);
  if (!call) {
    ++traffic_.replies_dropped;
    return;
  }
  traffic_.call_latency.add(now - call.begun);
  auto end = [&](outcome<value>&& how) {
    finish_call(std::move(call.on_reply), std::move(how));
  };
  if (msg.error)
    end(fault{errc::deserialization_error, std::move(msg.error->text)});
  else if (!is_exception)
    end(std::move(msg.content));
  else if (auto* text = msg.content.get_if<std::string>())
    end(fault{errc::remote_exception, std::move(*text)});
  else
    end(fault{errc::remote_exception, to_string(msg.content)});
}

// Whether the peer has more with us than it may.
bool session::overloaded() const noexcept {
  return requests_ >= limits_.max_inbound_requests
         || request_bytes_ >= limits_.max_inbound_bytes
         || out_.size(outbox::kind::reply) > limits_.max_outbound_bytes;
}

// -- calls --------------------------------------------------------------------

uint64_t session::request(value content, reply_handler on_reply, time_point now,
                          std::optional<clock::duration> timeout,
                          uint64_t tag) {
  auto id = next_id_++;
  ++traffic_.calls_begun;
  if (closed_) {
    // Whoever asks too late still gets to know why a connection broke, or that
    // it could never be used.
    auto telling = end_.code == errc::connection_reset
                   || end_.code == errc::invalid_argument;
    fail_call(std::move(on_reply),
              telling ? end_
                      : fault{errc::connection_closed, "Connection closed"});
    return id;
  }
  std::optional<time_point> deadline;
  if (timeout && *timeout < time_point::max() - now)
    deadline = now + std::max(*timeout, clock::duration::zero());
  if (has_room()) {
    auto res
      = encode(message_type::request, id, content, outbox::kind::request, now);
    if (res)
      calls_.add(id, std::move(on_reply), now, deadline, false, tag);
    else
      fail_call(std::move(on_reply), res.error());
  } else if (limits_.overflow == overflow_policy::wait
             && waiting_.size() < limits_.max_waiting_calls) {
    calls_.add(id, std::move(on_reply), now, deadline, true, tag);
    waiting_.push_back({id, std::move(content)});
  } else {
    fail_call(std::move(on_reply),
              {errc::overloaded, limits_.overflow == overflow_policy::wait
                                   ? "Too many calls wait to be sent"
                                   : "Too many bytes wait to be sent"});
  }
  settle(now);
  return id;
}

bool session::cancel(uint64_t call) {
  auto what = calls_.take(call);
  if (!what)
    return false;
  give_up(call);
  fail_call(std::move(what.on_reply),
            {errc::cancelled, "Request was cancelled"});
  settle(last_now_);
  return true;
}

bool session::cancel_tagged(uint64_t tag) {
  auto call = calls_.find_tag(tag);
  return call && cancel(*call);
}

size_t session::pending_calls() const noexcept {
  return calls_.size();
}

// Requests are sent in order, so nothing overtakes those that wait.
bool session::has_room() const noexcept {
  return waiting_.empty()
         && (out_.size() == 0 || out_.size() < limits_.max_outbound_bytes);
}

void session::send_waiting(time_point now) {
  while (!waiting_.empty()
         && (out_.size() == 0 || out_.size() < limits_.max_outbound_bytes)) {
    auto [id, content] = std::move(waiting_.front());
    waiting_.pop_front();
    if (!calls_.sent(id))
      continue;
    auto res
      = encode(message_type::request, id, content, outbox::kind::request, now);
    if (!res)
      end_call(id, std::move(res).error());
  }
}

// -- replies ------------------------------------------------------------------

void session::reply(const inbound_id& id, const value& result, time_point now) {
  if (closed_)
    return;
  release(id);
  auto res
    = encode(message_type::result, id.id, result, outbox::kind::reply, now);
  answered(id, res ? traffic_.requests_succeeded : traffic_.requests_failed,
           now);
  if (!res)
    send_exception(id.id, as_traceback(res.error()), outbox::kind::reply, now);
  end_if_answered();
  settle(now);
}

void session::fail(const inbound_id& id, std::string_view traceback,
                   time_point now) {
  fail_with(id, detail::repair_utf8(traceback), now);
}

void session::fail_with(const inbound_id& id, const value& content,
                        time_point now) {
  if (closed_)
    return;
  release(id);
  answered(id, traffic_.requests_failed, now);
  send_exception(id.id, content, outbox::kind::reply, now);
  end_if_answered();
  settle(now);
}

size_t session::pending_requests() const noexcept {
  return requests_;
}

// The peer waits for an answer, so there is one, however poor it gets.
void session::send_exception(const value& id, const value& content,
                             outbox::kind what, time_point now) {
  auto res = encode(message_type::exception, id, content, what, now);
  if (res)
    return;
  if (encode(message_type::exception, id, as_traceback(res.error()), what, now)
      || encode(message_type::exception, id, "", what, now))
    return;
  close({errc::protocol_violation,
         "The id of a request cannot be sent back: " + quote(id)});
}

void session::release(const inbound_id& id) noexcept {
  requests_ -= std::min<size_t>(requests_, 1);
  request_bytes_ -= std::min(request_bytes_, id.bytes);
}

void session::answered(const inbound_id& id, detail::counter& kind,
                       time_point now) {
  ++kind;
  traffic_.request_latency.add(now - id.since);
}

// -- bytes out ----------------------------------------------------------------

bool session::has_output() const noexcept {
  return out_.has_output();
}

void session::take_output(gathered_bytes& out) {
  out_.take(out);
}

void session::progressed(time_point now) {
  out_.progressed(now);
}

void session::drop_output() {
  traffic_.bytes_dropped += out_.size();
  out_ = {};
}

void session::written(size_t n, time_point now) {
  active_at_ = now;
  traffic_.bytes_sent += out_.written(n, now);
  if (closed_)
    return;
  send_waiting(now);
  settle(now);
}

// -- end ----------------------------------------------------------------------

void session::close(fault reason) {
  if (closed_.exchange(true))
    return;
  end_ = reason;
  fail_all(reason);
  events_.on_closed(reason);
}

void session::finish(fault reason, time_point by) {
  finish_ = {std::move(reason), by};
  end_if_answered();
}

void session::end_if_answered() {
  if (finish_ && requests_ == 0)
    close(finish_->reason);
}

bool session::closed() const noexcept {
  return closed_;
}

void session::fail_all(const fault& reason) {
  waiting_.clear();
  traffic_.requests_dropped += requests_;
  requests_ = 0;
  request_bytes_ = 0;
  for (auto& on_reply : calls_.take_all())
    fail_call(std::move(on_reply), reason);
}

void session::end_call(uint64_t id, fault reason) {
  if (auto call = calls_.take(id)) {
    give_up(id);
    fail_call(std::move(call.on_reply), reason);
  }
}

void session::finish_call(reply_handler&& on_reply, outcome<value>&& how) {
  ++(how ? traffic_.calls_succeeded : traffic_.calls_failed[how.error().code]);
  on_reply(std::move(how));
}

void session::fail_call(reply_handler&& on_reply, const fault& reason) {
  finish_call(std::move(on_reply), reason);
}

// Frees what a call that ended early holds, should it still wait. Its place in
// the line stays until its turn.
void session::give_up(uint64_t id) {
  auto i = std::lower_bound(waiting_.begin(), waiting_.end(), id,
                            [](auto& x, uint64_t y) { return x.id < y; });
  if (i != waiting_.end() && i->id == id)
    i->content = value{};
}

// The lowest id that the peer cannot know yet.
uint64_t session::first_unsent() const noexcept {
  return waiting_.empty() ? next_id_ : waiting_.front().id;
}

// -- properties ---------------------------------------------------------------

aiomas::codec& session::codec() noexcept {
  return *codec_;
}

const fault& session::end() const noexcept {
  return end_;
}

std::string format_traceback(std::string_view type, std::string_view text) {
  std::string result = "Traceback (most recent call last):\n";
  result += type;
  if (!text.empty()) {
    result += ": ";
    result += text;
  }
  result += '\n';
  return result;
}

} // namespace caf::aiomas
