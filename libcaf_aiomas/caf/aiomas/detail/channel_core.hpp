#pragma once

#include "caf/aiomas/channel.hpp"
#include "caf/aiomas/detail/connection.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/middleman.hpp"

#include <atomic>
#include <chrono>
#include <deque>
#include <memory>
#include <optional>

namespace caf::aiomas::detail {

/// A request that still has to be answered.
struct unanswered {
  unanswered(connection_ptr conn, inbound_id request_id, value what)
    : from(std::move(conn)),
      id(std::move(request_id)),
      content(std::move(what)) {
    // nop
  }

  ~unanswered();

  connection_ptr from;
  inbound_id id;
  value content;
  std::atomic<bool> answered = false;
};

/// What the handles of a channel share. Requests wait here for `recv`. All
/// functions are for the thread of the connection's loop, unless they say
/// otherwise.
class channel_core final : public connection::observer,
                           public std::enable_shared_from_this<channel_core> {
public:
  channel_core(middleman& mm, connection_ptr conn,
               std::optional<std::chrono::nanoseconds> call_timeout)
    : mm_(mm), conn_(std::move(conn)), call_timeout_(call_timeout) {
    // nop
  }

  void recv(deadline_slot_ptr<request> waiter);

  void on_request(connection& from, inbound_id&& id, value&& content) override;

  void on_closed(connection& what, const fault& reason) override;

  /// Hands what waits for `recv`, and all that follows, to `who`.
  void hand_over(connection::observer_ptr who);

  // For any thread.
  const connection_ptr& conn() const noexcept {
    return conn_;
  }

  middleman& mm() noexcept {
    return mm_;
  }

  /// Deadline of calls that have none of their own.
  std::optional<std::chrono::nanoseconds> call_timeout() const noexcept {
    return call_timeout_;
  }

private:
  middleman& mm_;
  connection_ptr conn_;
  std::optional<std::chrono::nanoseconds> call_timeout_;
  std::deque<std::shared_ptr<unanswered>> waiting_;
  deadline_slot_ptr<request> waiter_;
  fault end_; // why the connection ended
};

} // namespace caf::aiomas::detail
