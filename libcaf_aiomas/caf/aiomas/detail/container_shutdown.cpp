// How containers shut down, in order.

#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/when_released.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

// Requests of others first, then ours, which they may need, then the agents.
void container_impl::shutdown(unique_function<void()> done) {
  decltype(incoming_) incoming;
  {
    std::unique_lock guard{mtx_};
    if (ended_) {
      guard.unlock();
      done();
      return;
    }
    at_end_.push_back(std::move(done));
    if (std::exchange(shut_down_, true))
      return;
    incoming.swap(incoming_);
  }
  // In a loop, whose time counts.
  mm_.loops().front()->post(
    [self = shared_from_this(), incoming = std::move(incoming)] {
      self->finish_incoming(incoming);
    });
}

void container_impl::finish_incoming(const link_map& incoming) {
  auto limit = std::clamp<std::chrono::nanoseconds>(
    opts_.shutdown_timeout.value(), std::chrono::nanoseconds::zero(),
    io_clock::longest_wait);
  auto by = io_clock::now() + limit;
  std::vector<link_ptr> links;
  for (auto& [number, weak] : incoming)
    if (auto link = weak.lock())
      links.push_back(std::move(link));
  auto answered = when_released([self = shared_from_this(), links, by] {
    self->finish_outgoing(links, by);
  });
  server_->close([answered] {});
  for (auto& link : links)
    link->finish(limit, answered);
}

void container_impl::finish_outgoing(std::vector<link_ptr> links,
                                     io_clock::time_point by) {
  auto limit = std::max(by - io_clock::now(), io_clock::duration::zero());
  auto outgoing = outgoing_.close();
  links.insert(links.end(), outgoing.begin(), outgoing.end());
  auto answered
    = when_released([self = shared_from_this(), links = std::move(links)] {
        self->end(links);
      });
  for (auto& link : outgoing)
    link->finish(limit, answered);
}

// Agents that watch others must not take our own end for theirs.
void container_impl::end(const std::vector<link_ptr>& links) {
  for (auto& hdl : agents_.close())
    anon_send_exit(hdl, exit_reason::user_shutdown);
  for (auto& link : links)
    link->let_go();
  // What has been posted to the loops so far is done by their next turns.
  auto done = when_released([self = shared_from_this()] {
    decltype(at_end_) waiting;
    {
      std::lock_guard guard{self->mtx_};
      self->ended_ = true;
      self->proxies_.clear();
      waiting.swap(self->at_end_);
    }
    self->mm_.container_shut_down();
    for (auto& f : waiting)
      f();
  });
  for (auto& loop : mm_.loops())
    loop->post([loop, done] { loop->post([done] {}); });
}

} // namespace caf::aiomas::detail
