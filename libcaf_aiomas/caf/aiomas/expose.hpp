#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/detail/any_task.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/promise.hpp"
#include "caf/aiomas/task.hpp"
#include "caf/aiomas/value.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace caf::aiomas {

// -- parameters ---------------------------------------------------------------

/// A parameter of an exposed function, as a Python caller sees it. A plain
/// string names one that must be given.
class parameter {
public:
  parameter(std::string name) : name_(std::move(name)) {
    // nop
  }

  parameter(const char* name) : name_(name) {
    // nop
  }

  /// Takes no positional argument, only `name=…`.
  parameter keyword_only() && {
    keyword_only_ = true;
    return std::move(*this);
  }

  parameter defaults_to(value x) && {
    fallback_ = std::move(x);
    return std::move(*this);
  }

  const std::string& name() const noexcept {
    return name_;
  }

  const std::optional<value>& fallback() const noexcept {
    return fallback_;
  }

  bool is_keyword_only() const noexcept {
    return keyword_only_;
  }

private:
  std::string name_;
  std::optional<value> fallback_;
  bool keyword_only_ = false;
};

/// A parameter that need not be given: `opt("loud", false)`.
template <class T>
parameter opt(std::string name, T&& fallback) {
  return parameter{std::move(name)}.defaults_to(
    to_value(std::forward<T>(fallback)));
}

/// What an exposed function takes.
class signature {
public:
  /// A parameter for each of `types`, which says what it accepts. Those that
  /// `named` leaves out have no name and must be given by position.
  signature(std::string function, std::vector<std::string_view> types,
            std::vector<parameter> named);

  const std::string& function() const noexcept {
    return function_;
  }

  /// Assigns the arguments of a call to `into`, one for each parameter. Fails
  /// with a `type_error` that names the function and what it takes.
  outcome<void> bind(arguments& from, std::span<value> into) const;

  /// Says that the argument for the parameter at `index` does not convert.
  fault wrong_argument(size_t index, const fault& why) const;

  /// Renders a signature: `describe(name: str, *, loud: bool = False)`.
  friend std::string to_string(const signature& x);

private:
  struct slot {
    std::string name; // empty if there is none
    std::string_view type;
    std::optional<value> fallback;
    bool keyword_only = false;
  };

  outcome<void> bind_keywords(dict& from, std::span<value> into,
                              std::vector<bool>& given) const;
  fault wrong(std::string what) const;
  size_t positional() const noexcept;

  std::string function_;
  std::vector<slot> slots_;
};

// -- exposed functions --------------------------------------------------------

/// The reply comes later, by a `promise`.
struct deferred {};

namespace detail {

class reply_task;

} // namespace detail

/// What calling an exposed function yields.
using call_result = std::variant<value, error, deferred, detail::reply_task>;

namespace detail {

/// A coroutine whose result is the reply.
class reply_task {
public:
  template <class T>
  explicit reply_task(task<T> what)
    : finish_([](task_promise_base& from) -> call_result {
        return finish<T>(static_cast<task_promise<T>&>(from));
      }),
      task_(std::move(what)) {
    // nop
  }

  /// Keeps what the coroutine refers to as long as it lives.
  void keep(std::shared_ptr<void> what) noexcept {
    kept_ = std::move(what);
  }

  task_promise_base& promise() const noexcept {
    return task_.promise();
  }

  /// Returns the result of the coroutine, which has ended. Throws what it
  /// threw.
  call_result result();

private:
  template <class T>
  static call_result finish(task_promise<T>& from);

  call_result (*finish_)(task_promise_base&);
  std::shared_ptr<void> kept_; // goes after the coroutine
  any_task task_;
};

} // namespace detail

/// A function under the name by which peers call it.
class exposed {
public:
  using function = std::function<call_result(arguments&)>;

  exposed(std::string name, function call, std::string identity = {})
    : name_(std::move(name)),
      call_(std::make_shared<function>(std::move(call))),
      identity_(std::move(identity)) {
    // nop
  }

  const std::string& name() const noexcept {
    return name_;
  }

  /// Calls the function; whatever it throws becomes an error.
  call_result operator()(arguments& with) const noexcept;

  /// Bytes that tell which function this is, for reverse look-ups. Empty for
  /// function objects, which have no identity.
  const std::string& identity() const noexcept {
    return identity_;
  }

private:
  std::string name_;
  std::shared_ptr<function> call_; // survives being replaced while it runs
  std::string identity_;
};

namespace detail {

template <class T>
constexpr std::string_view type_label() {
  if constexpr (std::is_same_v<T, bool>)
    return "bool";
  else if constexpr (std::is_integral_v<T>)
    return "int";
  else if constexpr (std::is_floating_point_v<T>)
    return "float";
  else if constexpr (std::is_convertible_v<T, std::string_view>)
    return "str";
  else if constexpr (std::is_convertible_v<T, std::span<const std::byte>>)
    return "bytes";
  else if constexpr (requires { typename T::mapped_type; }
                     || std::is_same_v<T, dict>)
    return "dict";
  else if constexpr (requires(T x) { x.begin(); })
    return "list";
  else
    return "object";
}

/// The identity of a pointer to a function, member or not.
template <class F>
std::string identity_of(F f) {
  if constexpr (std::is_pointer_v<F> || std::is_member_function_pointer_v<F>)
    // Pointers to virtual functions of unrelated classes may be the same bytes.
    return std::string{reinterpret_cast<const char*>(&f), sizeof f}.append(
      typeid(F).name());
  else
    return {};
}

template <class T>
constexpr bool by_value = !std::is_reference_v<T> && !view_parameter<T>;

template <class F>
struct callable;

template <class R, class... Ts>
struct callable<R (*)(Ts...)> {
  static_assert(
    !is_task<R> || (by_value<Ts> && ...),
    "a coroutine must take its parameters by value: it outlives what "
    "references and views would refer to");

  using result = R;
  using parameters = std::tuple<argument_t<Ts>...>;
};

template <class R, class C, class... Ts>
struct callable<R (C::*)(Ts...)> : callable<R (*)(Ts...)> {};

template <class R, class C, class... Ts>
struct callable<R (C::*)(Ts...) const> : callable<R (*)(Ts...)> {};

template <class R, class C, class... Ts>
struct callable<R (C::*)(Ts...) noexcept> : callable<R (*)(Ts...)> {};

template <class R, class C, class... Ts>
struct callable<R (C::*)(Ts...) const noexcept> : callable<R (*)(Ts...)> {};

template <class R, class... Ts>
struct callable<R (*)(Ts...) noexcept> : callable<R (*)(Ts...)> {};

template <class F>
  requires requires {
    &F::operator();
  }
struct callable<F> : callable<decltype(&F::operator())> {};

template <class T>
call_result to_call_result(T x) {
  if constexpr (std::is_same_v<T, call_result>) {
    return x;
  } else if constexpr (std::is_same_v<T, error>) {
    if (!x)
      return value{};
    return x;
  } else if constexpr (is_promise<T>) {
    return deferred{};
  } else if constexpr (is_task<T>) {
    return reply_task{std::move(x)};
  } else if constexpr (is_expected<T>) {
    if (!x)
      return std::move(x.error());
    if constexpr (std::is_same_v<T, expected<void>>)
      return value{};
    else
      return to_call_result(std::move(*x));
  } else if constexpr (is_outcome<T>) {
    return to_call_result(to_expected(std::move(x)));
  } else {
    return to_value(std::move(x));
  }
}

template <class T>
call_result reply_task::finish(task_promise<T>& from) {
  if constexpr (std::is_void_v<T>) {
    from.take();
    return value{};
  } else {
    return to_call_result(from.take());
  }
}

/// Calls `f` with one value for each parameter, converted to its type.
template <class R, class F, class... Ts, size_t... Is>
call_result apply_values([[maybe_unused]] const signature& sig, F& f,
                         [[maybe_unused]] std::span<value> xs,
                         std::tuple<Ts...>*, std::index_sequence<Is...>) {
  std::tuple<outcome<Ts>...> converted{from_value<Ts>(std::move(xs[Is]))...};
  std::optional<fault> wrong;
  [[maybe_unused]] auto check
    = [&]<size_t I>(std::integral_constant<size_t, I>) {
        if (auto& x = std::get<I>(converted); !x && !wrong)
          wrong = sig.wrong_argument(I, x.error());
      };
  (check(std::integral_constant<size_t, Is>{}), ...);
  if (wrong)
    return to_error(std::move(*wrong));
  if constexpr (std::is_void_v<R>) {
    f(std::move(*std::get<Is>(converted))...);
    return value{};
  } else {
    return to_call_result<std::decay_t<R>>(
      f(std::move(*std::get<Is>(converted))...));
  }
}

template <class... Ts>
std::vector<std::string_view> type_labels(std::tuple<Ts...>*) {
  return {type_label<Ts>()...};
}

/// Wraps `f`, which behaves like a function of type `Traits`.
template <class Traits, class F>
exposed make_exposed(std::string name, F f, std::vector<parameter> named,
                     std::string identity) {
  using params = typename Traits::parameters;
  using result = typename Traits::result;
  if constexpr (std::is_same_v<params, std::tuple<arguments>>) {
    return exposed{std::move(name),
                   [f = std::move(f)](arguments& with) mutable -> call_result {
                     if constexpr (std::is_void_v<result>) {
                       f(std::move(with));
                       return value{};
                     } else {
                       return to_call_result<std::decay_t<result>>(
                         f(std::move(with)));
                     }
                   },
                   std::move(identity)};
  } else {
    constexpr auto n = std::tuple_size_v<params>;
    signature sig{name, type_labels(static_cast<params*>(nullptr)),
                  std::move(named)};
    return exposed{std::move(name),
                   [f = std::move(f), sig = std::move(sig)](
                     arguments& with) mutable -> call_result {
                     std::array<value, n> xs;
                     if (auto bound = sig.bind(with, xs); !bound)
                       return to_error(std::move(bound.error()));
                     return apply_values<result>(sig, f, xs,
                                                 static_cast<params*>(nullptr),
                                                 std::make_index_sequence<n>{});
                   },
                   std::move(identity)};
  }
}

} // namespace detail

/// Gives `f` a name for peers. Its parameters may be of any type that converts
/// from a value, and so may its result; `expected<T>`, `outcome<T>`, `error`
/// (an empty one is no failure) and `promise<T>` are fine, too, and so is
/// `task<T>`: a coroutine, which runs in the actor and whose result is the
/// reply. A function object that makes coroutines lives as long as each of
/// them. Parameters of type `std::string_view`, `std::span<const std::byte>`
/// and `std::span<const T>` look at arguments where these are; they are good
/// until the function returns. `named` names the parameters in their order, so
/// that they can be passed by keyword and have defaults; a function that takes
/// just `arguments` gets whatever comes.
template <class F>
exposed expose(std::string name, F f, std::vector<parameter> named = {}) {
  auto identity = detail::identity_of(f);
  return detail::make_exposed<detail::callable<F>>(
    std::move(name), std::move(f), std::move(named), std::move(identity));
}

/// Gives a member function of `self` a name. `self` must outlive the result.
template <class T, class F>
  requires std::is_member_function_pointer_v<F> exposed
  expose(std::string name, T* self, F f, std::vector<parameter> named = {}) {
    auto bound = [self, f](auto&&... xs) -> decltype(auto) {
      return (self->*f)(std::forward<decltype(xs)>(xs)...);
    };
    return detail::make_exposed<detail::callable<F>>(
      std::move(name), bound, std::move(named), detail::identity_of(f));
  }

} // namespace caf::aiomas
