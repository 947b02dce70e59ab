#include "caf/aiomas/detail/io_timer.hpp"
#include "caf/aiomas/detail/local.hpp"
#include "caf/aiomas/detail/local_listener.hpp"

namespace caf::aiomas::detail {

namespace {

/// One attempt, which needs no time.
outcome<stream_ptr> attempt(io_loop& home, const address& where) {
  auto server = local_listener::find(where.path());
  if (!server)
    return cannot_connect(where,
                          "No server started for this local queue instance.");
  auto [near, far] = local_stream::make(where.path(), home);
  server->take(std::move(far), home.shared_from_this());
  return stream_ptr{std::move(near)};
}

/// Further attempts after a first one that failed. Kept alive by its timer.
/// Nobody else is in the way of attempts that are due, so that pauses are not
/// spread as those of TCP.
class local_connector final
  : public io_loop::resident,
    public std::enable_shared_from_this<local_connector> {
public:
  local_connector(io_loop& home, const address& where,
                  const connect_settings& settings, connect_handler done)
    : resident(home),
      where_(where),
      done_(std::move(done)),
      begin_(io_clock::now()),
      retries_(settings),
      timer_(home.context()) {
    // nop
  }

  void pause() {
    timer_.expires_after(retries_.next_pause());
    timer_.async_wait([self = shared_from_this()](auto ec) {
      io_loop::turn guard{self->loop()};
      if (!ec && self->done_)
        self->try_again();
    });
  }

  void abort() override {
    finish(connecting_shut_down(where_));
  }

private:
  void try_again() {
    auto result = attempt(loop(), where_);
    if (result || retries_.is_over(io_clock::now() - begin_))
      finish(std::move(result));
    else
      pause();
  }

  void finish(outcome<stream_ptr> result) {
    if (!done_)
      return;
    timer_.cancel();
    retire();
    auto done = std::exchange(done_, {});
    done(std::move(result));
  }

  address where_;
  connect_handler done_;
  io_clock::time_point begin_;
  retry_plan retries_;
  io_timer timer_;
};

} // namespace

connect_attempt connect_local(io_loop& home, const address& where,
                              const connect_settings& settings,
                              connect_handler done) {
  if (home.stopping()) {
    done(connecting_shut_down(where));
    return {};
  }
  if (where.path().find('/') != std::string::npos) {
    done(cannot_connect(where, "\"/\" not allowed in queue ID ('" + where.path()
                                 + "')"));
    return {};
  }
  auto first = attempt(home, where);
  if (first || retry_plan{settings}.is_over({})) {
    done(std::move(first));
    return {};
  }
  auto result
    = std::make_shared<local_connector>(home, where, settings, std::move(done));
  result->pause();
  return result;
}

} // namespace caf::aiomas::detail
