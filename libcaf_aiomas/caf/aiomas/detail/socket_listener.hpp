#pragma once

#include "caf/aiomas/detail/transport.hpp"

#include <asio/steady_timer.hpp>

#include <chrono>
#include <fcntl.h>
#include <memory>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

/// What the listeners on sockets of all protocols have in common: they accept
/// on each of their sockets, until they are aborted.
template <class Protocol>
class socket_listener : public listener {
public:
  using acceptor = typename Protocol::acceptor;
  using socket = typename Protocol::socket;

  socket_listener(io_loop& home, std::vector<acceptor> sockets, address where)
    : listener(home), where_(std::move(where)) {
    doors_.reserve(sockets.size());
    for (auto& each : sockets) {
      // A program that this process starts would keep the address in use.
      (void) ::fcntl(each.native_handle(), F_SETFD, FD_CLOEXEC);
      doors_.push_back({std::move(each), asio::steady_timer{home.context()}});
    }
  }

  void start(loop_chooser choose, admission admit,
             accept_handler on_accept) override {
    choose_ = std::move(choose);
    admit_ = std::move(admit);
    on_accept_ = std::move(on_accept);
    for (auto& each : doors_)
      accept(each);
  }

  const address& where() const noexcept override {
    return where_;
  }

  void abort() override {
    closing();
    asio::error_code ignored;
    for (auto& each : doors_) {
      each.socket.close(ignored);
      each.timer.cancel();
    }
    choose_ = nullptr;
    admit_ = nullptr;
    on_accept_ = nullptr;
    this->retire();
  }

protected:
  /// Passes a connection that is to live in `target` on, or drops it.
  virtual void accepted(io_loop& target, socket what) = 0;

  /// Is called before the sockets are closed, maybe more than once.
  virtual void closing() noexcept {
    // nop
  }

  admission admit_;
  accept_handler on_accept_; // empty once there is nothing more to accept

private:
  struct door {
    acceptor socket;
    asio::steady_timer timer; // of the pause after a failure
  };

  /// Pause after a failed accept, which is for want of descriptors or memory.
  static constexpr std::chrono::milliseconds accept_pause{100};

  std::shared_ptr<socket_listener> self() {
    return std::static_pointer_cast<socket_listener>(this->shared_from_this());
  }

  void accept(door& from) {
    auto& target = choose_(nullptr);
    from.socket.async_accept(
      target.context(),
      [self = self(), &from, &target](asio::error_code ec, socket what) {
        io_loop::turn guard{self->loop()};
        if (!self->on_accept_)
          return;
        if (ec) {
          self->pause(from);
          return;
        }
        self->accepted(target, std::move(what));
        self->accept(from);
      });
  }

  void pause(door& where) {
    where.timer.expires_after(accept_pause);
    where.timer.async_wait([self = self(), &where](asio::error_code) {
      io_loop::turn guard{self->loop()};
      if (self->on_accept_)
        self->accept(where);
    });
  }

  std::vector<door> doors_; // those that wait refer to them
  address where_;
  loop_chooser choose_;
};

} // namespace caf::aiomas::detail
