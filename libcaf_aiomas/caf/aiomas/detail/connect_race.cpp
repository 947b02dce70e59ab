#include "caf/aiomas/detail/connect_race.hpp"

namespace caf::aiomas::detail {

connect_race::connect_race(io_loop& home, std::vector<tcp::endpoint> runners,
                           std::chrono::nanoseconds head_start,
                           done_handler done)
  : home_(home),
    runners_(std::move(runners)),
    head_start_(head_start),
    done_(std::move(done)),
    timer_(home.context()) {
  // nop
}

void connect_race::start() {
  next();
}

void connect_race::cancel() {
  done_ = {};
  timer_.cancel();
  std::error_code ignored;
  for (auto& socket : sockets_)
    socket.close(ignored);
}

void connect_race::next() {
  if (!done_ || sockets_.size() == runners_.size())
    return;
  auto& where = runners_[sockets_.size()];
  auto& socket = sockets_.emplace_back(home_.context());
  ++running_;
  socket.async_connect(
    where, [self = shared_from_this(), &socket](std::error_code ec) {
      io_loop::turn guard{self->home_};
      self->ended(socket, ec);
    });
  timer_.expires_after(head_start_);
  timer_.async_wait([self = shared_from_this()](std::error_code ec) {
    io_loop::turn guard{self->home_};
    if (!ec)
      self->next();
  });
}

void connect_race::ended(tcp::socket& which, std::error_code ec) {
  --running_;
  if (!done_)
    return;
  if (ec && sockets_.size() < runners_.size()) {
    next();
    return;
  }
  if (ec && running_ > 0)
    return;
  auto done = std::exchange(done_, {});
  auto winner = std::move(which);
  cancel();
  done(ec, std::move(winner));
}

} // namespace caf::aiomas::detail
