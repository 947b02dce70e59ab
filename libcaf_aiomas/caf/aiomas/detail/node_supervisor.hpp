#pragma once

#include "caf/aiomas/detail/child_process.hpp"
#include "caf/aiomas/detail/io_timer.hpp"
#include "caf/aiomas/node_process.hpp"

#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace caf::aiomas::detail {

/// Starts a node, starts it again if need be, and ends it. For the thread of
/// its loop, unless it says otherwise.
class node_supervisor final
  : public io_loop::resident,
    public std::enable_shared_from_this<node_supervisor> {
public:
  using start_handler = unique_function<void(expected<void>)>;
  using end_handler = unique_function<void(expected<node_end>)>;

  node_supervisor(io_loop& home, const container& master, node_command what);

  ~node_supervisor() override;

  /// Starts the node; `done` is called once it is ready, or has failed for
  /// good.
  void start(start_handler done);

  /// Says that nobody waits for the start any more.
  void forget_start();

  /// Calls `done` when the node has ended for good.
  void wait(end_handler done);

  /// Ends the node in order, unless that is under way.
  void stop();

  /// Ends the node at once.
  void kill();

  void abort() override;

  // For any thread.

  std::string url() const;
  pid_t pid() const;

  const container& master() const noexcept {
    return master_;
  }

private:
  enum class state {
    starting, // the process is there, but not ready
    ready,
    stopping, // the manager was asked
    terminating, // it got a signal
    pausing, // there is no process until it is restarted
    ended,
  };

  void launch();
  void take_line(std::string_view line);
  void became_ready(std::string url);
  void reject(std::string why);
  void ask_manager();
  void terminate();
  void child_ended(const child_end& how);
  void process_ended(node_end how);
  bool may_restart() const;
  void restart_later();
  void finish(error why);
  void arm(std::chrono::nanoseconds limit, void (node_supervisor::*then)());
  void not_ready_in_time();
  void show(std::string url, pid_t pid);

  const container master_;
  const node_command what_;
  state now_ = state::starting;
  std::shared_ptr<child_process> child_;
  io_timer timer_;
  size_t timer_round_ = 0; // tells the latest wait from others
  size_t restarts_ = 0; // in a row
  bool wanted_ = false; // that it ends
  bool was_ready_ = false; // the current process, or the last one
  io_clock::time_point ready_since_;
  error failure_; // why it was not accepted as it is
  node_end last_end_;
  start_handler on_start_;
  std::vector<end_handler> waiting_;
  std::shared_ptr<node_supervisor> self_; // until the node has ended for good

  mutable std::mutex mtx_;
  std::string url_; // guarded by mtx_
  pid_t pid_ = -1; // guarded by mtx_
};

} // namespace caf::aiomas::detail
