#pragma once

#include "caf/aiomas/detail/child_spawn.hpp"
#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/outcome.hpp"

#include <asio/posix/stream_descriptor.hpp>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace caf::aiomas::detail {

/// How a child has ended: by an exit code or by a signal, or in a way that
/// nobody can tell, since the process ignores SIGCHLD or somebody else has
/// waited for it.
struct child_end {
  std::optional<int> exit_code;
  std::optional<int> signal;
};

/// A process that we have started, and what it prints. For the thread of its
/// loop. Killed, together with all that is left of its process group, by
/// `abort`, which must have been called before the end of the loop.
class child_process : public std::enable_shared_from_this<child_process> {
public:
  struct handlers {
    /// Takes what the child prints, line by line, without the ends of lines.
    /// Lines of more than `defaults::max_child_line` come in pieces.
    std::function<void(std::string_view)> on_line;

    /// Takes the end of the child, after all that it has printed.
    std::function<void(const child_end&)> on_end;
  };

  /// Starts a child, see `spawn_child`.
  static outcome<std::shared_ptr<child_process>>
  spawn(io_loop& home, const child_command& what, handlers to);

  /// @private
  child_process(io_loop& home, spawned_child what, handlers to);

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  ~child_process();

  /// Sends a signal to the child and to all others of its process group. Does
  /// nothing once it has ended.
  void signal(int number) noexcept;

  /// Kills the child, waits for its end, which does not take long, and calls
  /// no handler any more.
  void abort() noexcept;

  pid_t pid() const noexcept {
    return pid_;
  }

private:
  void read_more();
  void take(std::string_view what);
  void read_rest();
  void watch();
  void ended();
  void finish();
  void close() noexcept;
  child_end reap() noexcept;

  std::shared_ptr<io_loop> loop_;
  handlers to_;
  const pid_t pid_;
  asio::posix::stream_descriptor output_;
  asio::posix::stream_descriptor handle_;
  std::array<char, 4096> buffer_;
  std::string line_; // what has come of it
  bool reading_ = false;
  bool ended_ = false; // and waited for
  child_end how_;
};

} // namespace caf::aiomas::detail
