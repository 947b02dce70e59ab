#pragma once

#include "caf/aiomas/detail/convert_support.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

namespace caf::aiomas {

// -- customization ------------------------------------------------------------

/// How a C++ type becomes a value and the other way around. Users specialize it
/// for types of their own, with one of these functions or both:
///
///     static value to_value(T x);
///     static outcome<T> from_value(value x);
///
/// `from_value` fails with `errc::type_error`. What it expects must not depend
/// on the codec, except that JSON turns the keys of dicts into strings.
template <class T, class = void>
struct converter;

/// How the enum `E` becomes a value. Users specialize it, either as integers:
///
///     template <>
///     struct enum_conversion<color> : enum_as_integer {};
///
/// or as strings, with the names of all enumerators:
///
///     template <>
///     struct enum_conversion<color> {
///       static constexpr enum_name<color> names[] = {{color::red, "red"}, …};
///     };
///
/// A value without a name is sent as an integer, which the receiver refuses.
template <class E>
struct enum_conversion {};

struct enum_as_integer {};

template <class E>
struct enum_name {
  E code;
  std::string_view name;
};

// -- conversions --------------------------------------------------------------

/// Types that `to_value` takes.
template <class T>
concept convertible_to_value = requires(std::decay_t<T> x) {
  { converter<std::decay_t<T>>::to_value(std::move(x)) } -> std::same_as<value>;
};

/// Types that `from_value` returns.
template <class T>
concept convertible_from_value = requires(value x) {
  { converter<T>::from_value(std::move(x)) } -> std::same_as<outcome<T>>;
};

/// Turns `x` into a value. Strings and containers are moved if `x` is an
/// rvalue.
template <class T>
value to_value(T&& x) {
  static_assert(convertible_to_value<T>,
                "this type needs a specialization of caf::aiomas::converter "
                "with a function to_value");
  return converter<std::decay_t<T>>::to_value(std::forward<T>(x));
}

/// Turns `x` into a `T`, or says in a `type_error` what it expected and got.
///
/// Integers become floats, but floats never become integers, and a bool is no
/// number. Integers must be in the range of `T`. Lists become vectors, arrays,
/// tuples and pairs, the latter three only of exactly their size. `optional` is
/// null or a `T`. A variant takes the first alternative that converts, in the
/// order of its declaration: put `int` before `double`.
template <class T>
outcome<T> from_value(value x) {
  static_assert(convertible_from_value<T>,
                "this type needs a specialization of caf::aiomas::converter "
                "with a function from_value");
  return converter<T>::from_value(std::move(x));
}

// -- implementation -----------------------------------------------------------

namespace detail {

template <class T>
concept integer = integer_or_bool<T> && !std::same_as<T, bool>;

template <class T>
concept floating_point = is_one_of<T, double, float>;

template <class T>
concept text_view = is_one_of<T, const char*, char*, std::string_view>;

template <class T>
concept enumeration = std::is_enum_v<T>;

template <class E>
concept named_enum = requires {
  enum_conversion<E>::names;
};

template <class E>
concept integer_enum = std::derived_from<enum_conversion<E>, enum_as_integer>;

template <class... Ts>
concept all_to_value = (convertible_to_value<Ts> && ...);

template <class... Ts>
concept all_from_value = (convertible_from_value<Ts> && ...);

} // namespace detail

// -- scalars ------------------------------------------------------------------

template <>
struct converter<value> {
  static value to_value(value x) {
    return x;
  }

  static outcome<value> from_value(value x) {
    return x;
  }
};

template <>
struct converter<null_t> {
  static value to_value(null_t) {
    return {};
  }

  static outcome<null_t> from_value(value x) {
    return detail::take<null_t>(std::move(x), "None");
  }
};

template <>
struct converter<std::nullptr_t> {
  static value to_value(std::nullptr_t) {
    return {};
  }
};

template <>
struct converter<bool> {
  static value to_value(bool x) {
    return x;
  }

  static outcome<bool> from_value(value x) {
    return detail::take<bool>(std::move(x), "bool");
  }
};

template <detail::integer T>
struct converter<T> {
  static value to_value(T x) {
    return x;
  }

  static outcome<T> from_value(value x) {
    using limits = std::numeric_limits<T>;
    auto result = [&x] {
      if constexpr (std::is_signed_v<T>)
        return detail::to_signed(x, limits::min(), limits::max());
      else
        return detail::to_unsigned(x, limits::max());
    }();
    if (!result)
      return std::move(result).error();
    return static_cast<T>(*result);
  }
};

template <detail::floating_point T>
struct converter<T> {
  static value to_value(T x) {
    return static_cast<double>(x);
  }

  static outcome<T> from_value(value x) {
    auto max = static_cast<double>(std::numeric_limits<T>::max());
    auto result = detail::to_double(x, max);
    if (!result)
      return std::move(result).error();
    return static_cast<T>(*result);
  }
};

template <detail::enumeration E>
struct converter<E> {
  using integer_type = std::underlying_type_t<E>;

  static value to_value(E x) {
    check();
    if constexpr (detail::named_enum<E>)
      for (auto& [code, name] : enum_conversion<E>::names)
        if (code == x)
          return name;
    return static_cast<integer_type>(x);
  }

  static outcome<E> from_value(value x) {
    check();
    if constexpr (detail::named_enum<E>) {
      return from_name(x);
    } else {
      auto result = converter<integer_type>::from_value(std::move(x));
      if (!result)
        return std::move(result).error();
      return static_cast<E>(*result);
    }
  }

private:
  static constexpr void check() {
    static_assert(detail::named_enum<E> || detail::integer_enum<E>,
                  "this enum needs a specialization of "
                  "caf::aiomas::enum_conversion");
  }

  static outcome<E> from_name(const value& x) {
    auto text = x.get_if<std::string>();
    std::string expected;
    for (auto& [code, name] : enum_conversion<E>::names) {
      if (text != nullptr && *text == name)
        return code;
      expected.append(expected.empty() ? "" : ", ").append(name);
    }
    return fault{errc::type_error,
                 "expected one of " + expected + ", got " + to_string(x)};
  }
};

// -- strings and bytes --------------------------------------------------------

template <>
struct converter<std::string> {
  static value to_value(std::string x) {
    return x;
  }

  static outcome<std::string> from_value(value x) {
    return detail::take<std::string>(std::move(x), "str");
  }
};

template <detail::text_view T>
struct converter<T> {
  static value to_value(std::string_view x) {
    return x;
  }
};

template <>
struct converter<byte_buffer> {
  static value to_value(byte_buffer x) {
    return x;
  }

  static outcome<byte_buffer> from_value(value x) {
    return detail::take<byte_buffer>(std::move(x), "bytes");
  }
};

// -- lists --------------------------------------------------------------------

template <>
struct converter<list> {
  static value to_value(list x) {
    return x;
  }

  static outcome<list> from_value(value x) {
    return detail::to_list(std::move(x));
  }
};

template <class T, class Allocator>
struct converter<std::vector<T, Allocator>> {
  using vector_type = std::vector<T, Allocator>;

  static value to_value(vector_type xs) requires convertible_to_value<T> {
    list result;
    result.reserve(xs.size());
    for (auto&& x : xs)
      result.push_back(converter<T>::to_value(std::move(x)));
    return result;
  }

  static outcome<vector_type>
  from_value(value x) requires convertible_from_value<T> {
    auto xs = detail::to_list(std::move(x));
    if (!xs)
      return std::move(xs).error();
    vector_type result;
    result.reserve(xs->size());
    for (auto& element : *xs) {
      auto converted = converter<T>::from_value(std::move(element));
      if (!converted)
        return detail::at_element(result.size(), std::move(converted).error());
      result.push_back(*std::move(converted));
    }
    return result;
  }
};

namespace detail {

/// Lists with a fixed number of elements, each of a type of its own.
template <class Tuple, class... Ts>
struct tuple_converter {
  static value to_value(Tuple xs) requires all_to_value<Ts...> {
    return std::apply(
      [](Ts&... ys) {
        list result;
        result.reserve(sizeof...(Ts));
        (result.push_back(converter<Ts>::to_value(std::move(ys))), ...);
        return result;
      },
      xs);
  }

  static outcome<Tuple> from_value(value x) requires all_from_value<Ts...> {
    auto xs = to_list(std::move(x), sizeof...(Ts));
    if (!xs)
      return std::move(xs).error();
    return from_list(*xs, std::index_sequence_for<Ts...>{});
  }

private:
  template <size_t... Is>
  static outcome<Tuple> from_list(list& xs, std::index_sequence<Is...>) {
    // Braces make it convert from the first to the last.
    std::tuple<outcome<Ts>...> converted{
      converter<Ts>::from_value(std::move(xs[Is]))...};
    std::optional<fault> error;
    [[maybe_unused]] auto check
      = [&error]<class T>(size_t index, outcome<T>& y) {
          if (!error && !y)
            error = at_element(index, std::move(y).error());
        };
    (check(Is, std::get<Is>(converted)), ...);
    if (error)
      return *std::move(error);
    return Tuple{*std::move(std::get<Is>(converted))...};
  }
};

template <class Array, class Sequence>
struct array_converter;

template <class T, size_t N, size_t... Is>
struct array_converter<std::array<T, N>, std::index_sequence<Is...>>
  : tuple_converter<std::array<T, N>,
                    std::tuple_element_t<Is, std::array<T, N>>...> {};

} // namespace detail

template <class... Ts>
struct converter<std::tuple<Ts...>>
  : detail::tuple_converter<std::tuple<Ts...>, Ts...> {};

template <class T, class U>
struct converter<std::pair<T, U>>
  : detail::tuple_converter<std::pair<T, U>, T, U> {};

template <class T, size_t N>
struct converter<std::array<T, N>>
  : detail::array_converter<std::array<T, N>, std::make_index_sequence<N>> {};

// -- dicts --------------------------------------------------------------------

template <>
struct converter<dict> {
  static value to_value(dict x) {
    return x;
  }

  static outcome<dict> from_value(value x) {
    return detail::to_dict(std::move(x));
  }
};

namespace detail {

template <class Map>
struct map_converter {
  using key_type = typename Map::key_type;
  using mapped_type = typename Map::mapped_type;

  static value to_value(Map xs) requires all_to_value<key_type, mapped_type> {
    std::vector<dict::entry> entries;
    entries.reserve(xs.size());
    for (auto& [key, x] : xs)
      entries.emplace_back(converter<key_type>::to_value(key),
                           converter<mapped_type>::to_value(std::move(x)));
    return dict::from_entries(std::move(entries));
  }

  static outcome<Map>
  from_value(value x) requires all_from_value<key_type, mapped_type> {
    auto xs = to_dict(std::move(x));
    if (!xs)
      return std::move(xs).error();
    Map result;
    for (auto& [name, content] : *xs) {
      auto key = converter<key_type>::from_value(name);
      if (!key)
        return at_key(name, std::move(key).error());
      auto mapped = converter<mapped_type>::from_value(std::move(content));
      if (!mapped)
        return at_key(name, std::move(mapped).error());
      result.insert_or_assign(*std::move(key), *std::move(mapped));
    }
    return result;
  }
};

} // namespace detail

template <class K, class T, class Compare, class Allocator>
struct converter<std::map<K, T, Compare, Allocator>>
  : detail::map_converter<std::map<K, T, Compare, Allocator>> {};

template <class K, class T, class Hash, class Equal, class Allocator>
struct converter<std::unordered_map<K, T, Hash, Equal, Allocator>>
  : detail::map_converter<std::unordered_map<K, T, Hash, Equal, Allocator>> {};

// -- alternatives -------------------------------------------------------------

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
