#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/proxy.hpp"

#include <string>
#include <utility>

namespace caf::aiomas {

/// An agent that a node has started for us.
struct spawned_agent {
  /// Belongs to the connection to the node: it is of no use once that is lost.
  /// Can't be passed on.
  proxy remote;

  /// To be passed on, and for `container::connect`.
  std::string url;
};

template <>
struct converter<spawned_agent> {
  static outcome<spawned_agent> from_value(value x);
};

/// Stands for the manager of a node, in C++ or Python: that of `start_node`, of
/// the program `aiomas node`, or of the original's `subproc`. A counted handle
/// for any thread.
///
///     auto manager = manager_proxy{must(c.connect(url))};
///     manager.spawn("demo:Counter", 5).then(…);
class manager_proxy {
public:
  manager_proxy() = default;

  /// Wraps what `container::connect` yields for agent 0 of a node.
  explicit manager_proxy(proxy remote) : remote_(std::move(remote)) {
    // nop
  }

  /// Starts an agent in the node: of the type that is known there under
  /// `qualname`, "module:Class", with the arguments `xs`; `kw("step", 2)`
  /// passes one by name. If that does not work there, the call fails with
  /// `remote_exception`: of the type `ValueError` if the name is malformed,
  /// `ModuleNotFoundError` or `AttributeError` if there is no such type,
  /// `TypeError` if the arguments do not fit, and whatever the agent's
  /// constructor or factory throws.
  template <class... Ts>
  pending<spawned_agent, value> spawn(std::string qualname, Ts&&... xs) const {
    return remote_.call<spawned_agent>("spawn", std::move(qualname),
                                       std::forward<Ts>(xs)...);
  }

  /// Sets the clock of the node. A `remote_exception`: of the type `ValueError`
  /// unless `t` is later than its time, `AttributeError` if it goes by another
  /// clock than ours.
  pending<void, value> set_time(double t) const {
    return remote_.call<void>("set_time", t);
  }

  /// Lets the node answer what it has been asked, and end.
  pending<void, value> stop() const {
    return remote_.call<void>("stop");
  }

  const proxy& as_proxy() const noexcept {
    return remote_;
  }

  explicit operator bool() const noexcept {
    return static_cast<bool>(remote_);
  }

private:
  proxy remote_;
};

} // namespace caf::aiomas
