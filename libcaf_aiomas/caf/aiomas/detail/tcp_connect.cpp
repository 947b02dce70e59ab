#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/tcp.hpp"
#include "caf/aiomas/detail/tcp_stream.hpp"

#include <asio/connect.hpp>
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
      pause_(defaults::connect_retry_min),
      resolver_(home.context()),
      socket_(home.context()),
      timer_(home.context()) {
    // nop
  }

private:
  /// Whether what attempt `n` began still counts.
  bool is_current(size_t n) const noexcept {
    return done_ && n == attempt_;
  }

  /// Makes the handler of an operation of the current attempt, which goes on
  /// with `next`, or fails.
  template <class F>
  auto step(F next) {
    return [self = shared_from_this(), n = attempt_, next](asio::error_code ec,
                                                           auto&& result) {
      io_loop::turn guard{self->loop()};
      if (!self->is_current(n))
        return;
      if (ec)
        self->failed(ec.message());
      else
        next(std::forward<decltype(result)>(result));
    };
  }

public:
  void attempt() {
    ++attempt_;
    timer_.expires_after(settings_.attempt_timeout);
    timer_.async_wait([self = shared_from_this(), n = attempt_](auto ec) {
      io_loop::turn guard{self->loop()};
      if (!ec && self->is_current(n))
        self->failed("timed out");
    });
    resolver_.async_resolve(
      where_.host(), std::to_string(where_.port()),
      tcp::resolver::numeric_service,
      step([this](auto found) { try_all(std::move(found)); }));
  }

  void abort() override {
    finish(fault{errc::shut_down,
                 "Cannot connect to " + to_string(where_) + ": shut down"});
  }

private:
  void try_all(tcp::resolver::results_type found) {
    asio::async_connect(
      socket_, found, step([this](const auto&) {
        finish(stream_ptr{std::make_unique<tcp_stream>(std::move(socket_))});
      }));
  }

  void failed(const std::string& why) {
    ++attempt_; // whatever is still under way no longer counts
    cancel_all();
    auto elapsed = clock::now() - begin_;
    if (settings_.timeout
        && (*settings_.timeout <= clock::duration::zero()
            || elapsed > *settings_.timeout)) {
      finish(fault{errc::cannot_connect,
                   "Cannot connect to " + to_string(where_) + ": " + why});
      return;
    }
    timer_.expires_after(jittered(pause_));
    timer_.async_wait([self = shared_from_this()](auto ec) {
      io_loop::turn guard{self->loop()};
      if (!ec && self->done_)
        self->attempt();
    });
    pause_
      = std::min<clock::duration>(pause_ * 3 / 2, defaults::connect_retry_max);
  }

  /// Spreads the attempts of many clients whose server went away.
  static clock::duration jittered(clock::duration pause) {
    static thread_local std::minstd_rand engine{std::random_device{}()};
    std::uniform_real_distribution<double> factor{0.9, 1.1};
    return std::chrono::duration_cast<clock::duration>(pause * factor(engine));
  }

  void cancel_all() {
    asio::error_code ignored;
    resolver_.cancel();
    socket_.close(ignored);
    timer_.cancel();
  }

  void finish(outcome<stream_ptr> result) {
    if (!done_)
      return;
    cancel_all();
    retire();
    auto done = std::exchange(done_, {});
    done(std::move(result));
  }

  address where_;
  connect_settings settings_;
  connect_handler done_;
  clock::time_point begin_;
  clock::duration pause_;
  tcp::resolver resolver_;
  tcp::socket socket_;
  asio::steady_timer timer_;
  size_t attempt_ = 0;
};

} // namespace

connect_attempt connect_tcp(io_loop& home, const address& where,
                            const connect_settings& settings,
                            connect_handler done) {
  if (home.stopping()) {
    done(fault{errc::shut_down,
               "Cannot connect to " + to_string(where) + ": shut down"});
    return {};
  }
  auto result
    = std::make_shared<connector>(home, where, settings, std::move(done));
  result->attempt();
  return result;
}

} // namespace caf::aiomas::detail
