#pragma once

#include "caf/aiomas/address.hpp"

#include <atomic>
#include <cstddef>
#include <memory>
#include <thread>
#include <vector>

namespace load {

/// What slow peers do; each number is one of connections.
struct slow_habits {
  /// Want large replies and read none.
  size_t never_read = 0;

  /// Want large replies and read 4 KiB of them each 10 ms.
  size_t read_slowly = 0;

  /// Write a large request byte by byte, one each millisecond.
  size_t write_bytes = 0;

  /// Have begun to write a request, and go no further.
  size_t never_end = 0;

  /// Length of the text that is echoed to those who read.
  size_t text_size = 1'000'000;

  /// Whether to wait until the server has stopped to read from those who want
  /// replies, since too many wait for them. Until then it has much to do.
  bool settle = true;
};

/// Connections to a server that take their time, as long as this object lives.
/// They have a thread in common.
class slow_peers {
public:
  /// Connects to an echo_server at a TCP address. Throws `std::system_error`.
  slow_peers(const caf::aiomas::address& where, const slow_habits& what);

  slow_peers(const slow_peers&) = delete;
  slow_peers& operator=(const slow_peers&) = delete;
  ~slow_peers();

  /// How many of them the server has closed.
  size_t lost() const noexcept {
    return lost_;
  }

private:
  class peer;
  class reader;
  class writer;

  void run();

  std::vector<std::unique_ptr<peer>> peers_;
  std::atomic<bool> stopping_ = false;
  std::atomic<bool> settled_ = false;
  std::atomic<size_t> lost_ = 0;
  std::thread thread_;
};

} // namespace load
