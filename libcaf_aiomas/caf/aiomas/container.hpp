#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/detail/type_name.hpp"
#include "caf/aiomas/method.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/proxy.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>
#include <caf/is_actor_handle.hpp>
#include <caf/spawn_options.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace caf::aiomas {

class agent;
class agent_behavior;
class function_agent;

namespace detail {

class container_impl;

/// The name that peers see of a class: what it says itself, else the name of
/// the type.
template <class T>
std::string class_name_of() {
  if constexpr (requires { T::class_name; })
    return T::class_name;
  else
    return unqualified_type_name(typeid(T));
}

} // namespace detail

/// An agent that was spawned: its actor, with the URL under which others find
/// it. Converts to an actor handle; CAF's templates, such as `send`, want
/// `as_actor()`. Does not keep the container up.
class agent_ref {
public:
  agent_ref() = default;

  agent_ref(actor hdl, std::string url)
    : hdl_(std::move(hdl)), url_(std::move(url)) {
    // nop
  }

  /// The agent's URL, for example `tcp://localhost:5555/0`.
  const std::string& addr() const noexcept {
    return url_;
  }

  const actor& as_actor() const noexcept {
    return hdl_;
  }

  operator actor() const {
    return hdl_;
  }

  explicit operator bool() const noexcept {
    return static_cast<bool>(hdl_);
  }

private:
  actor hdl_;
  std::string url_;
};

/// The same for an agent of class `T`.
template <class T>
class agent_handle : public agent_ref {
public:
  using agent_ref::agent_ref;
};

template <>
struct converter<agent_ref> {
  static value to_value(const agent_ref& x) {
    return converter<actor>::to_value(x.as_actor());
  }
};

template <class T>
struct converter<agent_handle<T>> : converter<agent_ref> {};

namespace detail {

template <>
inline constexpr bool is_local_handle<agent_ref> = true;

template <class T>
inline constexpr bool is_local_handle<agent_handle<T>> = true;

} // namespace detail

/// Where agents live: a server socket for them all, the connections to other
/// containers, and the ids of the agents.
///
/// A counted handle for any thread. When the user's last one goes, or with
/// `shutdown`, its agents end and its sockets close. The handles that agents
/// get do not count.
class container {
public:
  container() = default;

  // -- creating ---------------------------------------------------------------

  /// Listens on `where` and returns the container. Blocks; inside of actors,
  /// use `create_async`. Fails with `cannot_listen`, `would_deadlock`,
  /// `shut_down`, or `invalid_argument` if a type has two serializers. What
  /// listens on `local://id` can be reached from within this process only, by
  /// any actor system; the id is free again once it is shut down.
  static expected<container> create(actor_system& sys, address where,
                                    options opts = {});

  static pending<container> create_async(actor_system& sys, address where,
                                         options opts = {});

  // -- agents -----------------------------------------------------------------

  /// Spawns an agent of class `T`, whose constructor takes an `actor_config&`,
  /// the container, and `xs`. Agents get the ids "0", "1", … in the order in
  /// which they are made; ids are never used again. With `spawn<T, detached>`,
  /// the agent has a thread of its own, in which it may block.
  template <class T, spawn_options Os = no_spawn_options, class... Ts>
    requires std::is_base_of_v<agent, T> agent_handle<T> spawn(Ts&&... xs)
  const {
    auto hdl = system().template spawn<T, Os>(
      for_agent(detail::class_name_of<T>()), std::forward<Ts>(xs)...);
    return {actor_cast<actor>(hdl), url_of(actor_cast<actor>(hdl))};
  }

  /// Spawns a function-based agent: `f` takes an `agent_ptr` and `xs`, and
  /// returns an `agent_behavior`. Peers see it as of class `class_name`.
  template <spawn_options Os = no_spawn_options, class F, class... Ts>
  agent_ref spawn(std::string class_name, F f, Ts... xs) const;

  /// The same for agents of class `Agent`.
  template <spawn_options Os = no_spawn_options, class F, class... Ts>
    requires std::is_invocable_r_v<agent_behavior, F, function_agent*, Ts...>
      agent_ref spawn(F f, Ts... xs)
  const;

  // -- other actors -----------------------------------------------------------

  /// Lets peers call any actor, dynamically or statically typed, composed ones
  /// included, without its doing: its messages get names. Returns the URL; the
  /// ids are those of agents.
  ///
  ///     container.expose(calculator, {method<int(add_atom, int, int)>("add"),
  ///                                   method<void(reset_atom)>("reset")},
  ///                      as("Calculator"));
  ///
  /// Methods of actors with a typed interface are checked when they are
  /// compiled. Peers see the actor as of the class that `as` names, by default
  /// its `name()`.
  ///
  /// Errors that the actor replies with go to the caller, with CAF's text; so
  /// does a response of other types than the method's. When the actor ends, it
  /// is forgotten and calls that it has not answered fail, also those that it
  /// has delegated. The container keeps the actor, but does not own it: with
  /// the shutdown, it is forgotten and lives on.
  ///
  /// Fails with `invalid_argument` if the handle is empty, if a name is empty,
  /// has a slash or occurs twice, and with `shut_down`. For any thread.
  template <class Handle>
    requires is_actor_handle<Handle>::value expected<std::string>
    expose(const Handle& what,
           method_list<std::type_identity_t<Handle>> methods,
           std::optional<shown_class> shown = std::nullopt)
  const {
    return expose_as(actor_cast<strong_actor_ptr>(what),
                     std::move(methods.content()), std::move(shown));
  }

  // -- connecting -------------------------------------------------------------

  /// Returns a proxy for the agent at `url`. All agents of this container share
  /// one connection to each address; it is opened when it is first needed, and
  /// again when it was lost. Fails with `invalid_url`, `cannot_connect` or
  /// `no_such_agent`.
  pending<proxy> connect(std::string url) const;

  // -- TLS --------------------------------------------------------------------

  /// Reads the files of the certificates anew, see `ssl_context::reload`: for
  /// new connections in both directions or, if that fails, for none. Fails with
  /// `invalid_argument`, also if there are no such files.
  outcome<void> reload_certificates() const;

  // -- end --------------------------------------------------------------------

  /// Stops to listen, waits for requests of others that are being worked on, at
  /// most `options::shutdown_timeout`, sends what is to be sent and closes all
  /// connections; then the agents are told to end, and other actors are
  /// forgotten. Further requests by connections of others are refused
  /// meanwhile; what is not answered in time fails on both sides. Blocks until
  /// all connections are closed: a function that waits for that before it
  /// answers waits for itself. Inside of actors, use `shutdown_async`. Fine to
  /// call twice. Fails with `would_deadlock`, or `shut_down` if the system goes.
  expected<void> shutdown() const;

  pending<void> shutdown_async() const;

  // -- properties -------------------------------------------------------------

  /// The URL of the container, for example `tcp://localhost:5555/`. An agent's
  /// id is appended to it. Shows the host as it was given to `create`, or the
  /// full name of this machine if that was all interfaces.
  const std::string& base_url() const;

  /// Where the container listens.
  const aiomas::address& address() const;

  /// How many connections were refused so far, since there were too many
  /// already, in total or from one address. They were closed at once.
  size_t refused() const;

  /// How many connections of others failed in their TLS handshake so far.
  size_t handshakes_failed() const;

  /// The clock of the container and its agents.
  aiomas::clock& clock() const;

  /// The name of its codec.
  const std::string& codec() const;

  actor_system& system() const;

  explicit operator bool() const noexcept {
    return impl_ != nullptr;
  }

  friend bool operator==(const container& x, const container& y) noexcept {
    return x.impl_ == y.impl_;
  }

  /// @private
  static container borrow(std::shared_ptr<detail::container_impl> impl,
                          std::string class_name = {});

  /// @private
  detail::container_impl& impl() const noexcept {
    return *impl_;
  }

  /// @private
  const std::string& spawning() const noexcept {
    return spawning_;
  }

private:
  class owner;

  expected<std::string> expose_as(strong_actor_ptr what,
                                  std::vector<exposed_message> methods,
                                  std::optional<shown_class> shown) const;
  container for_agent(std::string class_name) const;
  std::string url_of(const actor& hdl) const;

  std::shared_ptr<detail::container_impl> impl_;
  std::shared_ptr<owner> owner_; // empty in handles that don't count
  std::string spawning_; // class of the agent that is being made
};

} // namespace caf::aiomas
