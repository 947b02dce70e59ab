#pragma once

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/io_timer.hpp"
#include "caf/aiomas/pending.hpp"

#include <memory>
#include <optional>
#include <utility>

namespace caf::aiomas::detail {

/// Where the result of an operation goes, unless its time is up first. For the
/// thread of its loop.
template <class T>
class deadline_slot : public io_loop::resident,
                      public std::enable_shared_from_this<deadline_slot<T>> {
public:
  using completion = typename pending<T>::completion;
  using duration = typename pending<T>::duration;

  static std::shared_ptr<deadline_slot> make(io_loop& home, completion done,
                                             std::optional<duration> limit) {
    auto self = std::make_shared<deadline_slot>(home, std::move(done));
    // Beyond this the sum with the current time would overflow.
    if (limit && *limit < io_clock::longest_wait)
      self->arm(*limit);
    return self;
  }

  deadline_slot(io_loop& home, completion done)
    : resident(home), done_(std::move(done)) {
    // nop
  }

  ~deadline_slot() override {
    // Whoever drops an operation owes its owner an end.
    complete(make_error(errc::shut_down, std::string{"Connection closed"}));
  }

  /// Whether the result is still wanted.
  bool open() const noexcept {
    return static_cast<bool>(done_);
  }

  /// Calls `what` as soon as the result is there or no longer wanted, before it
  /// is passed on; at once if that is so already. Replaces what was to be
  /// called before.
  void on_end(unique_function<void()> what) {
    if (open())
      on_end_ = std::move(what);
    else
      what();
  }

  /// Passes the result on. Returns false if nobody waits for it any more.
  bool complete(expected<T> result) {
    if (!done_)
      return false;
    auto keep = std::move(self_);
    auto done = std::exchange(done_, {});
    auto at_end = std::exchange(on_end_, {});
    timer_.reset();
    this->retire();
    // Either may destroy this slot.
    if (at_end)
      at_end();
    done(std::move(result));
    return true;
  }

  /// Stays alive until the end.
  void hold() {
    self_ = this->shared_from_this();
  }

  void abort() override {
    complete(make_error(errc::shut_down, std::string{"Connection closed"}));
  }

private:
  void arm(duration limit) {
    timer_ = std::make_unique<io_timer>(this->loop().context());
    timer_->expires_after(limit);
    timer_->async_wait([weak = this->weak_from_this()](asio::error_code ec) {
      auto self = weak.lock();
      if (ec || !self)
        return;
      io_loop::turn guard{self->loop()};
      self->complete(make_error(errc::timeout, std::string{"Timed out"}));
    });
  }

  completion done_;
  unique_function<void()> on_end_;
  std::shared_ptr<deadline_slot> self_;
  std::unique_ptr<io_timer> timer_;
};

template <class T>
using deadline_slot_ptr = std::shared_ptr<deadline_slot<T>>;

/// Begins an operation in the thread of `home`: `begin` gets the slot for its
/// result. Returns how to give it up. For any thread.
template <class T, class F>
auto begin_in_loop(io_loop& home, typename pending<T>::completion done,
                   std::optional<typename pending<T>::duration> limit,
                   F begin) {
  // For the loop's thread.
  auto where = std::make_shared<std::weak_ptr<deadline_slot<T>>>();
  home.post([&home, where, done = std::move(done), limit,
             begin = std::move(begin)]() mutable {
    if (home.stopping())
      limit = std::nullopt; // nobody would end the wait
    auto slot = deadline_slot<T>::make(home, std::move(done), limit);
    *where = slot;
    begin(std::move(slot));
  });
  return typename pending<T>::canceller{
    [home = home.shared_from_this(), where = std::move(where)] {
      home->post([where] {
        if (auto slot = where->lock())
          slot->complete(make_error(errc::cancelled, std::string{"Cancelled"}));
      });
    }};
}

} // namespace caf::aiomas::detail
