#pragma once

#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/io_loop.hpp"

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <deque>
#include <memory>

namespace caf::aiomas::detail {

/// Runs actors in the thread of an I/O loop: those that got work during a turn
/// run at its end, before its output is written. What an actor sends to others
/// runs here, too, but never within the actor that sent it. Work beyond
/// `defaults::inline_runs` a turn goes to the scheduler, so that sockets get
/// theirs. For the thread of the loop.
class inline_host final : public actor_host,
                          public io_loop::flushable,
                          public std::enable_shared_from_this<inline_host> {
public:
  inline_host(actor_system& sys, io_loop& home);

  /// Hands what is still waiting to the scheduler.
  ~inline_host() override;

  void exec_later(resumable* what) override;

  void flush() override;

private:
  void run(resumable* what);
  void hand_over() noexcept;

  io_loop& loop_;
  std::deque<resumable*> waiting_; // owns a reference to each
};

} // namespace caf::aiomas::detail
