#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/local_ref.hpp"
#include "caf/aiomas/peer_info.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/fwd.hpp>

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace caf::aiomas {

namespace detail {

class healing_link;
class rpc_link;

/// Converts the reply to a call to what the caller asked for.
template <class R>
  requires(!std::is_same_v<R, value>)
struct result_conversion<R, value> {
  static expected<R> convert(expected<value> x) {
    if (!x)
      return std::move(x.error());
    if constexpr (std::is_void_v<R>) {
      return {};
    } else {
      try {
        return to_expected(from_value<R>(std::move(*x)));
      } catch (...) {
        return to_error(std::current_exception());
      }
    }
  }
};

} // namespace detail

class proxy_path;

/// Stands for an agent or service at the other end of a connection. A counted
/// handle for any thread. Calls fail once the connection has ended, unless it
/// comes from a container that opens another one, see `reconnect_policy`.
class proxy {
public:
  proxy() = default;

  /// @private
  proxy(std::shared_ptr<detail::rpc_link> link, std::string path,
        std::string class_name, std::string url,
        std::shared_ptr<void> keeps = nullptr);

  /// @private
  proxy(std::shared_ptr<detail::healing_link> link, std::string path,
        std::string class_name, std::string url);

  // -- calls ------------------------------------------------------------------

  /// Calls the exposed function `name`, or a path such as "sub/ping", with
  /// arguments that convert to values; `kw("name", x)` passes one by name. The
  /// result converts to `R`, or the call fails with `type_error`.
  ///
  ///     remote.call<int>("add", 3, 4).then(self, on_sum, on_error);  // actors
  ///     auto sum = remote.call<int>("add", 3, 4).get(1s);            // others
  template <class R = value, class... Ts>
  pending<R, value> call(std::string_view name, Ts&&... xs) const {
    return pending<R, value>{
      prepare(name, arguments::of(std::forward<Ts>(xs)...))};
  }

  /// The same with arguments that were collected before.
  template <class R = value>
  pending<R, value> call_with(std::string_view name, arguments with) const {
    return pending<R, value>{prepare(name, std::move(with))};
  }

  /// Names a function or service below this one:
  /// `remote["sub"]["ping"].call<std::string>(1)`.
  proxy_path operator[](std::string_view name) const;

  /// Returns the same object for calls that do no harm when they are done twice.
  /// A call whose connection is lost before its reply is there, or cannot be
  /// opened, or whose peer says that it shuts down, is tried again: at most
  /// `retries` times, at once and then after pauses that grow as those of
  /// connecting, and within its deadline. What `[]` returns does the same,
  /// `as_actor` does not. Means nothing where connections are not opened again,
  /// see `reconnect_policy`.
  ///
  ///     remote.idempotent(3).call<int>("get").timeout(5s).then(…)
  proxy idempotent(size_t retries = 1) const;

  /// Returns an actor handle: it answers requests of type `invocation` with a
  /// `value`, can be monitored and linked to, and goes down with the
  /// connection, which messages to it don't open again; once there is another
  /// connection, this function returns another handle. Handles for the same path
  /// of the same connection are equal. Who monitors one need not keep it.
  /// Messages that are sent to it are calls, too; nobody hears of their errors.
  /// When an actor that is linked to it ends, the handle stays, for others.
  actor as_actor() const;

  // -- properties -------------------------------------------------------------

  explicit operator bool() const noexcept {
    return data_ != nullptr;
  }

  /// The path of the object at the other end, for example "agents/0".
  const std::string& path() const noexcept;

  /// The name of the object's class, as far as `validate_aid` told it. Empty
  /// for proxies that came in a message.
  const std::string& class_name() const noexcept;

  /// The URL of the agent. Empty for proxies that came in a message.
  const std::string& url() const noexcept;

  /// Whether there is a connection. Without one, calls fail, or open another.
  bool connected() const noexcept;

  /// Who is at the other end of the connection: of a proxy that came with a
  /// call, the caller. Nobody if the proxy is empty.
  peer_info peer() const;

  /// The same object at the end of the same connection, or of those that follow
  /// each other. How often calls may be sent makes no difference.
  friend bool operator==(const proxy& x, const proxy& y) noexcept;

  /// Renders an agent's proxy as `TestAgentProxy('tcp://localhost:5555/0')`,
  /// any other as `Proxy(('127.0.0.1', 5555), 'sub')`.
  friend std::string to_string(const proxy& x);

private:
  struct data;

  friend class proxy_path;
  friend class weak_proxy;

  explicit proxy(data what);

  pending<value>::starter prepare(std::string_view name, arguments with) const;

  std::shared_ptr<const data> data_;
};

/// A function or service that is reached through a proxy.
class proxy_path {
public:
  explicit proxy_path(proxy target) : target_(std::move(target)) {
    // nop
  }

  /// Calls the function that this is the path of.
  template <class R = value, class... Ts>
  pending<R, value> call(Ts&&... xs) const {
    return target_.call<R>(std::string_view{}, std::forward<Ts>(xs)...);
  }

  proxy_path operator[](std::string_view name) const {
    return target_[name];
  }

  /// The service that this is the path of.
  operator proxy() const {
    return target_;
  }

private:
  proxy target_;
};

/// Remembers a proxy without keeping it.
class weak_proxy {
public:
  weak_proxy() = default;

  weak_proxy(const proxy& x) : data_(x.data_) {
    // nop
  }

  /// Returns the proxy, or an empty one if nobody has it any more.
  proxy lock() const;

private:
  std::weak_ptr<const proxy::data> data_;
};

// -- conversions --------------------------------------------------------------

template <>
struct converter<proxy> {
  static value to_value(proxy x) {
    return object::make(std::move(x));
  }

  static outcome<proxy> from_value(value x);
};

/// Agents of this process travel as paths and arrive as proxies, which convert
/// to actor handles as by `proxy::as_actor`.
template <>
struct converter<actor> {
  static value to_value(actor x) {
    return object::make(local_ref{actor_cast<strong_actor_ptr>(x), {}});
  }

  static outcome<actor> from_value(value x);
};

template <class... Sigs>
struct converter<typed_actor<Sigs...>> {
  static value to_value(const typed_actor<Sigs...>& x) {
    return converter<actor>::to_value(actor_cast<actor>(x));
  }
};

namespace detail {

template <>
inline constexpr bool is_local_handle<actor> = true;

template <class... Sigs>
inline constexpr bool is_local_handle<typed_actor<Sigs...>> = true;

template <>
inline constexpr bool takes_handle<proxy> = true;

template <>
inline constexpr bool takes_handle<actor> = true;

} // namespace detail

} // namespace caf::aiomas
