// Calls a server with ready-made frames, and looks at no more of the replies
// than their ids: all that the server does is measured, and hardly any client.
//
//     raw_load --conns 8 --depth 64
//     raw_load --server build/release/benchmarks/peers/raw_echo
//     raw_load --calls 10000 --url tcp://127.0.0.1:5555/

#include "frames.hpp"
#include "load_main.hpp"
#include "load_server.hpp"
#include "load_window.hpp"
#include "requests.hpp"
#include "sockets.hpp"

#include <array>
#include <memory>
#include <stdexcept>

#include <sys/epoll.h>
#include <unistd.h>

namespace {

/// Milliseconds without a reply until those that are pending are errors.
constexpr int patience = 10'000;

struct connection {
  int fd = -1;
  peers::input_buffer in;
  peers::output_buffer out;
  bool blocked = false;
  std::vector<load::clock::time_point> sent; // by id
  std::vector<bool> pending;
  std::vector<bool> checked;

  ~connection() {
    ::close(fd);
  }
};

class client {
public:
  client(const load::plan& how, const std::string& url)
    : how_(how), requests_(how) {
    for (size_t i = 0; i < how.conns; ++i) {
      auto& c = *connections_.emplace_back(std::make_unique<connection>());
      c.fd = peers::connect_to(url);
      c.sent.resize(how.depth);
      c.pending.resize(how.depth);
      c.checked.resize(how.depth);
      watch(EPOLL_CTL_ADD, c, EPOLLIN);
    }
  }

  client(const client&) = delete;
  client& operator=(const client&) = delete;

  ~client() {
    ::close(epoll_);
  }

  load::result run(pid_t server) {
    if (how_.calls > 0)
      return run_calls(server);
    load::window when{how_, server};
    loop([&](load::clock::time_point sent) {
      return when.on_reply(result_, sent);
    });
    when.finish(result_);
    return std::move(result_);
  }

private:
  load::result run_calls(pid_t server) {
    load::meter used{server};
    auto begin = load::clock::now();
    used.start();
    loop([&](load::clock::time_point sent) {
      result_.count(load::clock::now() - sent);
      return true;
    });
    used.stop();
    load::seconds taken = load::clock::now() - begin;
    result_.finish(used, taken.count());
    return std::move(result_);
  }

  /// Calls until `on_reply` returns false or all calls are made, and waits for
  /// the replies.
  template <class F>
  void loop(F on_reply) {
    for (auto& c : connections_) {
      for (size_t id = 0; id < how_.depth; ++id)
        call(*c, id);
      flush(*c);
    }
    std::array<epoll_event, 64> ready{};
    while (pending_ > 0) {
      auto n = epoll_wait(epoll_, ready.data(), ready.size(), patience);
      if (n == 0) {
        for (; pending_ > 0; --pending_)
          result_.fail("no reply in time");
        return;
      }
      for (auto i = 0; i < n; ++i) {
        auto& x = ready[static_cast<size_t>(i)];
        auto& c = *static_cast<connection*>(x.data.ptr);
        if ((x.events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0)
          receive(c, on_reply);
        flush(c);
      }
    }
  }

  void watch(int what, connection& c, uint32_t events) {
    epoll_event x{};
    x.events = events;
    x.data.ptr = &c;
    if (epoll_ctl(epoll_, what, c.fd, &x) != 0)
      throw std::runtime_error{"epoll_ctl failed"};
  }

  void call(connection& c, size_t id) {
    if (how_.calls > 0 && sent_ == how_.calls)
      return;
    // A stride that visits all agents, far apart from each other.
    requests_.append(c.out.bytes(), id, sent_++ * 7919 % how_.agents);
    ++pending_;
    c.pending[id] = true;
    c.sent[id] = load::clock::now();
  }

  void flush(connection& c) {
    if (!c.out.flush(c.fd))
      throw std::runtime_error{"the server closed a connection"};
    if (c.blocked == c.out.empty()) {
      c.blocked = !c.out.empty();
      watch(EPOLL_CTL_MOD, c, c.blocked ? EPOLLIN | EPOLLOUT : EPOLLIN);
    }
  }

  template <class F>
  void receive(connection& c, F& on_reply) {
    if (!c.in.fill(c.fd))
      throw std::runtime_error{"the server closed a connection"};
    for (auto whole = c.in.next(); !whole.empty(); whole = c.in.next()) {
      std::string_view frame{whole.data(), whole.size()};
      frame.remove_prefix(peers::header_size);
      auto id = requests_.id_of(frame);
      if (!id || !c.pending[*id]) {
        // Whose call it is can't be told, so that the loop could not go on.
        auto wrong = requests_.check(frame);
        throw std::runtime_error{wrong.empty() ? "a reply to no call" : wrong};
      }
      --pending_;
      c.pending[*id] = false;
      if (!c.checked[*id]) {
        c.checked[*id] = true;
        if (auto wrong = requests_.check(frame); !wrong.empty()) {
          result_.fail(wrong);
          continue;
        }
      }
      if (on_reply(c.sent[*id]))
        call(c, *id);
    }
  }

  const load::plan& how_;
  peers::requests requests_;
  int epoll_ = epoll_create1(EPOLL_CLOEXEC);
  size_t sent_ = 0;
  size_t pending_ = 0;
  load::result result_;
  std::vector<std::unique_ptr<connection>> connections_;
};

} // namespace

int main(int argc, char** argv) {
  load::client what;
  what.description
    = "Counts the calls that a server answers that gets "
      "ready-made frames.";
  what.server = load::server_process::default_program();
  what.has_calls = true;
  what.run = [](const load::plan& how, const std::string& url, pid_t server) {
    return client{how, url}.run(server);
  };
  return load::run_client(argc, argv, what);
}
