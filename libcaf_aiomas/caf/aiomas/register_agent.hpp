#pragma once

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/detail/agent_types.hpp"
#include "caf/aiomas/detail/build_stamp.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/task.hpp"

#include <caf/expected.hpp>

#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

/// Types of agents that others can start by name:
/// `manager.spawn("demo:Counter", 5)` of a node, see `start_node`.
///
///     class counter : public aiomas::agent {
///     public:
///       counter(actor_config& cfg, aiomas::container c, int start);
///       …
///     };
///
///     AIOMAS_REGISTER_AGENT("demo:Counter", counter(int), {"start"})
///
/// The second argument says how an agent is made:
///
/// - `T(Ts...)`: by the constructor of the class `T` that takes an
///   `actor_config&`, the container, and `Ts`;
/// - `T`: by its static function `make`, if it has one, which is like the
///   function below; else by its constructor without further arguments;
/// - a function that takes the container, and whatever else the caller is to
///   pass, and returns what `container::spawn` returned, or an `expected` of
///   it. It may be a coroutine, a `task` of it: it runs in the manager, which
///   goes on spawning others meanwhile.
///
/// Arguments convert as those of exposed functions, and a third argument names
/// the parameters as `expose` has it: `{"start", aiomas::opt("step", 1)}`. What
/// a constructor or function throws goes to the caller.
///
/// To be used in a source file, outside of functions; the name has the form
/// "module:Class". What is wrong with it, and names that are taken, is told
/// when a node starts, or when the plug-in that has it is loaded.
#define AIOMAS_REGISTER_AGENT(qualname, what, ...)                             \
  AIOMAS_DETAIL_REGISTER_AGENT(__COUNTER__, qualname, what, __VA_ARGS__)
#define AIOMAS_DETAIL_REGISTER_AGENT(n, ...)                                   \
  AIOMAS_DETAIL_REGISTER_AGENT_AS(n, __VA_ARGS__)
#define AIOMAS_DETAIL_REGISTER_AGENT_AS(n, qualname, what, ...)                \
  [[maybe_unused]] static const bool aiomas_registered_agent_##n               \
    = ::caf::aiomas::detail::register_static(                                  \
      ::caf::aiomas::detail::build_stamp, qualname,                            \
      [](::std::string function) {                                             \
        return ::caf::aiomas::detail::make_agent_maker<what>(                  \
          ::std::move(function) __VA_OPT__(, ) __VA_ARGS__);                   \
      });

namespace caf::aiomas {

namespace detail {

// -- what factories return ----------------------------------------------------

template <class T>
task<value> answer_when_made(task<T> what) {
  co_return answer_of(co_await std::move(what));
}

/// Turns what a factory returned into what `manager.spawn` answers.
template <class T>
call_result made_by_factory(T x) {
  if constexpr (is_task<T>) {
    static_assert(std::is_base_of_v<agent_ref, typename T::value_type>,
                  "a coroutine that makes agents must yield what "
                  "container::spawn returns");
    return reply_task{answer_when_made(std::move(x))};
  } else if constexpr (is_expected<T>) {
    if (!x)
      return std::move(x.error());
    return made_by_factory(std::move(*x));
  } else {
    static_assert(std::is_base_of_v<agent_ref, T>,
                  "a function that makes agents must return what "
                  "container::spawn returns");
    return answer_of(x);
  }
}

// -- how agents are made ------------------------------------------------------

/// What is known of the function that a manager calls: the parameters behind
/// the container.
template <class... Ts>
struct factory_traits {
  using result = call_result;
  using parameters = std::tuple<argument_t<Ts>...>;
};

/// Makes agents by `f`, which takes the container and `Ts`.
template <class... Ts, class F>
agent_maker maker_by(F f, std::string function, std::vector<parameter> named) {
  auto make = [f, function = std::move(function),
               named = std::move(named)](container where) {
    // For a coroutine, `f` is either empty or a pointer: it need not live on.
    auto bound = [f, where = std::move(where)](auto&&... xs) -> call_result {
      return made_by_factory(f(where, std::forward<decltype(xs)>(xs)...));
    };
    return make_exposed<factory_traits<Ts...>>(function, std::move(bound),
                                               named, std::string{});
  };
  make(container{}); // throws if too many parameters are named
  return make;
}

template <class F>
struct factory_kind;

/// Agents made by a function.
template <class R, class... Ts>
struct factory_kind<R (*)(container, Ts...)> {
  static_assert(!is_task<R> || (by_value<Ts> && ...),
                "a coroutine must take its parameters by value: it outlives "
                "what references and views would refer to");

  template <class F>
  static agent_maker make(F f, std::string function,
                          std::vector<parameter> named) {
    return maker_by<Ts...>(f, std::move(function), std::move(named));
  }
};

template <class R, class... Ts>
struct factory_kind<R (*)(const container&, Ts...)>
  : factory_kind<R (*)(container, Ts...)> {
  static_assert(!is_task<R>, "a coroutine must take the container by value");
};

template <class R, class... Ts>
struct factory_kind<R (*)(Ts...) noexcept> : factory_kind<R (*)(Ts...)> {};

template <class T>
concept has_factory = requires {
  &T::make;
};

/// Agents made by a constructor.
template <class T, class... Ts>
agent_maker maker_by_constructor(std::string function,
                                 std::vector<parameter> named) {
  static_assert(std::is_base_of_v<agent, T>, "T must be a class of agents");
  static_assert(
    std::is_constructible_v<T, actor_config&, container, argument_t<Ts>...>,
    "T needs a constructor that takes an actor_config&, a "
    "container, and the parameters that are given");
  auto make = [](const container& where, auto&&... xs) {
    return where.spawn<T>(std::forward<decltype(xs)>(xs)...);
  };
  return maker_by<Ts...>(make, std::move(function), std::move(named));
}

template <class Signature>
struct constructor_of;

template <class T, class... Ts>
struct constructor_of<T(Ts...)> {
  static agent_maker make(std::string function, std::vector<parameter> named) {
    return maker_by_constructor<T, Ts...>(std::move(function),
                                          std::move(named));
  }
};

template <class What>
agent_maker make_agent_maker(std::string function,
                             std::vector<parameter> named = {}) {
  if constexpr (std::is_function_v<What>)
    return constructor_of<What>::make(std::move(function), std::move(named));
  else if constexpr (has_factory<What>)
    return factory_kind<decltype(&What::make)>::make(
      &What::make, std::move(function), std::move(named));
  else
    return maker_by_constructor<What>(std::move(function), std::move(named));
}

template <auto F>
agent_maker make_agent_maker(std::string function,
                             std::vector<parameter> named = {}) {
  using pointer = std::decay_t<decltype(F)>;
  return factory_kind<pointer>::make(F, std::move(function), std::move(named));
}

inline std::string object_of(const std::string& qualname) {
  return qualname.substr(qualname.rfind(':') + 1);
}

} // namespace detail

/// Registers a type of agents while the program runs: the same as
/// `AIOMAS_REGISTER_AGENT`, whose second argument is `What`. Fails with
/// `invalid_argument` if the name is malformed or taken; throws
/// `std::invalid_argument` if more parameters are named than there are. For any
/// thread; nothing is ever unregistered.
template <class What>
expected<void> register_agent(std::string qualname,
                              std::vector<parameter> named = {}) {
  auto make = detail::make_agent_maker<What>(detail::object_of(qualname),
                                             std::move(named));
  return to_expected(
    detail::agent_types::instance().add(std::move(qualname), std::move(make)));
}

template <auto What>
expected<void> register_agent(std::string qualname,
                              std::vector<parameter> named = {}) {
  auto make = detail::make_agent_maker<What>(detail::object_of(qualname),
                                             std::move(named));
  return to_expected(
    detail::agent_types::instance().add(std::move(qualname), std::move(make)));
}

} // namespace caf::aiomas
