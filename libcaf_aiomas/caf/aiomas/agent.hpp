#pragma once

#include "caf/aiomas/agent_clock.hpp"
#include "caf/aiomas/container.hpp"
#include "caf/aiomas/detail/agent_number.hpp"
#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/interface.hpp"
#include "caf/aiomas/launch.hpp"
#include "caf/aiomas/promise.hpp"
#include "caf/aiomas/proxy.hpp"
#include "caf/aiomas/service.hpp"
#include "caf/aiomas/task.hpp"
#include "caf/aiomas/when.hpp"

#include <caf/behavior.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message_handler.hpp>

#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace caf::aiomas {

namespace detail {

class activity;
class agent_timers;

} // namespace detail

/// Base class of agents: an event-based actor that lives in a container and
/// exposes functions to others, who find it by its URL. Exposed functions run
/// as message handlers of the actor, one at a time. What they throw goes to the
/// caller and does not end the agent. What continuations of `pending::then`
/// throw does, as in any actor.
///
/// An agent may have a behavior for other messages, too: override
/// `make_behavior` or use `become` as in any actor.
class agent : public event_based_actor {
public:
  // -- construction -----------------------------------------------------------

  agent(actor_config& cfg, aiomas::container c);

  ~agent() override;

  // -- properties -------------------------------------------------------------

  /// The container; a handle that does not keep it up.
  aiomas::container container() const;

  /// The agent's id in its container, for example "0".
  std::string aid() const;

  /// The agent's URL, for example `tcp://localhost:5555/0`.
  std::string addr() const;

  /// The clock of the container, for this agent:
  ///
  ///     co_await clock().sleep(100ms);
  ///     clock().call_in(1.5, [this] { … });
  agent_clock clock() noexcept {
    return agent_clock{this};
  }

  /// Names this agent in messages to others, who receive a proxy.
  local_ref ref() const {
    return root_.ref();
  }

  /// Renders an agent as the original does: `TestAgent('tcp://…/0')`.
  friend std::string to_string(const agent& x);

  // -- exposing ---------------------------------------------------------------

  /// Exposes a function or function object as `name`. See `aiomas::expose`.
  template <class F>
    requires(!std::is_member_function_pointer_v<
               F> && !std::is_base_of_v<aiomas::service, F>)
  void expose(std::string name, F f, std::vector<parameter> named = {}) {
    router().add(
      aiomas::expose(std::move(name), std::move(f), std::move(named)));
  }

  /// Exposes a member function as `name`.
  template <class R, class T, class... Ts>
  void expose(std::string name, R (T::*f)(Ts...),
              std::vector<parameter> named = {}) {
    router().add(aiomas::expose(std::move(name), static_cast<T*>(this), f,
                                std::move(named)));
  }

  template <class R, class T, class... Ts>
  void expose(std::string name, R (T::*f)(Ts...) const,
              std::vector<parameter> named = {}) {
    router().add(aiomas::expose(std::move(name), static_cast<T*>(this), f,
                                std::move(named)));
  }

  /// Exposes the functions of `sub` below `name`. Throws
  /// `std::invalid_argument` where `router::add` fails. `sub` must live as long
  /// as the agent, which hosts it.
  void expose(std::string name, aiomas::service& sub) {
    root_.expose(std::move(name), sub);
  }

  /// Exposes the functions of an interface. See `aiomas::implement`.
  template <class Interface, class... Fs>
  void implement(Fs... functions) {
    aiomas::implement<Interface>(this, std::move(functions)...);
  }

  aiomas::router& router() noexcept {
    return root_.router();
  }

  /// Takes over the duty to answer the call that is being handled.
  template <class T = value>
  promise<T> make_promise() {
    return promise<T>{this};
  }

  /// Who calls the exposed function that is running, as far as the connection
  /// tells: to decide what it may do, for example. Null if the call came from
  /// an actor. A coroutine asks before it waits for anything.
  std::shared_ptr<const peer_info> caller();

  // -- tasks ------------------------------------------------------------------

  /// Starts a task beside whatever else the agent does: it runs until its first
  /// suspension at once. What it throws goes to `on_task_failure`.
  template <class T>
  task_ref launch(task<T> what, on_cancel how = on_cancel::silent) {
    return aiomas::launch(this, std::move(what), how,
                          [this](const error& why) { on_task_failure(why); });
  }

  /// Takes what a launched task failed with, as soon as it happens. Warns, see
  /// `on_warning`, and lets the agent live on.
  virtual void on_task_failure(const error& why);

  // -- overridden functions of event_based_actor ------------------------------

  /// Calls `make_behavior`. Unlike other actors, an agent without a behavior
  /// lives on: its exposed functions can be called. It ends by `quit`.
  void initialize() override;

  /// Handles what neither the behavior nor an exposed function takes.
  void set_default_handler(default_handler fun);

  bool cleanup(error&& reason, execution_unit* host) override;

  // Requests may be handled where they are read, and simulations count who has
  // something to do.

  using event_based_actor::enqueue;

  void enqueue(mailbox_element_ptr what, execution_unit* host) override;

  void launch(execution_unit* host, bool lazy, bool hide) override;

  resume_result resume(execution_unit* host, size_t max_throughput) override;

  /// Lets peers find the agent, once it has been made. For any thread.
  /// @private
  void publish();

  /// What its id says; the number of nobody if it has none.
  /// @private
  detail::agent_number aid_number() const noexcept {
    return number_;
  }

  /// @private
  detail::container_impl& home() const noexcept {
    return *home_;
  }

  /// The calls that the clock is to make into this agent. In its context.
  /// @private
  detail::agent_timers& timers();

private:
  class root_service : public service {
  public:
    /// The name is empty if the agent was not made by `spawn`.
    root_service(const agent* self, std::string given_name)
      : service(std::move(given_name)), self_(self) {
      // nop
    }

    std::string class_name() const override;

    std::string mounted_at() const override;

  private:
    const agent* self_;
  };

  std::shared_ptr<detail::container_impl> home_;
  detail::agent_number number_;
  root_service root_;
  std::shared_ptr<detail::agent_timers> timers_; // made for the first one
  detail::activity* counted_in_; // null if nobody counts
};

// -- function-based agents ----------------------------------------------------

/// An exposed function, or a function object that handles a message.
template <class T>
concept agent_behavior_part = std::is_same_v<T, exposed> || requires {
  &T::operator();
};

/// What a function-based agent does: exposed functions, and beside them
/// handlers for other messages, as in a `behavior`.
class agent_behavior {
public:
  template <class... Ts>
    requires(agent_behavior_part<Ts>&&...)
  agent_behavior(Ts... xs) {
    (add(std::move(xs)), ...);
  }

  std::vector<exposed>& functions() noexcept {
    return functions_;
  }

  /// The handlers for other messages; empty if there are none.
  message_handler& handlers() noexcept {
    return handlers_;
  }

private:
  void add(exposed x) {
    functions_.push_back(std::move(x));
  }

  template <class F>
  void add(F x) {
    message_handler next{std::move(x)};
    handlers_ = has_handlers_ ? handlers_.or_else(std::move(next)) : next;
    has_handlers_ = true;
  }

  std::vector<exposed> functions_;
  message_handler handlers_;
  bool has_handlers_ = false;
};

/// An agent made of a function.
class function_agent : public agent {
public:
  using initializer = std::function<agent_behavior(function_agent*)>;

  function_agent(actor_config& cfg, aiomas::container c, initializer f)
    : agent(cfg, std::move(c)), init_(std::move(f)) {
    // nop
  }

  behavior make_behavior() override;

private:
  initializer init_;
};

/// What the function of a function-based agent takes first.
using agent_ptr = function_agent*;

// -- implementation -----------------------------------------------------------

template <spawn_options Os, class F, class... Ts>
agent_ref container::spawn(std::string class_name, F f, Ts... xs) const {
  function_agent::initializer init
    = [f = std::move(f), ... xs = std::move(xs)](agent_ptr self) mutable {
        return f(self, std::move(xs)...);
      };
  auto hdl = actor_cast<actor>(system().template spawn<function_agent, Os>(
    for_agent(std::move(class_name)), std::move(init)));
  auto url = url_of(hdl);
  return {std::move(hdl), std::move(url)};
}

template <spawn_options Os, class F, class... Ts>
  requires std::is_invocable_r_v<agent_behavior, F, function_agent*, Ts...>
    agent_ref container::spawn(F f, Ts... xs)
const {
  return spawn<Os>(std::string{"Agent"}, std::move(f), std::move(xs)...);
}

} // namespace caf::aiomas
