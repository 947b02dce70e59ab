#pragma once

#include "caf/aiomas/agent_url.hpp"
#include "caf/aiomas/detail/rpc_link.hpp"
#include "caf/aiomas/detail/transport.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/pending.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace caf::aiomas::detail {

class container_impl;

/// The connection behind the proxies of an agent. When it is lost, the next
/// call lets the container open another one. For any thread.
class healing_link : public std::enable_shared_from_this<healing_link> {
public:
  using link_ptr = std::shared_ptr<rpc_link>;
  using handler = unique_function<void(expected<link_ptr>)>;

  healing_link(std::weak_ptr<container_impl> home, agent_url url,
               std::string class_name, std::string text, retry_plan pauses,
               size_t max_waiting, link_ptr now)
    : url_(std::move(url)),
      class_name_(std::move(class_name)),
      text_(std::move(text)),
      pauses_(pauses),
      max_waiting_(max_waiting),
      home_(std::move(home)),
      link_(std::move(now)) {
    // nop
  }

  // -- the agent --------------------------------------------------------------

  const agent_url& url() const noexcept {
    return url_;
  }

  const std::string& class_name() const noexcept {
    return class_name_;
  }

  /// The URL as the user wrote it.
  const std::string& text() const noexcept {
    return text_;
  }

  /// Between the retries of a call.
  const retry_plan& pauses() const noexcept {
    return pauses_;
  }

  /// Counts as going on in a simulation, if the container takes part in one.
  activity::token busy() const;

  // -- the connection ---------------------------------------------------------

  /// The connection that there is, or was last.
  link_ptr current() const;

  /// Whether calls need another connection first.
  bool lost() const;

  /// Passes on an open connection, or why there is none. Returns what names
  /// the request for `leave`. For the thread of any loop.
  uint64_t request(handler done);

  /// Says that whoever made the request `id` waits no longer. With the last of
  /// them, the attempt ends.
  void leave(uint64_t id);

  /// Uses a connection that somebody else has opened.
  void replace(link_ptr now);

  // -- attempts to get another one, which have numbers ------------------------

  /// Says how to end an attempt that nobody waits for; done at once if that is
  /// so already.
  void renewing(uint64_t attempt, unique_function<void()> stop);

  /// Ends an attempt, unless it does not count any more.
  void renewed(uint64_t attempt, expected<link_ptr> result);

private:
  using waiting_map = std::map<uint64_t, handler>;

  const agent_url url_;
  const std::string class_name_;
  const std::string text_;
  const retry_plan pauses_;
  const size_t max_waiting_;
  const std::weak_ptr<container_impl> home_;

  mutable std::mutex mtx_;
  link_ptr link_; // guarded by mtx_
  waiting_map waiting_; // guarded by mtx_
  uint64_t next_id_ = 1; // guarded by mtx_
  uint64_t attempt_ = 0; // the one that counts, if any; guarded by mtx_
  unique_function<void()> stop_; // ends it; guarded by mtx_
};

using healing_link_ptr = std::shared_ptr<healing_link>;

/// Calls a function over `via`, with another connection if that is needed. If
/// it is lost before the reply is there, or there is none, tries again, at most
/// `retries` times. The limit is for all that together. For any thread.
pending<value>::canceller
call_healing(healing_link_ptr via, std::string path, arguments with,
             size_t retries, pending<value>::completion done,
             std::optional<std::chrono::nanoseconds> limit);

} // namespace caf::aiomas::detail
