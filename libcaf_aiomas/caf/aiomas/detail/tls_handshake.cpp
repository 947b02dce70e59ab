#include "caf/aiomas/detail/tls_handshake.hpp"

#include "caf/aiomas/detail/tls_context.hpp"

namespace caf::aiomas::detail {

namespace {

fault shut_down() {
  return {errc::shut_down, "shut down during the TLS handshake"};
}

} // namespace

tls_handshake::tls_handshake(io_loop& home, settings how, done_handler done)
  : resident(home),
    how_(std::move(how)),
    done_(std::move(done)),
    timer_(home.context()) {
  // nop
}

std::weak_ptr<io_loop::resident> tls_handshake::begin(io_loop& home,
                                                      stream_ptr below,
                                                      settings how,
                                                      done_handler done) {
  if (home.stopping()) {
    done(shut_down());
    return {};
  }
  auto result
    = std::make_shared<tls_handshake>(home, std::move(how), std::move(done));
  result->run(std::move(below));
  return result;
}

void tls_handshake::run(stream_ptr below) {
  auto engine = tls_engine::make(*how_.with.impl(), how_.host);
  if (!engine) {
    finish(std::move(engine).error());
    return;
  }
  ends_ = std::make_unique<tls_stream>(loop(), std::move(below),
                                       *std::move(engine));
  timer_.expires_after(how_.timeout);
  timer_.async_wait([self = shared_from_this()](std::error_code ec) {
    io_loop::turn guard{self->loop()};
    if (!ec)
      self->finish(self->failure_.value_or(
        fault{errc::cannot_connect, "the TLS handshake timed out"}));
  });
  ends_->handshake([self = shared_from_this()](outcome<void> result) {
    io_loop::turn guard{self->loop()};
    self->on_shaken(std::move(result));
  });
}

void tls_handshake::on_shaken(outcome<void> result) {
  if (!done_)
    return;
  if (result) {
    finish(stream_ptr{std::move(ends_)});
    return;
  }
  failure_ = std::move(result).error();
  // Clients close when they get an alert; servers may still be sending.
  if (how_.with.impl()->how() == tls_role::client || !ends_->told()) {
    finish(*failure_);
    return;
  }
  ends_->drain([self = shared_from_this()] {
    io_loop::turn guard{self->loop()};
    self->finish(*self->failure_);
  });
}

void tls_handshake::abort() {
  finish(shut_down());
}

void tls_handshake::finish(outcome<stream_ptr> result) {
  if (!done_)
    return;
  timer_.cancel();
  if (ends_)
    ends_->close();
  retire();
  auto done = std::exchange(done_, {});
  done(std::move(result));
}

} // namespace caf::aiomas::detail
