#pragma once

#include "caf/aiomas/convert/converter.hpp"
#include "caf/aiomas/detail/convert_support.hpp"

#include <cstddef>
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

/// Converters of types that hold one of several. Those of what they hold may be
/// in any header: include `convert.hpp`.
namespace caf::aiomas {

template <class T>
struct converter<std::optional<T>> {
  static value to_value(std::optional<T> x) requires convertible_to_value<T> {
    return x ? converter<T>::to_value(*std::move(x)) : value{};
  }

  static outcome<std::optional<T>>
  from_value(value x) requires convertible_from_value<T> {
    if (x.is_null())
      return std::optional<T>{};
    auto converted = converter<T>::from_value(std::move(x));
    if (!converted)
      return std::move(converted).error();
    return std::optional<T>{*std::move(converted)};
  }
};

template <class... Ts>
struct converter<std::variant<Ts...>> {
  using variant_type = std::variant<Ts...>;

  static value to_value(variant_type x) requires detail::all_to_value<Ts...> {
    return std::visit(
      []<class T>(T& y) { return converter<T>::to_value(std::move(y)); }, x);
  }

  static outcome<variant_type>
  from_value(value x) requires detail::all_from_value<Ts...> {
    return from_any(x, std::index_sequence_for<Ts...>{});
  }

private:
  // Takes a copy for each alternative, as failing costs the value.
  template <size_t... Is>
  static outcome<variant_type> from_any(value& x, std::index_sequence<Is...>) {
    std::optional<variant_type> result;
    std::vector<fault> reasons;
    auto attempt = [&]<size_t I>(std::integral_constant<size_t, I>) {
      using type = std::variant_alternative_t<I, variant_type>;
      constexpr auto is_last = I + 1 == sizeof...(Ts);
      auto converted = converter<type>::from_value(is_last ? std::move(x) : x);
      if (converted)
        result.emplace(std::in_place_index<I>, *std::move(converted));
      else
        reasons.push_back(std::move(converted).error());
      return result.has_value();
    };
    if ((attempt(std::integral_constant<size_t, Is>{}) || ...))
      return *std::move(result);
    return detail::no_alternative(std::move(reasons));
  }
};

} // namespace caf::aiomas
