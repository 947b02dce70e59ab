#include "caf/aiomas/detail/inline_host.hpp"

#include "caf/aiomas/defaults.hpp"

#include <caf/actor_system.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>

#include <utility>

namespace caf::aiomas::detail {

inline_host::inline_host(actor_system& sys, io_loop& home)
  : actor_host(&sys), loop_(home), door_(this) {
  // nop
}

inline_host::~inline_host() {
  hand_over();
}

void inline_host::exec_later(resumable* what) {
  waiting_.push_back(what);
  flush_later();
}

void inline_host::flush_later() {
  if (!std::exchange(flushes_, true))
    loop_.flush_later(shared_from_this());
}

void inline_host::flush() {
  for (size_t i = 0; i < defaults::inline_runs && !waiting_.empty(); ++i) {
    auto next = waiting_.front();
    waiting_.pop_front();
    run(next);
  }
  hand_over();
  flushes_ = false;
  handled_ = 0;
}

bool inline_host::run_at_once(scheduled_actor& self,
                              mailbox_element_ptr& what) {
  if (handled_ >= defaults::inline_at_once
      || !detail::run_at_once(self, what, *this))
    return false;
  ++handled_;
  flush_later();
  return true;
}

void inline_host::run(resumable* what) {
  switch (what->resume(this, defaults::inline_messages)) {
    case resumable::resume_later:
      waiting_.push_back(what);
      break;
    default:
      intrusive_ptr_release(what);
  }
}

void inline_host::hand_over() noexcept {
  for (auto what : std::exchange(waiting_, {}))
    system().scheduler().enqueue(what);
}

} // namespace caf::aiomas::detail
