// The limit: one thread with epoll sends each frame back, with its message type
// set to RESULT, and decodes nothing. The result of a call is thus the whole
// request, which only raw_load puts up with.
//
//     raw_echo --listen tcp://127.0.0.1:0
//
// prints READY and its URL.

#include "frames.hpp"
#include "sockets.hpp"

#include <CLI/CLI.hpp>

#include <array>
#include <exception>
#include <iostream>
#include <map>
#include <memory>
#include <stdexcept>

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace {

struct connection {
  int fd;
  peers::input_buffer in;
  peers::output_buffer out;
};

class server {
public:
  explicit server(int listener) : listener_(listener) {
    watch(EPOLL_CTL_ADD, listener_, EPOLLIN, nullptr);
  }

  [[noreturn]] void run() {
    std::array<epoll_event, 64> ready{};
    for (;;) {
      auto n = epoll_wait(epoll_, ready.data(), ready.size(), -1);
      for (auto i = 0; i < n; ++i) {
        auto& x = ready[static_cast<size_t>(i)];
        if (x.data.ptr == nullptr)
          accept_one();
        else if (auto c = static_cast<connection*>(x.data.ptr);
                 !serve(*c, x.events))
          close(*c);
      }
    }
  }

private:
  void watch(int how, int fd, uint32_t events, void* what) {
    epoll_event x{};
    x.events = events;
    x.data.ptr = what;
    if (epoll_ctl(epoll_, how, fd, &x) != 0)
      throw std::runtime_error{"epoll_ctl failed"};
  }

  void accept_one() {
    auto fd = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (fd < 0)
      return;
    peers::tune(fd);
    auto& c = connections_[fd];
    c = std::make_unique<connection>();
    c->fd = fd;
    watch(EPOLL_CTL_ADD, fd, EPOLLIN, c.get());
  }

  /// Returns false when the peer is gone. While output waits, nothing is read.
  bool serve(connection& c, uint32_t events) {
    auto waited = !c.out.empty();
    if (waited && !c.out.flush(c.fd))
      return false;
    if (c.out.empty() && (events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0
        && !echo(c))
      return false;
    if (waited == c.out.empty())
      watch(EPOLL_CTL_MOD, c.fd, c.out.empty() ? EPOLLIN : EPOLLOUT, &c);
    return true;
  }

  static bool echo(connection& c) {
    if (!c.in.fill(c.fd))
      return false;
    const char* begin = nullptr;
    size_t size = 0;
    for (auto frame = c.in.next(); !frame.empty(); frame = c.in.next()) {
      begin = begin == nullptr ? frame.data() : begin;
      size += frame.size();
      // `[0,` in JSON, 93 00 in MsgPack.
      auto type = peers::header_size + 1;
      if (frame.size() > type && (frame[type] == '0' || frame[type] == 0))
        ++frame[type];
    }
    return c.out.send(c.fd, {begin, size});
  }

  void close(const connection& c) {
    auto fd = c.fd;
    connections_.erase(fd);
    ::close(fd);
  }

  int listener_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  std::map<int, std::unique_ptr<connection>> connections_;
};

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Sends frames back."};
  std::string url = "tcp://127.0.0.1:0";
  std::string ignored;
  app.add_option("--listen,-l", url, "where to listen")->capture_default_str();
  app.add_option("--codec", ignored, "makes no difference");
  app.add_option("--agents", ignored, "makes no difference");
  CLI11_PARSE(app, argc, argv);
  try {
    auto listener = peers::listen_at(url);
    std::cout << "READY " << peers::url_of(listener, url) << std::endl;
    server{listener}.run();
  } catch (const std::exception& err) {
    std::cerr << err.what() << '\n';
    return 1;
  }
}
