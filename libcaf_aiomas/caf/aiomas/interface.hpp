#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/local_ref.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/promise.hpp"
#include "caf/aiomas/task.hpp"

#include <algorithm>
#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace caf::aiomas {

// -- names --------------------------------------------------------------------

/// A text that is a template argument: the `"add"` of `fun<"add", …>`.
template <size_t N>
struct fixed_string {
  constexpr fixed_string(const char (&text)[N]) {
    std::copy_n(text, N, chars);
  }

  constexpr operator std::string_view() const noexcept {
    return {chars, N - 1};
  }

  char chars[N] = {};
};

// -- interfaces ---------------------------------------------------------------

/// A function of an interface: its name, its signature, and the names of its
/// parameters for callers in Python, of which those at the end may be left out.
/// The types are those of the values that travel; a coroutine or a promise of
/// an `R` counts as an `R`.
template <fixed_string Name, class Signature, fixed_string... Parameters>
struct fun;

template <fixed_string Name, class R, class... Ts, fixed_string... Parameters>
struct fun<Name, R(Ts...), Parameters...> {
  static_assert(!std::string_view{Name}.empty()
                  && std::string_view{Name}.find('/') == std::string_view::npos,
                "the name of a function must not be empty or contain a slash");
  static_assert(sizeof...(Parameters) <= sizeof...(Ts),
                "more parameters are named than there are");

  static constexpr std::string_view name = Name;

  using result = R;
  using parameters = std::tuple<std::decay_t<Ts>...>;

  static std::vector<parameter> named() {
    return {parameter{std::string{std::string_view{Parameters}}}...};
  }
};

namespace detail {

constexpr size_t index_of_name(std::string_view name,
                               std::initializer_list<std::string_view> in) {
  return static_cast<size_t>(std::find(in.begin(), in.end(), name)
                             - in.begin());
}

constexpr bool all_distinct(std::initializer_list<std::string_view> names) {
  size_t i = 0;
  for (auto name : names)
    if (index_of_name(name, names) != i++)
      return false;
  return true;
}

} // namespace detail

/// The functions that an agent or service has for its callers, written once and
/// used on both sides: it exposes them with `implement`, and its callers have a
/// `typed_proxy`.
///
///     using calculator
///       = aiomas::interface<aiomas::fun<"add", int(int, int), "x", "y">,
///                           aiomas::fun<"reset", void()>>;
template <class... Functions>
struct interface {
  static_assert(detail::all_distinct({Functions::name...}),
                "two functions of an interface have the same name");

  static constexpr size_t size = sizeof...(Functions);

  /// Returns the index of the function `name`, or `size` if there is none.
  static constexpr size_t find(std::string_view name) {
    return detail::index_of_name(name, {Functions::name...});
  }

  template <size_t I>
  using function = std::tuple_element_t<I, std::tuple<Functions...>>;
};

/// Whether an interface has a function of this name.
template <class Interface, fixed_string Name>
concept has_function = Interface::find(Name)
< Interface::size;

namespace detail {

template <class Interface, fixed_string Name>
using function_named =
  typename Interface::template function<Interface::find(Name)>;

// -- callers ------------------------------------------------------------------

/// Whether an argument of type `T` can be passed for a parameter of type `P`,
/// as the conversion of the receiver sees it: a float is no integer, and a bool
/// is no number.
template <class T, class P>
constexpr bool passes_as() {
  if constexpr (std::is_same_v<P, value> || std::is_same_v<T, value>)
    return convertible_to_value<T>;
  else if constexpr (takes_handle<P>)
    return is_local_handle<T>;
  else if constexpr (std::is_arithmetic_v<T> && std::is_arithmetic_v<P>)
    return std::is_same_v<
             T,
             bool> == std::is_same_v<P, bool> && (std::is_integral_v<T> || std::is_floating_point_v<P>);
  else
    return std::is_convertible_v<
             T,
             P> && convertible_to_value<P> && !std::is_same_v<T, std::nullptr_t>; // no std::string
}

/// Converts an argument for a parameter of type `P`.
template <class P, class T>
value pass_as(T&& x) {
  using from = std::decay_t<T>;
  // Numbers out of range are for the receiver to refuse.
  if constexpr (
    std::is_same_v<
      P,
      value> || std::is_same_v<from, value> || takes_handle<P> || std::is_arithmetic_v<from>)
    return to_value(std::forward<T>(x));
  else
    return to_value(static_cast<P>(std::forward<T>(x)));
}

template <class Parameters, class... Ts>
inline constexpr bool pass_for = false;

template <class... Ps, class... Ts>
  requires(sizeof...(Ps) == sizeof...(Ts))
inline constexpr bool
  pass_for<std::tuple<Ps...>, Ts...> = (passes_as<std::decay_t<Ts>, Ps>()
                                        && ...);

} // namespace detail

/// Whether the function `Name` can be called with arguments of types `Ts`.
template <class Interface, fixed_string Name, class... Ts>
concept accepts_call = has_function<Interface, Name> && detail::pass_for<
  typename detail::function_named<Interface, Name>::parameters, Ts...>;

// -- implementations ----------------------------------------------------------

namespace detail {

/// Whether a function that returns an `Actual` sends its callers an `R`.
template <class Actual, class R>
constexpr bool yields() {
  if constexpr (is_task<Actual> || is_expected<Actual> || is_outcome<Actual>)
    return yields<typename Actual::value_type, R>();
  else if constexpr (is_promise<Actual>)
    return std::is_same_v<Actual,
                          promise<value>> || std::is_same_v<Actual, promise<R>>;
  else if constexpr (std::is_same_v<Actual, R>)
    return true;
  else if constexpr (std::is_same_v<R, value>)
    return convertible_to_value<Actual>;
  else
    return takes_handle<R> && is_local_handle<Actual>;
}

template <class F, class Function>
concept same_parameters = std::is_same_v < typename callable<F>::parameters,
typename Function::parameters > ;

template <class F, class Function>
concept same_result = yields < std::decay_t<typename callable<F>::result>,
typename Function::result > ();

template <class Interface, class Indices, class... Fs>
inline constexpr bool implement_all = false;

template <class Interface, size_t... Is, class... Fs>
  requires(sizeof...(Is) == sizeof...(Fs))
inline constexpr bool
  implement_all<Interface, std::index_sequence<Is...>, Fs...> = ((
    same_parameters<
      Fs,
      typename Interface::template function<
        Is>> && same_result<Fs, typename Interface::template function<Is>>) &&...);

template <class F>
struct class_of;

template <class F, class C>
struct class_of<F C::*> {
  using type = C;
};

template <class Function, class Self, class F>
void implement_function(Self* self, F f) {
  static_assert(same_parameters<F, Function>,
                "the parameters of this function are not those that the "
                "interface says");
  static_assert(same_result<F, Function>,
                "the result of this function is not what the interface says");
  std::string name{Function::name};
  if constexpr (std::is_member_function_pointer_v<F>) {
    auto object = static_cast<typename class_of<F>::type*>(self);
    self->router().add(expose(std::move(name), object, f, Function::named()));
  } else {
    self->router().add(
      expose(std::move(name), std::move(f), Function::named()));
  }
}

} // namespace detail

/// Whether functions of types `Fs` fit those of an interface, in its order.
template <class Interface, class... Fs>
concept implemented_by
  = detail::implement_all<Interface, std::make_index_sequence<Interface::size>,
                          std::decay_t<Fs>...>;

/// Exposes the functions of an interface in `self`, an agent or a service: one
/// of `functions` for each, in the order of the interface. They may be member
/// functions of the class of `self`, functions, or function objects, with the
/// parameters that the interface says and its result: an `R`, or an
/// `expected<R>`, `promise<R>` or `task<R>`.
///
///     implement<calculator>(self, &my_agent::add, &my_agent::reset);
///
/// Agents and services have a member of this name.
template <class Interface, class Self, class... Fs>
void implement(Self* self, Fs... functions) {
  static_assert(sizeof...(Fs) == Interface::size,
                "there must be one function for each of the interface");
  if constexpr (sizeof...(Fs) == Interface::size)
    [&]<size_t... Is>(std::index_sequence<Is...>) {
      (detail::implement_function<typename Interface::template function<Is>>(
         self, std::move(functions)),
       ...);
    }
  (std::index_sequence_for<Fs...>{});
}

} // namespace caf::aiomas
