#pragma once

#include "caf/aiomas/detail/interned_text.hpp"
#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/interface.hpp"
#include "caf/aiomas/local_ref.hpp"
#include "caf/aiomas/router.hpp"

#include <caf/actor.hpp>
#include <caf/actor_cast.hpp>
#include <caf/fwd.hpp>

#include <initializer_list>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace caf::aiomas {

/// Functions, and services below them, that peers may call. Derive from it and
/// expose member functions in the constructor, or use a `routing_dict`.
///
/// A service is hosted by an actor, which calls its functions one at a time, so
/// that they need no locks; sub-services are hosted with it. What the original
/// calls `Service`.
class service {
public:
  /// `class_name` appears in error texts; by default it is the name of the
  /// type.
  explicit service(std::string class_name = {});

  service(const service&) = delete;
  service& operator=(const service&) = delete;
  virtual ~service();

  virtual std::string class_name() const;

  /// The path to this service on a connection if it is a root, for error texts.
  /// Empty unless it is an agent.
  virtual std::string mounted_at() const;

  aiomas::router& router() noexcept {
    return router_;
  }

  const aiomas::router& router() const noexcept {
    return router_;
  }

  /// Exposes a function or function object as `name`.
  template <class F>
    requires(
      !std::is_member_function_pointer_v<F> && !std::is_base_of_v<service, F>)
  void expose(std::string name, F f, std::vector<parameter> named = {}) {
    router_.add(
      aiomas::expose(std::move(name), std::move(f), std::move(named)));
  }

  /// Exposes a member function of the derived class as `name`.
  template <class R, class T, class... Ts>
  void expose(std::string name, R (T::*f)(Ts...),
              std::vector<parameter> named = {}) {
    router_.add(aiomas::expose(std::move(name), static_cast<T*>(this), f,
                               std::move(named)));
  }

  template <class R, class T, class... Ts>
  void expose(std::string name, R (T::*f)(Ts...) const,
              std::vector<parameter> named = {}) {
    router_.add(aiomas::expose(std::move(name), static_cast<T*>(this), f,
                               std::move(named)));
  }

  /// Exposes the functions of `sub` below `name`. Throws
  /// `std::invalid_argument` where `router::add` fails. `sub` must live as long
  /// as this service.
  void expose(std::string name, service& sub);

  /// Exposes the functions of an interface. See `aiomas::implement`.
  template <class Interface, class... Fs>
  void implement(Fs... functions) {
    aiomas::implement<Interface>(this, std::move(functions)...);
  }

  /// The actor that hosts this service, for `pending::then` inside of
  /// functions; null before it is hosted.
  scheduled_actor* self() const noexcept;

  /// Takes over the duty to answer the call that is being handled.
  template <class T = value>
  promise<T> make_promise() {
    return promise<T>{self()};
  }

  /// Who calls the function that is running, see `agent::caller`.
  std::shared_ptr<const peer_info> caller() const;

  /// What a function passes or returns to give the peer a proxy for this
  /// service. Valid while the service is hosted.
  local_ref ref() const;

  /// @private
  void hosted_by(scheduled_actor* host) noexcept;

protected:
  /// The name that was passed to the constructor.
  const std::string& given_name() const noexcept {
    return given_name_.get();
  }

private:
  detail::interned_text given_name_;
  aiomas::router router_;
  scheduled_actor* self_ = nullptr; // of root services
};

/// A service made of functions alone. What the original calls `ServiceDict`,
/// and `RoutingDict` in its older documents.
class routing_dict : public service {
public:
  routing_dict(std::initializer_list<exposed> functions = {});
};

/// A service with the actor that hosts it. A counted handle: when the last one
/// goes, and no connection uses it any more, the actor ends.
class hosted_service {
public:
  hosted_service() = default;

  /// Spawns an actor that hosts `what`.
  hosted_service(actor_system& sys, std::shared_ptr<service> what);

  /// Spawns an actor that hosts a `routing_dict` of these functions.
  hosted_service(actor_system& sys, std::initializer_list<exposed> functions)
    : hosted_service(sys, std::make_shared<routing_dict>(functions)) {
    // nop
  }

  /// Makes a service of type `T` and spawns an actor that hosts it.
  template <class T, class... Ts>
  static hosted_service make(actor_system& sys, Ts&&... xs) {
    return {sys, std::make_shared<T>(std::forward<Ts>(xs)...)};
  }

  /// The actor. It answers messages of type `invocation`.
  const actor& host() const noexcept {
    return host_;
  }

  explicit operator bool() const noexcept {
    return static_cast<bool>(host_);
  }

private:
  actor host_;
};

/// Arrives at the peer as a proxy.
template <>
struct converter<hosted_service> {
  static value to_value(const hosted_service& x) {
    return aiomas::to_value(
      local_ref{actor_cast<strong_actor_ptr>(x.host()), {}});
  }
};

namespace detail {

template <>
inline constexpr bool is_local_handle<hosted_service> = true;

} // namespace detail

} // namespace caf::aiomas
