#include "caf/aiomas/detail/connect_race.hpp"
#include "caf/aiomas/detail/look_up.hpp"
#include "caf/aiomas/detail/tcp.hpp"
#include "caf/aiomas/detail/tcp_stream.hpp"
#include "caf/aiomas/detail/tls_handshake.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <random>

namespace caf::aiomas::detail {

namespace {

using asio::ip::tcp;
using clock = std::chrono::steady_clock;

/// One `connect_tcp`, from its first attempt to its last. Kept alive by the
/// operations it has under way.
class connector : public io_loop::resident,
                  public std::enable_shared_from_this<connector> {
public:
  connector(io_loop& home, const address& where,
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

  void attempt() {
    ++attempt_;
    timer_.expires_after(settings_.attempt_timeout);
    timer_.async_wait([self = shared_from_this(), n = attempt_](auto ec) {
      io_loop::turn guard{self->loop()};
      if (!ec && self->is_current(n))
        self->failed("timed out");
    });
    look_up_ = look_up(
      loop(), where_.host(),
      [self = shared_from_this(), n = attempt_](const host_entry& found) {
        if (!self->is_current(n))
          return;
        if (found.error)
          self->failed(found.error.message());
        else
          self->race(found.addresses);
      });
  }

  void abort() override {
    finish(connecting_shut_down(where_));
  }

private:
  /// Whether what attempt `n` began still counts.
  bool is_current(size_t n) const noexcept {
    return done_ && n == attempt_;
  }

  void race(const std::vector<asio::ip::address>& addresses) {
    std::vector<tcp::endpoint> endpoints;
    for (auto& known : addresses)
      endpoints.emplace_back(known, where_.port());
    race_ = std::make_shared<connect_race>(
      loop(), std::move(endpoints), settings_.head_start,
      [self = shared_from_this()](std::error_code ec, tcp::socket socket) {
        if (ec)
          self->failed(ec.message());
        else
          self->connected(std::make_unique<tcp_stream>(
            std::move(socket), self->settings_.keepalive));
      });
    race_->start();
  }

  void connected(stream_ptr ends) {
    if (!settings_.tls) {
      finish(std::move(ends));
      return;
    }
    timer_.cancel(); // the handshake has a time of its own
    handshake_ = tls_handshake::begin(
      loop(), std::move(ends),
      {settings_.tls, where_.host(), settings_.tls_handshake_timeout},
      [self = shared_from_this(), n = attempt_](outcome<stream_ptr> secured) {
        if (!self->is_current(n))
          return;
        if (secured)
          self->finish(std::move(secured));
        else if (secured.error().code == errc::shut_down)
          self->abort(); // the loop may have ended the handshake first
        else
          self->failed(secured.error().text);
      });
  }

  void failed(const std::string& why) {
    cancel_all();
    if (retries_.is_over(clock::now() - begin_)) {
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

  /// Spreads the attempts of many clients whose server went away.
  static clock::duration jittered(clock::duration pause) {
    static thread_local std::minstd_rand engine{std::random_device{}()};
    std::uniform_real_distribution<double> factor{0.9, 1.1};
    return std::chrono::duration_cast<clock::duration>(pause * factor(engine));
  }

  void cancel_all() {
    ++attempt_; // whatever is still under way no longer counts
    if (auto current = look_up_.lock())
      current->abort();
    if (auto current = std::exchange(race_, nullptr))
      current->cancel();
    if (auto current = handshake_.lock())
      current->abort();
    timer_.cancel();
  }

  void finish(outcome<stream_ptr> result) {
    if (!done_)
      return;
    auto self = shared_from_this(); // a handshake may be all that has us
    cancel_all();
    retire();
    auto done = std::exchange(done_, {});
    done(std::move(result));
  }

  address where_;
  connect_settings settings_;
  connect_handler done_;
  clock::time_point begin_;
  retry_plan retries_;
  asio::steady_timer timer_;
  std::weak_ptr<io_loop::resident> look_up_;
  std::shared_ptr<connect_race> race_;
  std::weak_ptr<io_loop::resident> handshake_;
  size_t attempt_ = 0;
};

} // namespace

connect_attempt connect_tcp(io_loop& home, const address& where,
                            const connect_settings& settings,
                            connect_handler done) {
  if (home.stopping()) {
    done(connecting_shut_down(where));
    return {};
  }
  auto result
    = std::make_shared<connector>(home, where, settings, std::move(done));
  result->attempt();
  return result;
}

} // namespace caf::aiomas::detail
