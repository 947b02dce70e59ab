#include "slow_peers.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <string>
#include <string_view>
#include <system_error>

#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

namespace load {

namespace {

/// Turns in a row in which the server takes nothing from anyone when it has
/// stopped to read.
constexpr int idle_turns = 300;

/// Turns from one portion that is read to the next.
constexpr int read_every = 10;

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

int connect_to(const caf::aiomas::address& where) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(where.port());
  if (inet_pton(AF_INET, where.host().c_str(), &to.sin_addr) != 1) {
    errno = EINVAL;
    fail("address");
  }
  auto fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (fd == -1)
    fail("socket");
  // Little room, so that the server has to wait.
  auto room = 64 << 10;
  auto yes = 1;
  setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
  if (connect(fd, reinterpret_cast<sockaddr*>(&to), sizeof(to)) != 0) {
    auto code = errno;
    close(fd);
    errno = code;
    fail("connect");
  }
  return fd;
}

std::string header_of(size_t length) {
  std::string result;
  for (auto shift = 24; shift >= 0; shift -= 8)
    result += static_cast<char>(length >> shift);
  return result;
}

std::string large_request(size_t text_size) {
  auto payload = R"([0,0,["agents/0/service",[")" + std::string(text_size, 'x')
                 + R"("],{}]])";
  return header_of(payload.size()) + payload;
}

} // namespace

// -- peers --------------------------------------------------------------------

class slow_peers::peer {
public:
  explicit peer(const caf::aiomas::address& where) : fd_(connect_to(where)) {
    // nop
  }

  peer(const peer&) = delete;
  peer& operator=(const peer&) = delete;

  virtual ~peer() {
    close(fd_);
  }

  /// Does its portion without waiting. Returns whether the server has taken
  /// large requests meanwhile.
  virtual bool go_on() = 0;

  bool lost() const noexcept {
    return lost_;
  }

protected:
  size_t send(std::string_view what) {
    auto n = ::send(fd_, what.data(), what.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
    note(n, n == 0);
    return n > 0 ? static_cast<size_t>(n) : 0;
  }

  void receive() {
    std::array<char, 4096> into;
    auto n = recv(fd_, into.data(), into.size(), MSG_DONTWAIT);
    note(n, n == 0);
  }

private:
  void note(ssize_t n, bool ended) {
    lost_ = lost_ || ended || (n == -1 && errno != EAGAIN && errno != EINTR);
  }

  int fd_;
  bool lost_ = false;
};

/// Sends one large request after the other.
class slow_peers::reader : public slow_peers::peer {
public:
  reader(const caf::aiomas::address& where, const std::string& request,
         bool reads)
    : peer(where), request_(request), reads_(reads) {
    // nop
  }

  bool go_on() override {
    auto n = send(std::string_view{request_}.substr(sent_));
    sent_ = (sent_ + n) % request_.size();
    if (reads_ && ++turn_ % read_every == 0)
      receive();
    return n > 0;
  }

private:
  std::string request_;
  size_t sent_ = 0;
  size_t turn_ = 0;
  bool reads_;
};

/// Has a frame to send that has no end within reach.
class slow_peers::writer : public slow_peers::peer {
public:
  writer(const caf::aiomas::address& where, bool goes_on)
    : peer(where), goes_on_(goes_on) {
    send(header_of(32 << 20) + "[");
  }

  bool go_on() override {
    if (goes_on_)
      send("1");
    return false;
  }

private:
  bool goes_on_;
};

// -- all of them --------------------------------------------------------------

slow_peers::slow_peers(const caf::aiomas::address& where,
                       const slow_habits& what) {
  auto request = large_request(what.text_size);
  for (size_t i = 0; i < what.never_read; ++i)
    peers_.push_back(std::make_unique<reader>(where, request, false));
  for (size_t i = 0; i < what.read_slowly; ++i)
    peers_.push_back(std::make_unique<reader>(where, request, true));
  for (size_t i = 0; i < what.write_bytes; ++i)
    peers_.push_back(std::make_unique<writer>(where, true));
  for (size_t i = 0; i < what.never_end; ++i)
    peers_.push_back(std::make_unique<writer>(where, false));
  thread_ = std::thread{[this] { run(); }};
  if (what.settle)
    settled_.wait(false);
}

slow_peers::~slow_peers() {
  stopping_ = true;
  thread_.join();
}

void slow_peers::run() {
  auto idle = 0;
  auto next = std::chrono::steady_clock::now();
  while (!stopping_) {
    auto taken = false;
    size_t lost = 0;
    for (auto& x : peers_) {
      taken = x->go_on() || taken;
      lost += x->lost() ? 1 : 0;
    }
    lost_ = lost;
    idle = taken ? 0 : idle + 1;
    if (idle == idle_turns) {
      settled_ = true;
      settled_.notify_all();
    }
    next += std::chrono::milliseconds{1};
    std::this_thread::sleep_until(next);
  }
}

} // namespace load
