#pragma once

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/transport.hpp"

#include <asio/steady_timer.hpp>

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace caf::aiomas::detail {

/// One `connect`, from its first attempt to its last: when to try again, and
/// when to stop. What an attempt does is up to the transport. Kept alive by the
/// operations it has under way. For the thread of its loop.
class connector : public io_loop::resident,
                  public std::enable_shared_from_this<connector> {
public:
  connector(io_loop& home, const address& where,
            const connect_settings& settings, connect_handler done);

  /// Begins the next attempt. May call the handler from within.
  void attempt();

  void abort() override;

protected:
  /// Does what makes an attempt, which ends with `failed` or `finish`.
  virtual void begin() = 0;

  /// Cancels what an attempt has under way, if there is one.
  virtual void cancel() noexcept = 0;

  /// The number of the attempt that is under way.
  size_t number() const noexcept {
    return attempt_;
  }

  /// Whether what attempt `n` began still counts.
  bool is_current(size_t n) const noexcept {
    return done_ && n == attempt_;
  }

  /// Whether there would be another attempt if this one failed now.
  bool goes_on() const noexcept;

  /// Lets the attempt that is under way take as long as it likes.
  void stop_clock() {
    timer_.cancel();
  }

  /// Ends an attempt. If it is the last one, or no further one can do better,
  /// the handler gets the reason.
  void failed(const std::string& why, bool try_again = true);

  /// Ends it all.
  void finish(outcome<stream_ptr> result);

  const address& where() const noexcept {
    return where_;
  }

  const connect_settings& settings() const noexcept {
    return settings_;
  }

private:
  void cancel_all();

  address where_;
  connect_settings settings_;
  connect_handler done_;
  std::chrono::steady_clock::time_point begin_;
  retry_plan retries_;
  asio::steady_timer timer_; // bounds an attempt, or is the pause before one
  size_t attempt_ = 0;
};

/// Begins to connect by a `Connector`.
template <class Connector, class... Ts>
connect_attempt begin_connecting(io_loop& home, const address& where,
                                 const connect_settings& settings,
                                 connect_handler done, Ts&&... xs) {
  if (home.stopping()) {
    done(connecting_shut_down(where));
    return {};
  }
  auto result = std::make_shared<Connector>(
    home, where, settings, std::move(done), std::forward<Ts>(xs)...);
  result->attempt();
  return result;
}

} // namespace caf::aiomas::detail
