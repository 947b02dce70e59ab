#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/expose.hpp"

#include <caf/expected.hpp>
#include <caf/make_message.hpp>
#include <caf/message.hpp>

#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

/// How the calls of peers become messages to any actor, and its responses
/// values.
namespace caf::aiomas::detail {

// -- constants ----------------------------------------------------------------

/// Types that say which message it is and tell peers nothing: atoms, and empty
/// types that have no conversion.
template <class T>
inline constexpr bool is_constant
  = is_atom_type<
      T> || (std::is_empty_v<T> && std::is_default_constructible_v<T> && !convertible_from_value<T> && !convertible_to_value<T>);

template <class T>
using unless_constant
  = std::conditional_t<is_constant<T>, std::tuple<>, std::tuple<T>>;

/// The elements of a message, of which those that are no constants are known
/// from elsewhere.
template <class... Ts>
struct message_layout {
  static constexpr size_t size = sizeof...(Ts);

  using all = std::tuple<Ts...>;

  /// Those that are no constants.
  using variable
    = decltype(std::tuple_cat(std::declval<unless_constant<Ts>>()...));

  /// The index in `variable` of the element at `I`.
  template <size_t I>
  static constexpr size_t index() {
    constexpr std::array<bool, size> skipped{is_constant<Ts>...};
    size_t result = 0;
    for (size_t i = 0; i < I; ++i)
      if (!skipped[i])
        ++result;
    return result;
  }
};

template <class Tuple>
struct layout_of;

template <class... Ts>
struct layout_of<std::tuple<Ts...>> {
  using type = message_layout<Ts...>;
};

// -- requests -----------------------------------------------------------------

template <class Layout, size_t I, class Variable>
decltype(auto) message_part(Variable& from) {
  using type = std::tuple_element_t<I, typename Layout::all>;
  if constexpr (is_constant<type>)
    return type{};
  else
    return std::move(std::get<Layout::template index<I>()>(from));
}

template <class Layout, class Variable, size_t... Is>
message make_request(Variable from, std::index_sequence<Is...>) {
  return make_message(message_part<Layout, Is>(from)...);
}

/// Turns the arguments of a call into a message. Throws what conversions throw.
template <class Layout>
expected<message> bind_request(const signature& sig, arguments& with) {
  using variable = typename Layout::variable;
  constexpr auto n = std::tuple_size_v<variable>;
  std::array<value, n> xs;
  if (auto bound = sig.bind(with, xs); !bound)
    return to_error(std::move(bound.error()));
  message result;
  auto make = [&result](auto... ys) {
    result = make_request<Layout>(variable{std::move(ys)...},
                                  std::make_index_sequence<Layout::size>{});
  };
  auto made = apply_values<void>(sig, make, xs, static_cast<variable*>(nullptr),
                                 std::make_index_sequence<n>{});
  if (auto why = std::get_if<error>(&made))
    return std::move(*why);
  return result;
}

// -- responses ----------------------------------------------------------------

/// Renders the types of a response, for error texts.
template <class... Rs>
std::string response_label(std::tuple<Rs...>*) {
  std::string result;
  [[maybe_unused]] auto separator = "";
  (result.append(std::exchange(separator, ", ")).append(type_label<Rs>()), ...);
  if constexpr (sizeof...(Rs) == 0)
    return "nothing";
  else if constexpr (sizeof...(Rs) > 1)
    return "(" + result + ")";
  else
    return result;
}

/// Says that `response` is neither an error nor what was expected.
error wrong_response(const message& response, std::string_view wanted);

template <class Layout, size_t I>
auto response_part(message& from) {
  using type = std::tuple_element_t<I, typename Layout::all>;
  if constexpr (is_constant<type>)
    return std::tuple<>{};
  else
    return std::tuple<type>{std::move(from.get_mutable_as<type>(I))};
}

template <class Layout, size_t... Is>
value response_value(message& from, std::index_sequence<Is...>) {
  auto parts = std::tuple_cat(response_part<Layout, Is>(from)...);
  constexpr auto n = std::tuple_size_v<decltype(parts)>;
  if constexpr (n == 0)
    return value{};
  else if constexpr (n == 1)
    return to_value(std::move(std::get<0>(parts)));
  else
    return to_value(std::move(parts));
}

/// Turns the response of an actor whose handler returns an `R` into a value.
/// Throws what conversions throw.
template <class R, class... Rs>
expected<value> read_response(message& from, std::tuple<Rs...>* types) {
  if (consists_of<Rs...>(from))
    return response_value<message_layout<Rs...>>(
      from, std::index_sequence_for<Rs...>{});
  // A tuple may also be a single element of the response.
  if constexpr (sizeof...(Rs) > 1 && convertible_to_value<R>)
    if (consists_of<R>(from))
      return to_value(std::move(from.get_mutable_as<R>(0)));
  if (from.match_elements<error>())
    return from.get_as<error>(0);
  return wrong_response(from, response_label(types));
}

/// The same without the types of the values that make up an `R`.
template <class R>
expected<value> read_response(message& from) {
  using values = typename response_values<R>::type;
  return read_response<R>(from, static_cast<values*>(nullptr));
}

} // namespace caf::aiomas::detail
