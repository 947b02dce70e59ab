#pragma once

#include "caf/aiomas/container.hpp"
#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/manager_proxy.hpp"
#include "caf/aiomas/pending.hpp"

#include <caf/expected.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <utility>
#include <vector>

namespace caf::aiomas {

namespace detail {

class node_supervisor;

} // namespace detail

/// What becomes of a node that ends without being told to. One that ends with
/// the exit code 0 has not failed: somebody has called `stop` of its manager.
struct restart_policy {
  /// How often a node that has failed is started again in a row. 0: never.
  size_t limit = 0;

  /// The pauses before that: each is twice as long as the one before.
  std::chrono::nanoseconds first_pause = defaults::node_restart_min;
  std::chrono::nanoseconds longest_pause = defaults::node_restart_max;

  /// A node that has served for so long begins a new row.
  std::chrono::nanoseconds healthy_after = defaults::node_healthy_after;
};

/// How the process of a node has ended.
struct node_end {
  enum class cause {
    /// With an exit code.
    exited,
    /// By a signal.
    killed,
    /// Nobody knows, since somebody else has waited for the process, or the
    /// program ignores SIGCHLD; or it could not be started.
    unknown,
  };

  cause how = cause::unknown;

  /// The exit code, or the number of the signal.
  int code = 0;

  /// Whether the node had said that it is ready.
  bool was_ready = false;

  /// Whether we have ended it.
  bool wanted = false;

  /// Whether it is started again.
  bool restarts = false;
};

/// Renders an end for people: "exit code 3" or "signal 9".
std::string to_string(const node_end& x);

/// How to start and to stop a node.
struct node_command {
  /// The program, looked for in PATH if it has no slash, and its arguments. It
  /// must print a line `READY <URL of its container>` once it serves, as
  /// `aiomas node` does. What it starts itself is killed when it ends.
  std::vector<std::string> words;

  /// Changes to the environment: names with their content.
  std::vector<std::pair<std::string, std::string>> environment;

  /// The folder that it works in; ours if it is empty.
  std::string folder;

  restart_policy restart;

  /// How long it may take to be ready; then it is killed.
  std::chrono::nanoseconds ready_timeout = defaults::node_ready_timeout;

  /// What `stop` gives it to end by itself, which includes answering requests;
  /// then it gets a SIGTERM.
  std::chrono::nanoseconds stop_timeout = defaults::node_stop_timeout;

  /// And then, before it gets a SIGKILL.
  std::chrono::nanoseconds term_timeout = defaults::node_term_timeout;

  // All of these are called in an I/O thread and must not block. They may be
  // called until the last end of the node, also after its handle has gone: they
  // must own what they use. What they throw is dropped.

  /// Takes the URL of the manager, each time that the node is ready.
  std::function<void(const std::string&)> on_ready;

  /// Takes each end of the process, once. One that could not be started again
  /// ends at once, for an `unknown` cause.
  std::function<void(const node_end&)> on_end;

  /// Takes the lines that the node prints to its standard output, but that with
  /// READY; those of more than 64 KiB in pieces. Its standard error is ours.
  std::function<void(std::string_view)> on_output;
};

/// A node that we have started as a child process, in C++ or Python. What it
/// has of ours is the standard error only.
///
/// It does not survive us: when the last handle goes, or the actor system, it
/// is killed, and so it is if our process ends in whatever way. Calls to its
/// agents fail as soon as it ends, with `connection_closed` or
/// `connection_reset`.
///
/// Signals that a terminal sends to us don't reach it, so that it can be
/// stopped in order. A counted handle for any thread. Linux only.
class node_process {
public:
  node_process() = default;

  /// Starts a node, and yields it once it is ready. `master` is the container
  /// by which we talk to it: both need the same codec, serializers and choice
  /// of TLS. It is not kept up. Fails with `invalid_argument` if there is no
  /// such program, with `cannot_connect` if the node ends before it is ready,
  /// and after it was restarted as often as may be, and with `timeout` if it is
  /// not ready in time. Given up, the node is killed.
  static pending<node_process> start_async(const container& master,
                                           node_command what);

  /// The same, and blocks. Not for actors.
  static expected<node_process> start(const container& master,
                                      node_command what);

  // -- properties -------------------------------------------------------------

  /// The URL of the manager. Another one after each restart if the node takes
  /// any free port; while it is restarted, the one that it had.
  std::string url() const;

  /// The process; -1 if there is none at the moment.
  pid_t pid() const;

  /// Connects to the manager. Fails as `container::connect` does.
  pending<manager_proxy, proxy> manager() const;

  // -- end --------------------------------------------------------------------

  /// Ends the node and yields how it has ended: asks its manager to stop, and
  /// if that does not work, sends a SIGTERM, and then a SIGKILL; see
  /// `node_command`. Yields the last end if it has ended already. It is not
  /// started again.
  pending<node_end> stop_async() const;

  /// The same, and blocks. Not for actors.
  expected<node_end> stop() const;

  /// Yields how the node has ended for good, without doing anything about it.
  pending<node_end> wait() const;

  /// Ends the node at once. It is not started again.
  void kill() const;

  explicit operator bool() const noexcept {
    return owner_ != nullptr;
  }

private:
  class owner;

  std::shared_ptr<owner> owner_;
};

namespace detail {

template <>
struct result_conversion<manager_proxy, proxy> {
  static expected<manager_proxy> convert(expected<proxy> x) {
    if (!x)
      return std::move(x.error());
    return manager_proxy{std::move(*x)};
  }
};

} // namespace detail

} // namespace caf::aiomas
