#include "caf/aiomas/detail/node_supervisor.hpp"

#include "caf/aiomas/agent_url.hpp"
#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/error.hpp"

#include <algorithm>
#include <csignal>
#include <utility>

namespace caf::aiomas::detail {

namespace {

constexpr std::string_view ready_prefix = "READY ";

/// Handlers of users must not end an I/O thread.
template <class F, class... Ts>
void call(const F& handler, Ts&&... xs) noexcept {
  try {
    if (handler)
      handler(std::forward<Ts>(xs)...);
  } catch (...) {
    // nobody is there to be told
  }
}

node_end end_of(const child_end& how) {
  node_end result;
  if (how.exit_code) {
    result.how = node_end::cause::exited;
    result.code = *how.exit_code;
  } else if (how.signal) {
    result.how = node_end::cause::killed;
    result.code = *how.signal;
  }
  return result;
}

bool is_failure(const node_end& x) {
  return x.how != node_end::cause::exited || x.code != 0;
}

/// Returns the URL of the manager, if a node says a proper one.
std::optional<std::string> manager_url_in(std::string_view line) {
  auto url = std::string{line.substr(ready_prefix.size())};
  while (!url.empty() && (url.back() == '\r' || url.back() == ' '))
    url.pop_back();
  if (url.ends_with('/'))
    url += '0';
  if (agent_url::parse(url))
    return url;
  return std::nullopt;
}

} // namespace

node_supervisor::node_supervisor(io_loop& home, const container& master,
                                 node_command what)
  : resident(home),
    master_(container::borrow(master.impl().shared_from_this())),
    what_(std::move(what)),
    timer_(home.context()) {
  // nop
}

node_supervisor::~node_supervisor() {
  // nop
}

// -- starting -----------------------------------------------------------------

void node_supervisor::start(start_handler done) {
  on_start_ = std::move(done);
  self_ = shared_from_this();
  if (loop().stopping()) {
    abort();
    return;
  }
  launch();
}

void node_supervisor::forget_start() {
  on_start_ = {};
}

void node_supervisor::launch() {
  now_ = state::starting;
  was_ready_ = false;
  failure_ = error{};
  auto weak = weak_from_this();
  child_process::handlers to{[weak](std::string_view line) {
                               if (auto self = weak.lock())
                                 self->take_line(line);
                             },
                             [weak](const child_end& how) {
                               if (auto self = weak.lock())
                                 self->child_ended(how);
                             }};
  auto child = child_process::spawn(
    loop(), {what_.words, what_.environment, what_.folder}, std::move(to));
  if (!child) {
    failure_ = to_error(std::move(child.error()));
    // What has never worked will not work soon.
    if (url().empty())
      finish(failure_);
    else
      process_ended({});
    return;
  }
  child_ = std::move(*child);
  show(url(), child_->pid());
  arm(what_.ready_timeout, &node_supervisor::not_ready_in_time);
}

void node_supervisor::take_line(std::string_view line) {
  if (now_ == state::starting && !failure_ && line.starts_with(ready_prefix)) {
    if (auto url = manager_url_in(line))
      became_ready(*std::move(url));
    else
      reject("The node prints no URL of a container: "
             + std::string{line.substr(0, 200)});
    return;
  }
  call(what_.on_output, line);
}

void node_supervisor::became_ready(std::string url) {
  now_ = state::ready;
  was_ready_ = true;
  ready_since_ = io_clock::now();
  timer_.cancel();
  ++timer_round_;
  show(url, child_->pid());
  call(what_.on_ready, url);
  if (auto done = std::exchange(on_start_, {}))
    done({});
}

void node_supervisor::reject(std::string why) {
  failure_ = make_error(errc::cannot_connect, std::move(why));
  child_->signal(SIGKILL);
}

void node_supervisor::not_ready_in_time() {
  failure_
    = make_error(errc::timeout, std::string{"The node was not ready in time"});
  child_->signal(SIGKILL);
}

// -- ending -------------------------------------------------------------------

void node_supervisor::wait(end_handler done) {
  if (now_ == state::ended)
    done(last_end_);
  else
    waiting_.push_back(std::move(done));
}

void node_supervisor::stop() {
  wanted_ = true;
  if (now_ == state::pausing)
    finish(error{});
  else if (now_ == state::starting)
    terminate();
  else if (now_ == state::ready)
    ask_manager();
}

void node_supervisor::ask_manager() {
  now_ = state::stopping;
  arm(what_.stop_timeout, &node_supervisor::terminate);
  auto weak = weak_from_this();
  auto failed = [weak, home = loop().shared_from_this()] {
    home->post([weak] {
      auto self = weak.lock();
      if (self && self->now_ == state::stopping)
        self->terminate();
    });
  };
  auto limit = std::clamp(what_.stop_timeout, std::chrono::nanoseconds{0},
                          io_clock::longest_wait);
  master_.connect(url()).timeout(limit).notify(
    [failed, limit](expected<proxy> manager) {
      if (!manager) {
        failed();
        return;
      }
      manager_proxy{std::move(*manager)}.stop().timeout(limit).notify(
        [failed](expected<value> answer) {
          // The answer may get lost when the process ends.
          if (!answer && !connection_lost(answer.error()))
            failed();
        });
    });
}

void node_supervisor::terminate() {
  now_ = state::terminating;
  arm(what_.term_timeout, &node_supervisor::kill);
  child_->signal(SIGTERM);
}

void node_supervisor::kill() {
  wanted_ = true;
  if (now_ == state::ended)
    return;
  if (now_ == state::pausing) {
    finish(error{});
    return;
  }
  now_ = state::terminating;
  timer_.cancel();
  ++timer_round_;
  child_->signal(SIGKILL);
}

void node_supervisor::child_ended(const child_end& how) {
  auto lived = io_clock::now() - ready_since_;
  timer_.cancel();
  ++timer_round_;
  child_ = nullptr;
  show(url(), -1);
  if (was_ready_ && lived >= what_.restart.healthy_after)
    restarts_ = 0;
  process_ended(end_of(how));
}

void node_supervisor::process_ended(node_end how) {
  last_end_ = how;
  last_end_.was_ready = was_ready_;
  last_end_.wanted = wanted_;
  if (!failure_)
    failure_ = make_error(errc::cannot_connect,
                          "The node has ended before it was ready: "
                            + to_string(last_end_));
  last_end_.restarts = may_restart();
  if (last_end_.restarts)
    restart_later();
  else
    now_ = state::ended;
  call(what_.on_end, last_end_);
  if (now_ == state::ended)
    finish(failure_);
}

bool node_supervisor::may_restart() const {
  return !wanted_ && !loop().stopping() && is_failure(last_end_)
         && restarts_ < what_.restart.limit;
}

void node_supervisor::restart_later() {
  now_ = state::pausing;
  auto pause = std::clamp(what_.restart.first_pause,
                          std::chrono::nanoseconds{0}, io_clock::longest_wait);
  auto longest = std::max(
    pause, std::min(what_.restart.longest_pause, io_clock::longest_wait));
  for (size_t i = 0; i < restarts_ && pause < longest; ++i)
    pause *= 2;
  ++restarts_;
  arm(std::min(pause, longest), &node_supervisor::launch);
}

/// Tells all who wait. `why` is for whoever waits for the start.
void node_supervisor::finish(error why) {
  auto keep = std::move(self_);
  now_ = state::ended;
  timer_.cancel();
  ++timer_round_;
  retire();
  if (!why)
    why = make_error(errc::cancelled, std::string{"The node was stopped"});
  if (auto done = std::exchange(on_start_, {}))
    done(std::move(why));
  for (auto& done : std::exchange(waiting_, {}))
    done(last_end_);
}

void node_supervisor::abort() {
  if (now_ == state::ended)
    return;
  if (auto child = std::exchange(child_, nullptr)) {
    child->abort();
    show(url(), -1);
    last_end_
      = node_end{node_end::cause::killed, SIGKILL, was_ready_, true, false};
    call(what_.on_end, last_end_);
  }
  wanted_ = true;
  finish(make_error(errc::shut_down,
                    std::string{"The actor system has been shut down"}));
}

// -- the rest -----------------------------------------------------------------

void node_supervisor::arm(std::chrono::nanoseconds limit,
                          void (node_supervisor::*then)()) {
  timer_.expires_after(
    std::clamp(limit, std::chrono::nanoseconds{0}, io_clock::longest_wait));
  timer_.async_wait([weak = weak_from_this(), then,
                     round = ++timer_round_](asio::error_code ec) {
    auto self = weak.lock();
    if (ec || !self || self->timer_round_ != round)
      return;
    io_loop::turn guard{self->loop()};
    (*self.*then)();
  });
}

void node_supervisor::show(std::string url, pid_t pid) {
  std::lock_guard guard{mtx_};
  url_ = std::move(url);
  pid_ = pid;
}

std::string node_supervisor::url() const {
  std::lock_guard guard{mtx_};
  return url_;
}

pid_t node_supervisor::pid() const {
  std::lock_guard guard{mtx_};
  return pid_;
}

} // namespace caf::aiomas::detail
