#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/peer_info.hpp"
#include "caf/aiomas/value.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace caf::aiomas {

/// A keyword argument of a call: `kw("eggs", 3.14)`.
struct keyword {
  std::string name;
  value content;
};

/// Names an argument of a call.
template <class T>
keyword kw(std::string name, T&& x) {
  return {std::move(name), to_value(std::forward<T>(x))};
}

/// The arguments of a call, as Python's `*args` and `**kwargs`. A handler that
/// takes this as its only parameter gets whatever the caller passed.
struct arguments {
  list args;
  dict kwargs;

  arguments() = default;

  arguments(list xs, dict kws) : args(std::move(xs)), kwargs(std::move(kws)) {
    // nop
  }

  /// Collects arguments; those made by `kw` become keyword arguments.
  template <class... Ts>
  static arguments of(Ts&&... xs) {
    arguments result;
    result.args.reserve(sizeof...(Ts));
    (result.add(std::forward<Ts>(xs)), ...);
    return result;
  }

private:
  template <class T>
  void add(T&& x) {
    args.push_back(to_value(std::forward<T>(x)));
  }

  void add(keyword x) {
    kwargs.set(value{std::move(x.name)}, std::move(x.content));
  }
};

/// A named function somewhere is a message to an actor; this is the message.
/// Agents answer it with a `value` or an `error`, and so do the actors that
/// stand for remote ones.
struct invocation {
  /// Names of services and of a function, joined by slashes.
  std::string path;

  arguments with;

  /// Deadline of the call, if it goes to a remote agent.
  std::optional<std::chrono::nanoseconds> timeout;

  /// The peer that calls, see `agent::caller`; null if the call did not come
  /// over a connection. Stays in this process.
  std::shared_ptr<const peer_info> caller;

  invocation() = default;

  /// Calls `path` with the arguments `xs`: values, `kw(…)`, or anything that
  /// converts to a value.
  template <class... Ts>
  explicit invocation(std::string where, Ts&&... xs)
    : path(std::move(where)), with(arguments::of(std::forward<Ts>(xs)...)) {
    // nop
  }

  static invocation make(std::string where, arguments xs) {
    invocation result;
    result.path = std::move(where);
    result.with = std::move(xs);
    return result;
  }
};

/// Renders an invocation for people: `add(3, 4, loud=True)`.
std::string to_string(const invocation& x);

} // namespace caf::aiomas
