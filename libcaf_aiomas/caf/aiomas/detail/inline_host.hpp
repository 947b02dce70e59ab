#pragma once

#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/io_loop.hpp"

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>

#include <deque>
#include <memory>
#include <typeinfo>

namespace caf::aiomas::detail {

/// Runs actors in the thread of an I/O loop. Those that wait for messages
/// handle a request as soon as it is read, without a detour through their
/// mailboxes; others that got work during a turn run at its end, before its
/// output is written. What an actor sends to others runs here, too, but never
/// within the actor that sent it. Work beyond `defaults::inline_runs` a turn
/// goes to the scheduler, so that sockets get theirs. For the thread of the
/// loop.
class inline_host final : public actor_host,
                          public io_loop::flushable,
                          public std::enable_shared_from_this<inline_host> {
public:
  inline_host(actor_system& sys, io_loop& home);

  /// Hands what is still waiting to the scheduler.
  ~inline_host() override;

  void exec_later(resumable* what) override;

  void flush() override;

  /// What to name as the host of a message from outside of actors: whoever gets
  /// it may use `run_at_once`.
  actor_host* door() noexcept {
    return &door_;
  }

  /// Returns the object that has this door; null if `host` is none.
  static inline_host* behind(actor_host* host) noexcept {
    return host != nullptr && typeid(*host) == typeid(entrance)
             ? static_cast<entrance*>(host)->host
             : nullptr;
  }

  /// Lets `self` handle `what` now, if it waits for messages and if there was
  /// not too much of that in this turn. Otherwise, leaves `what` alone and
  /// returns false.
  bool run_at_once(scheduled_actor& self, mailbox_element_ptr& what);

private:
  class entrance final : public actor_host {
  public:
    explicit entrance(inline_host* inside)
      : actor_host(&inside->system()), host(inside) {
      // nop
    }

    void exec_later(resumable* what) override {
      host->exec_later(what);
    }

    inline_host* host;
  };

  void run(resumable* what);
  void hand_over() noexcept;
  void flush_later();

  io_loop& loop_;
  entrance door_;
  std::deque<resumable*> waiting_; // owns a reference to each
  size_t handled_ = 0; // messages at once, since the last flush
  bool flushes_ = false; // whether a flush is to come
};

} // namespace caf::aiomas::detail
