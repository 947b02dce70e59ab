#pragma once

#include <memory>
#include <utility>

namespace caf::aiomas {

namespace detail {

class agent_timer;

} // namespace detail

/// A call that a clock is to make into an agent. The handle does not keep it:
/// it is made whether there is a handle or not. For any thread.
class timer_handle {
public:
  timer_handle() = default;

  /// @private
  explicit timer_handle(std::weak_ptr<detail::agent_timer> what)
    : what_(std::move(what)) {
    // nop
  }

  /// Sees to it that the call is not made, even if its time has come and the
  /// agent has just not got to it. Does nothing if it is under way, has been
  /// made or cancelled.
  void cancel() const noexcept;

  /// Whether the call is still to be made.
  bool pending() const noexcept;

private:
  std::weak_ptr<detail::agent_timer> what_;
};

} // namespace caf::aiomas
