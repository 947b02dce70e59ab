#pragma once

#include "caf/aiomas/detail/activity.hpp"
#include "caf/aiomas/detail/event_line.hpp"
#include "caf/aiomas/detail/event_log.hpp"
#include "caf/aiomas/detail/io_clock.hpp"
#include "caf/aiomas/detail/traffic.hpp"
#include "caf/aiomas/detail/unique_function.hpp"

#include <asio/executor_work_guard.hpp>
#include <asio/io_context.hpp>

#include <atomic>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>
#include <unordered_set>
#include <vector>

namespace caf::aiomas::detail {

/// One I/O thread. Everything that does I/O belongs to exactly one loop and is
/// only touched by that loop's thread; other threads hand over work with
/// `post`.
///
/// A loop can also be driven: it has no thread then, and whoever calls `poll`
/// is its thread meanwhile. Its time, see `io_clock`, stands still until
/// `advance`.
///
/// Whatever belongs to a loop owns a reference to it, so that handles may
/// outlive the actor system; a stopped loop runs jobs where they are posted.
class io_loop : public std::enable_shared_from_this<io_loop> {
public:
  using job = unique_function<void()>;

  /// Something that must be closed before its loop can end. Its operations keep
  /// it alive until it retires; after that, any thread may destroy it.
  class resident {
  public:
    /// For the loop's thread.
    explicit resident(io_loop& home);
    resident(const resident&) = delete;
    resident& operator=(const resident&) = delete;
    virtual ~resident();

    /// Closes without delay and retires, so that no asynchronous operation
    /// remains. For the loop's thread; may be called more than once.
    virtual void abort() = 0;

    io_loop& loop() const noexcept {
      return *loop_;
    }

  protected:
    /// Tells the loop to forget this resident. For the loop's thread.
    void retire();

  private:
    std::shared_ptr<io_loop> loop_;
  };

  /// Output that several events of one turn produced is written at the turn's
  /// end, in one go.
  class flushable {
  public:
    virtual ~flushable();
    virtual void flush() = 0;
  };

  /// The extent of one turn: everything that happens because of one event. All
  /// handlers of asynchronous operations begin by opening one.
  class turn {
  public:
    explicit turn(io_loop& loop) noexcept : loop_(loop) {
      loop_.in_turn_ = true;
    }

    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;

    ~turn() {
      loop_.end_turn();
    }

  private:
    io_loop& loop_;
  };

  io_loop();
  io_loop(const io_loop&) = delete;
  io_loop& operator=(const io_loop&) = delete;

  /// Stops the loop if nobody did.
  ~io_loop();

  void start();

  /// Starts without a thread. The calling thread is the one that drives the
  /// loop from now on: it must not block, see `drives_any`.
  void start_driven();

  /// Aborts all residents, waits until nothing is left to do, and joins the
  /// thread. Not for the loop's own thread.
  void stop();

  /// Does what can be done without waiting in a driven loop, and returns how
  /// many events that were. Does nothing when called from within. For the
  /// thread that drives the loop.
  size_t poll();

  /// Lets time pass in a driven loop and does what is due then. Returns the
  /// same as `poll`.
  size_t advance(io_clock::duration by);

  /// Whether the loop takes no new residents. For the loop's thread.
  bool stopping() const noexcept {
    return stopping_;
  }

  /// How many residents there are: what is open or under way. For the loop's
  /// thread.
  size_t residents() const noexcept {
    return residents_.size();
  }

  /// Runs `what` in the loop's thread, after all that was posted before. May be
  /// called from any thread; many jobs cost one wake-up. After `stop`, runs it
  /// at once, one at a time.
  void post(job what);

  /// Whether a job may be done at once instead of being posted: in a turn of
  /// the calling thread, with no other job before it, and unless jobs count.
  /// For any thread.
  bool is_up_to_date();

  /// Counts jobs as going on from now on, until the end of the turn in which
  /// they run. For any thread.
  void count_in(std::shared_ptr<activity> where);

  /// Counts the current turn in the same way. For the loop's thread.
  void count_turn();

  /// Returns something that counts in the same way, for an event that is about
  /// to be posted to the context. For any thread.
  activity::token count_event();

  /// Calls `flush` when the current turn ends, once. For the loop's thread.
  void flush_later(std::shared_ptr<flushable> what);

  // -- what is seen from outside ----------------------------------------------

  /// What happens in this loop is counted here, by its thread.
  detail::traffic& traffic() noexcept {
    return traffic_;
  }

  /// Lets `log` have the events of this loop until it stops. To be called
  /// before it starts.
  void report_to(std::shared_ptr<event_log> log) noexcept {
    log_ = std::move(log);
  }

  /// Passes an event on to the log, if there is one that wants it; `fields`
  /// returns its fields. For the loop's thread.
  template <class F>
  void report(severity how, std::string_view name, F fields) {
    if (log_ && !stopping_ && log_->wants(how))
      log_->write(how, event_line(name, fields()));
  }

  // -- threads ----------------------------------------------------------------

  bool in_loop() const noexcept {
    return std::this_thread::get_id() == thread_id_.load();
  }

  asio::io_context& context() noexcept {
    return context_;
  }

  /// Whether the calling thread belongs to any loop.
  static bool on_any_loop() noexcept;

  /// Whether the calling thread drives any loop: what it waits for would never
  /// happen.
  static bool drives_any() noexcept;

private:
  class driver;

  void run();
  void finish();
  bool run_jobs();
  void flush_all();
  void wake_up();
  void end_turn();

  std::unordered_set<resident*> residents_; // for the loop's thread
  asio::io_context context_{1};
  asio::executor_work_guard<asio::io_context::executor_type> work_;
  std::thread thread_;
  std::atomic<std::thread::id> thread_id_;
  std::thread::id driver_id_; // empty if there is a thread
  io_clock::time_point now_; // of a driven loop

  std::mutex mtx_;
  std::vector<job> jobs_; // guarded by mtx_
  bool wake_up_sent_ = false; // guarded by mtx_
  bool stopped_ = false; // guarded by mtx_
  std::shared_ptr<activity> counted_in_; // null if nobody counts; by mtx_
  size_t counted_jobs_ = 0; // those of jobs_ that count; guarded by mtx_

  // Apart from what other threads write.
  alignas(64) detail::traffic traffic_;
  std::shared_ptr<event_log> log_;

  // For the loop's thread only.
  std::vector<job> batch_;
  std::vector<std::shared_ptr<flushable>> to_flush_;
  bool stopping_ = false;
  bool in_turn_ = false;
  bool in_batch_ = false; // while jobs run
  std::shared_ptr<activity> ends_in_; // where the jobs of this turn count
  size_t to_end_ = 0; // how many of them
};

} // namespace caf::aiomas::detail
