#include "caf/aiomas/detail/io_loop.hpp"

#include "caf/aiomas/detail/io_timer.hpp"

#include <asio/post.hpp>

#include <csignal>
#include <pthread.h>
#include <utility>

namespace caf::aiomas::detail {

namespace {

thread_local bool is_loop_thread = false;

/// How many loops this thread drives.
thread_local int driven_loops = 0;

/// How often a turn looks for further jobs before the sockets are next.
constexpr int max_rounds = 16;

/// Held by whoever runs a job of a loop that was stopped. One for all loops,
/// since such a job may post to another one.
std::recursive_mutex& after_stop() {
  static std::recursive_mutex instance;
  return instance;
}

} // namespace

// -- nested classes -----------------------------------------------------------

io_loop::resident::resident(io_loop& home) : loop_(home.shared_from_this()) {
  home.residents_.insert(this);
}

io_loop::resident::~resident() {
  // nop
}

void io_loop::resident::retire() {
  loop_->residents_.erase(this);
}

io_loop::flushable::~flushable() {
  // nop
}

event_log::~event_log() {
  // nop
}

/// Makes the calling thread that of a driven loop.
class io_loop::driver {
public:
  explicit driver(io_loop& loop) noexcept
    : loop_(loop),
      was_loop_thread_(std::exchange(is_loop_thread, true)),
      shown_before_(io_clock::show(&loop.now_)) {
    loop_.thread_id_ = std::this_thread::get_id();
  }

  driver(const driver&) = delete;
  driver& operator=(const driver&) = delete;

  ~driver() {
    loop_.thread_id_ = std::thread::id{};
    io_clock::show(shown_before_);
    is_loop_thread = was_loop_thread_;
  }

private:
  io_loop& loop_;
  bool was_loop_thread_;
  const io_clock::time_point* shown_before_;
};

// -- start and stop -----------------------------------------------------------

io_loop::io_loop() : work_(context_.get_executor()) {
  // nop
}

io_loop::~io_loop() {
  stop();
}

void io_loop::start() {
  thread_ = std::thread{[this] { run(); }};
}

void io_loop::start_driven() {
  driver_id_ = std::this_thread::get_id();
  now_ = io_clock::now();
  ++driven_loops;
}

void io_loop::run() {
  is_loop_thread = true;
  thread_id_ = std::this_thread::get_id();
  pthread_setname_np(pthread_self(), "aiomas.io");
  // Signals are for the program's own threads.
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
  context_.run();
  thread_id_ = std::thread::id{};
}

void io_loop::stop() {
  auto driven = driver_id_ != std::thread::id{};
  if (!driven && !thread_.joinable())
    return;
  post([this] {
    stopping_ = true;
    work_.reset();
    // An abort may retire others, too.
    while (!residents_.empty()) {
      auto first = residents_.begin();
      auto what = *first;
      residents_.erase(first);
      what->abort();
    }
  });
  if (driven)
    finish();
  else
    thread_.join();
  {
    std::lock_guard guard{mtx_};
    stopped_ = true;
  }
  std::lock_guard one_at_a_time{after_stop()};
  end_turn(); // what was posted too late for the thread
}

void io_loop::finish() {
  {
    driver guard{*this};
    context_.run();
  }
  if (driver_id_ == std::this_thread::get_id())
    --driven_loops;
  driver_id_ = std::thread::id{};
}

// -- driving ------------------------------------------------------------------

size_t io_loop::poll() {
  if (in_loop())
    return 0;
  driver guard{*this};
  return context_.poll();
}

size_t io_loop::advance(io_clock::duration by) {
  if (in_loop())
    return 0;
  driver guard{*this};
  now_ += by;
  // Asio looks at its timers when the first one is due in real time; this one
  // always is.
  io_timer knock{context_, io_clock::time_point{}};
  size_t knocks = 0;
  knock.async_wait([&knocks](asio::error_code) { ++knocks; });
  auto events = context_.poll();
  return events - knocks;
}

bool io_loop::drives_any() noexcept {
  return driven_loops > 0;
}

// -- work ---------------------------------------------------------------------

void io_loop::post(job what) {
  auto needs_wake_up = false;
  {
    std::unique_lock guard{mtx_};
    if (stopped_) {
      guard.unlock();
      std::lock_guard one_at_a_time{after_stop()};
      what();
      end_turn();
      return;
    }
    jobs_.push_back(std::move(what));
    if (counted_in_) {
      counted_in_->begin();
      ++counted_jobs_;
    }
    needs_wake_up = !std::exchange(wake_up_sent_, true);
  }
  // The end of the current turn runs the job anyway.
  if (needs_wake_up && !(in_loop() && in_turn_))
    wake_up();
}

bool io_loop::is_up_to_date() {
  if (!in_loop() || !in_turn_ || in_batch_)
    return false;
  std::lock_guard guard{mtx_};
  return jobs_.empty() && !counted_in_;
}

void io_loop::wake_up() {
  asio::post(context_, [this] { turn guard{*this}; });
}

void io_loop::count_in(std::shared_ptr<activity> where) {
  std::lock_guard guard{mtx_};
  counted_in_ = std::move(where);
}

void io_loop::count_turn() {
  if (to_end_ > 0)
    return;
  std::lock_guard guard{mtx_};
  if (!counted_in_)
    return;
  ends_in_ = counted_in_;
  ends_in_->begin();
  to_end_ = 1;
}

activity::token io_loop::count_event() {
  std::lock_guard guard{mtx_};
  return activity::token{counted_in_};
}

void io_loop::flush_later(std::shared_ptr<flushable> what) {
  to_flush_.push_back(std::move(what));
}

bool io_loop::run_jobs() {
  {
    std::lock_guard guard{mtx_};
    wake_up_sent_ = false;
    if (jobs_.empty())
      return false;
    batch_.swap(jobs_);
    if (counted_jobs_ > 0) {
      ends_in_ = counted_in_;
      to_end_ += std::exchange(counted_jobs_, 0);
    }
  }
  in_batch_ = true;
  for (auto& what : batch_)
    what();
  in_batch_ = false;
  batch_.clear();
  return true;
}

void io_loop::flush_all() {
  // Flushing may produce output elsewhere, for example when a call fails.
  while (!to_flush_.empty()) {
    auto batch = std::exchange(to_flush_, {});
    for (auto& what : batch)
      what->flush();
  }
}

void io_loop::end_turn() {
  // Jobs may post further ones, for ever, and so may actors that a flush runs:
  // sockets get their turn, too.
  auto rounds = 0;
  while (run_jobs() || !to_flush_.empty()) {
    flush_all();
    if (++rounds == max_rounds) {
      wake_up();
      break;
    }
  }
  in_turn_ = false;
  // What they wrote is on its way, or still to be flushed.
  if (to_end_ > 0 && to_flush_.empty())
    ends_in_->end(std::exchange(to_end_, 0));
}

bool io_loop::on_any_loop() noexcept {
  return is_loop_thread;
}

} // namespace caf::aiomas::detail
