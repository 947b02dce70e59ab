#pragma once

#include "caf/aiomas/clock_time.hpp"
#include "caf/aiomas/detail/simulation_report.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/rpc.hpp"
#include "caf/aiomas/simulation_clock.hpp"
#include "caf/aiomas/task.hpp"

#include <caf/fwd.hpp>

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace caf::aiomas::detail {

/// A clock that a simulation leads, here or in a node. What fails throws, and
/// says where.
class led_clock {
public:
  explicit led_clock(std::string where) : where_(std::move(where)) {
    // nop
  }

  led_clock(const led_clock&) = delete;
  led_clock& operator=(const led_clock&) = delete;

  virtual ~led_clock();

  // See `simulation_clock`.

  virtual task<simulation_member> join(std::string simulation) = 0;
  virtual task<void> leave(std::string simulation) = 0;
  virtual task<void> introduce() = 0;
  virtual task<void> advance(std::string simulation, double t) = 0;
  virtual task<simulation_report> settle(std::string simulation) = 0;

  /// Whether it cannot be reached any more.
  virtual bool lost() const {
    return false;
  }

  /// Where it is: the URL of a manager, or a text for messages.
  const std::string& where() const noexcept {
    return where_;
  }

  /// What the clock has told when it has joined; it has another name than all
  /// others.
  std::string name;

private:
  std::string where_;
};

using led_clock_ptr = std::shared_ptr<led_clock>;

led_clock_ptr lead(std::shared_ptr<simulation_clock> what);

/// The manager of a node.
class remote_manager {
public:
  remote_manager(rpc_client connection, std::string path, std::string url);

  /// Calls a function of it. Throws what says where it failed.
  template <class R, class... Ts>
  task<R> call(std::string name, Ts... xs) {
    try {
      co_return co_await manager_.call<R>(name, std::move(xs)...)
        .timeout(options::forever);
    } catch (...) {
      fail(std::current_exception());
    }
  }

  bool lost() const {
    return !manager_.connected();
  }

  const std::string& url() const noexcept {
    return url_;
  }

private:
  [[noreturn]] void fail(const std::exception_ptr& why) const;

  rpc_client connection_;
  proxy manager_;
  std::string url_;
};

/// Connects to the manager with this URL.
task<remote_manager> find_manager(actor_system& sys, options opts,
                                  std::string url);

led_clock_ptr lead(remote_manager what);

} // namespace caf::aiomas::detail
