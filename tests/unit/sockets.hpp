#pragma once

/// Sockets that behave as ours never do. To be included after CAF_SUITE is
/// defined.

#include "caf/test/dsl.hpp"

#include "caf/aiomas/address.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <utility>

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace aiomas_test {

/// A TCP socket of the test, closed with its owner.
class raw_socket {
public:
  raw_socket() : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    // nop
  }

  raw_socket(raw_socket&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {
    // nop
  }

  raw_socket& operator=(raw_socket&&) = delete;

  ~raw_socket() {
    close();
  }

  /// Takes a port of the loopback interface, at 127.0.0.`last`, and returns it.
  uint16_t bind(uint8_t last = 1, uint16_t port = 0) const {
    auto yes = 1;
    ::setsockopt(fd_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    auto where = loopback(port, last);
    socklen_t size = sizeof where;
    auto ends = reinterpret_cast<sockaddr*>(&where);
    if (::bind(fd_, ends, size) != 0 || ::getsockname(fd_, ends, &size) != 0)
      CAF_FAIL("no port");
    return ntohs(where.sin_port);
  }

  void listen(int backlog) const {
    if (::listen(fd_, backlog) != 0)
      CAF_FAIL("cannot listen");
  }

  void connect(uint16_t port, uint8_t last = 1) const {
    auto where = loopback(port, last);
    if (::connect(fd_, reinterpret_cast<sockaddr*>(&where), sizeof where) != 0)
      CAF_FAIL("cannot connect");
  }

  /// Waits for a client.
  raw_socket accept() const {
    wait();
    return raw_socket{::accept(fd_, nullptr, nullptr)};
  }

  void send(std::string_view bytes) const {
    if (::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL)
        != static_cast<ssize_t>(bytes.size()))
      CAF_FAIL("cannot send");
  }

  /// Waits for bytes and returns how many came; 0 at the end, for whatever
  /// reason.
  size_t receive(std::span<char> room) const {
    auto n = ::recv(fd_, room.data(), room.size(), 0);
    return n > 0 ? static_cast<size_t>(n) : 0;
  }

  /// Lets the peer know that there is no more.
  void end_output() const {
    ::shutdown(fd_, SHUT_WR);
  }

  /// Wakes up whoever waits.
  void shut_down() const {
    ::shutdown(fd_, SHUT_RDWR);
  }

  /// Waits until there is something to read, accept or notice.
  void wait() const {
    pollfd what{fd_, POLLIN, 0};
    if (::poll(&what, 1, 10'000) != 1)
      CAF_FAIL("waited in vain");
  }

  /// Waits for the peer to end the connection, whatever it sends before.
  void wait_closed() const {
    char bytes[1024];
    do
      wait();
    while (::recv(fd_, bytes, sizeof bytes, 0) > 0);
  }

  /// Returns how many bytes the peer sends before it ends the connection in an
  /// orderly manner.
  size_t count_to_end() const {
    size_t result = 0;
    for (;;) {
      char bytes[16384];
      wait();
      auto n = ::recv(fd_, bytes, sizeof bytes, 0);
      if (n < 0)
        CAF_FAIL("the connection broke after " << result << " bytes");
      if (n == 0)
        return result;
      result += static_cast<size_t>(n);
    }
  }

  /// Ends the connection by force.
  void reset() {
    linger at_once{1, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    close();
  }

  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

private:
  explicit raw_socket(int fd) : fd_(fd) {
    // nop
  }

  static sockaddr_in loopback(uint16_t port, uint8_t last = 1) {
    sockaddr_in result = {};
    result.sin_family = AF_INET;
    result.sin_addr.s_addr = htonl(0x7f000000u | last);
    result.sin_port = htons(port);
    return result;
  }

  int fd_;
};

/// A port on which nobody listens. Others don't get it by chance, but one
/// server may listen on it.
class reserved_port {
public:
  reserved_port() : port_(socket_.bind()) {
    // nop
  }

  caf::aiomas::address where() const {
    return {"127.0.0.1", port_};
  }

private:
  raw_socket socket_;
  uint16_t port_;
};

/// Passes the bytes of one client on to a server, and back, a while later.
class slow_relay {
public:
  slow_relay(uint16_t to, std::chrono::milliseconds delay)
    : port_(listener_.bind()) {
    listener_.listen(1);
    there_ = std::thread{[this, to, delay] {
      client_.emplace(listener_.accept());
      server_.connect(to);
      back_ = std::thread{[this, delay] { pass(server_, *client_, delay); }};
      pass(*client_, server_, delay);
    }};
  }

  /// Somebody must have connected.
  ~slow_relay() {
    server_.shut_down();
    there_.join();
    back_.join();
  }

  uint16_t port() const noexcept {
    return port_;
  }

private:
  static void pass(const raw_socket& from, const raw_socket& to,
                   std::chrono::milliseconds delay) {
    std::array<char, 16384> room;
    while (auto n = from.receive(room)) {
      std::this_thread::sleep_for(delay);
      to.send({room.data(), n});
    }
    to.end_output();
  }

  raw_socket listener_;
  raw_socket server_;
  std::optional<raw_socket> client_;
  uint16_t port_;
  std::thread there_;
  std::thread back_;
};

/// A port whose listener has no room for another client: attempts to connect
/// neither succeed nor fail.
class full_port {
public:
  full_port() : port_(listener_.bind()) {
    listener_.listen(0);
    only_client_.connect(port_);
    listener_.wait();
  }

  caf::aiomas::address where() const {
    return {"127.0.0.1", port_};
  }

private:
  raw_socket listener_;
  raw_socket only_client_;
  uint16_t port_;
};

} // namespace aiomas_test
