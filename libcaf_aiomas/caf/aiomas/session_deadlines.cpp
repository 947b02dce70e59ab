#include "caf/aiomas/session.hpp"

#include <algorithm>

namespace caf::aiomas {

namespace {

constexpr size_t mib = size_t{1} << 20;

/// Timeouts beyond this are as good as none, and adding them up is safe.
constexpr auto longest_timeout
  = std::chrono::milliseconds{std::chrono::hours{240}};

std::chrono::milliseconds bounded(std::chrono::milliseconds x) noexcept {
  return std::min(x, longest_timeout);
}

} // namespace

std::optional<session::time_point> session::deadline() const noexcept {
  if (closed_)
    return std::nullopt;
  std::optional<time_point> result;
  auto consider = [&](std::optional<time_point> x) {
    if (x && (!result || *x < *result))
      result = x;
  };
  if (auto next = calls_.next_deadline())
    consider(next->first);
  consider(frame_deadline());
  consider(write_deadline());
  consider(idle_deadline());
  if (finish_)
    consider(finish_->by);
  return result;
}

void session::advance(time_point now) {
  auto passed = [&](std::optional<time_point> x) { return x && *x <= now; };
  if (closed_)
    return;
  expire_calls(now);
  if (closed_)
    return;
  if (passed(frame_deadline()))
    close({errc::stalled, "A message of the peer took too long to arrive"});
  else if (passed(write_deadline()))
    close({errc::stalled, "The peer took no bytes for too long"});
  else if (passed(idle_deadline()))
    close({errc::connection_closed, "Nothing was said for too long"});
  else if (finish_ && finish_->by <= now)
    close(finish_->reason);
  settle(now);
}

void session::expire_calls(time_point now) {
  // Handlers may make new calls that are due at once: not in this turn.
  auto limit = next_id_;
  while (auto next = calls_.next_deadline()) {
    auto [when, id] = *next;
    if (when > now || id >= limit)
      break;
    end_call(id, {errc::timeout, "No reply in time"});
  }
}

std::optional<session::time_point> session::frame_deadline() const noexcept {
  auto since = frame_timer_.running_since();
  if (!since)
    return std::nullopt;
  auto mibs = static_cast<int64_t>((splitter_.announced() + mib - 1) / mib);
  return *since + bounded(limits_.frame_timeout)
         + mibs * bounded(limits_.frame_timeout_per_mib);
}

std::optional<session::time_point> session::write_deadline() const noexcept {
  auto since = out_.stalled_since();
  if (!since)
    return std::nullopt;
  return *since + bounded(limits_.write_timeout);
}

// Who waits for the other side is not idle.
std::optional<session::time_point> session::idle_deadline() const noexcept {
  if (limits_.idle_timeout.count() <= 0 || !active_at_ || calls_.size() > 0
      || requests_ > 0 || splitter_.in_frame() || out_.size() > 0)
    return std::nullopt;
  return *active_at_ + bounded(limits_.idle_timeout);
}

void session::settle(time_point now) noexcept {
  last_now_ = now;
  frame_timer_.pause(!wants_input(), now);
}

} // namespace caf::aiomas
