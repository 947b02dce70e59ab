#include "caf/aiomas/detail/connector.hpp"

#include <utility>

namespace caf::aiomas::detail {

namespace {

using clock = std::chrono::steady_clock;

} // namespace

connector::connector(io_loop& home, const address& where,
                     const connect_settings& settings, connect_handler done)
  : resident(home),
    where_(where),
    settings_(settings),
    done_(std::move(done)),
    begin_(clock::now()),
    retries_(settings),
    timer_(home.context()) {
  // nop
}

void connector::attempt() {
  ++attempt_;
  timer_.expires_after(settings_.attempt_timeout);
  timer_.async_wait([self = shared_from_this(), n = attempt_](auto ec) {
    io_loop::turn guard{self->loop()};
    if (!ec && self->is_current(n))
      self->failed("timed out");
  });
  begin();
}

void connector::abort() {
  finish(connecting_shut_down(where_));
}

bool connector::goes_on() const noexcept {
  return !retries_.is_over(clock::now() - begin_);
}

void connector::failed(const std::string& why, bool try_again) {
  cancel_all();
  loop().report(severity::info, "connect_attempt_failed", [&] {
    return event_fields{{"peer", to_string(where_)}, {"text", why}};
  });
  if (!try_again || !goes_on()) {
    finish(cannot_connect(where_, why));
    return;
  }
  timer_.expires_after(jittered(retries_.next_pause()));
  timer_.async_wait([self = shared_from_this()](auto ec) {
    io_loop::turn guard{self->loop()};
    if (!ec && self->done_)
      self->attempt();
  });
}

void connector::cancel_all() {
  ++attempt_; // whatever is still under way no longer counts
  cancel();
  timer_.cancel();
}

void connector::finish(outcome<stream_ptr> result) {
  if (!done_)
    return;
  auto self = shared_from_this(); // what it cancels may be all that has it
  cancel_all();
  retire();
  auto done = std::exchange(done_, {});
  done(std::move(result));
}

} // namespace caf::aiomas::detail
