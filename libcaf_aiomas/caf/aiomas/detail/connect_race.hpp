#pragma once

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/unique_function.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <list>
#include <memory>
#include <system_error>
#include <vector>

namespace caf::aiomas::detail {

/// Connects to the first of several endpoints that answers, in the manner of
/// RFC 8305: begins with one after the other, without waiting for long until
/// those before have failed. Kept alive by its operations. For the thread of
/// its loop.
class connect_race : public std::enable_shared_from_this<connect_race> {
public:
  using tcp = asio::ip::tcp;

  /// Takes the winner, or why the last one failed.
  using done_handler = unique_function<void(std::error_code, tcp::socket)>;

  /// Each of `runners`, of which there must be one, has `head_start` before the
  /// next one, unless it fails earlier.
  connect_race(io_loop& home, std::vector<tcp::endpoint> runners,
               std::chrono::nanoseconds head_start, done_handler done);

  /// Begins. `done` is called later, once.
  void start();

  /// Closes all sockets; `done` is not called any more.
  void cancel();

private:
  void next();
  void ended(tcp::socket& which, std::error_code ec);

  io_loop& home_;
  std::vector<tcp::endpoint> runners_;
  std::chrono::steady_clock::duration head_start_;
  done_handler done_;
  std::list<tcp::socket> sockets_; // of those that have begun
  size_t running_ = 0; // of them, those that have not ended
  asio::steady_timer timer_; // fires when the next one is to begin
};

} // namespace caf::aiomas::detail
