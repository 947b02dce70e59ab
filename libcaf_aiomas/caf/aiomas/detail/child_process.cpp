#include "caf/aiomas/detail/child_process.hpp"

#include "caf/aiomas/defaults.hpp"

#include <asio/buffer.hpp>
#include <asio/error.hpp>

#include <cerrno>
#include <csignal>
#include <poll.h>
#include <sys/wait.h>
#include <utility>

namespace caf::aiomas::detail {

namespace {

/// How long a killed child may take to end, in milliseconds. It takes much less
/// unless the system itself is stuck.
constexpr int patience_after_kill = 2000;

/// How much is read of what a child has left in its pipe.
constexpr size_t longest_rest = 1 << 20;

} // namespace

outcome<std::shared_ptr<child_process>>
child_process::spawn(io_loop& home, const child_command& what, handlers to) {
  auto started = spawn_child(what);
  if (!started)
    return std::move(started.error());
  auto self
    = std::make_shared<child_process>(home, std::move(*started), std::move(to));
  self->read_more();
  self->watch();
  return self;
}

child_process::child_process(io_loop& home, spawned_child what, handlers to)
  : loop_(home.shared_from_this()),
    to_(std::move(to)),
    pid_(what.pid),
    output_(home.context(), what.output.release()),
    handle_(home.context(), what.handle.release()) {
  output_.non_blocking(true);
}

child_process::~child_process() {
  abort();
}

void child_process::signal(int number) noexcept {
  // Until it is waited for, nobody else gets its number. It may have left its
  // group.
  if (ended_)
    return;
  if (::kill(-pid_, number) != 0 || number == SIGKILL)
    ::kill(pid_, number);
}

void child_process::abort() noexcept {
  to_ = {};
  if (ended_)
    return;
  signal(SIGKILL);
  struct pollfd end = {handle_.native_handle(), POLLIN, 0};
  while (::poll(&end, 1, patience_after_kill) < 0 && errno == EINTR)
    ;
  reap();
  close();
}

void child_process::close() noexcept {
  asio::error_code ignored;
  output_.close(ignored);
  handle_.close(ignored);
}

// -- what it prints -----------------------------------------------------------

void child_process::read_more() {
  reading_ = true;
  output_.async_read_some(
    asio::buffer(buffer_),
    [self = shared_from_this()](asio::error_code ec, size_t n) {
      io_loop::turn guard{*self->loop_};
      self->reading_ = false;
      self->take({self->buffer_.data(), n});
      if (self->ended_)
        self->finish();
      else if (!ec)
        self->read_more();
    });
}

void child_process::take(std::string_view what) {
  while (!what.empty()) {
    auto end = what.find('\n');
    line_.append(what.substr(0, end));
    what.remove_prefix(end == std::string_view::npos ? what.size() : end + 1);
    if (end == std::string_view::npos
        && line_.size() < defaults::max_child_line)
      return;
    auto line = std::exchange(line_, {});
    if (to_.on_line)
      to_.on_line(line);
  }
}

/// Others may still hold the pipe open: takes what is there.
void child_process::read_rest() {
  size_t total = 0;
  asio::error_code ec;
  while (!ec && total < longest_rest && output_.is_open()) {
    auto n = output_.read_some(asio::buffer(buffer_), ec);
    take({buffer_.data(), n});
    total += n;
  }
  if (!line_.empty())
    take("\n");
}

// -- its end ------------------------------------------------------------------

void child_process::watch() {
  handle_.async_wait(asio::posix::stream_descriptor::wait_read,
                     [self = shared_from_this()](asio::error_code ec) {
                       if (ec || self->ended_)
                         return;
                       io_loop::turn guard{*self->loop_};
                       self->ended();
                     });
}

void child_process::ended() {
  signal(SIGKILL); // to those whom it has left behind
  how_ = reap();
  if (!reading_) {
    finish();
    return;
  }
  // It may have read something that is still to be handled.
  asio::error_code ignored;
  output_.cancel(ignored);
}

void child_process::finish() {
  read_rest();
  close();
  auto to = std::exchange(to_, {});
  if (to.on_end)
    to.on_end(how_);
}

child_end child_process::reap() noexcept {
  ended_ = true;
  auto status = 0;
  pid_t who = 0;
  do {
    who = ::waitpid(pid_, &status, WNOHANG);
  } while (who < 0 && errno == EINTR);
  if (who != pid_)
    return {};
  if (WIFEXITED(status))
    return {WEXITSTATUS(status), std::nullopt};
  return {std::nullopt, WTERMSIG(status)};
}

} // namespace caf::aiomas::detail
