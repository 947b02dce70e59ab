#pragma once

#include "caf/aiomas/agent_url.hpp"
#include "caf/aiomas/detail/rpc_link.hpp"
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

  healing_link(std::weak_ptr<container_impl> home, agent_url url, link_ptr now)
    : home_(std::move(home)), url_(std::move(url)), link_(std::move(now)) {
    // nop
  }

  /// The connection that there is, or was last.
  link_ptr current() const;

  /// Whether calls need another connection first.
  bool lost() const;

  const agent_url& url() const noexcept {
    return url_;
  }

  /// Passes on an open connection, or why there is none. Returns what names
  /// the request for `leave`. For the thread of any loop.
  uint64_t request(handler done);

  /// Says that whoever made the request `id` waits no longer.
  void leave(uint64_t id);

  /// Ends the wait for a new connection, or just replaces the old one.
  void renewed(expected<link_ptr> now);

private:
  const std::weak_ptr<container_impl> home_;
  const agent_url url_;

  mutable std::mutex mtx_;
  link_ptr link_; // guarded by mtx_
  std::map<uint64_t, handler> waiting_; // guarded by mtx_
  uint64_t next_id_ = 0; // guarded by mtx_
  bool renewing_ = false; // guarded by mtx_
};

using healing_link_ptr = std::shared_ptr<healing_link>;

/// Calls a function over `via`, with another connection if that is needed. If
/// it is lost before the reply is there, calls again, at most `retries` times.
/// The limit is for all that together. For any thread.
pending<value>::canceller
call_healing(healing_link_ptr via, std::string path, arguments with,
             size_t retries, pending<value>::completion done,
             std::optional<std::chrono::nanoseconds> limit);

} // namespace caf::aiomas::detail
