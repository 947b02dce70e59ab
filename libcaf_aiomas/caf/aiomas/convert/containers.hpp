#pragma once

#include "caf/aiomas/convert/converter.hpp"
#include "caf/aiomas/detail/convert_support.hpp"
#include "caf/aiomas/ndarray.hpp"

#include <array>
#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <unordered_map>
#include <utility>
#include <vector>

/// Converters of types that become lists and dicts. Those of their elements may
/// be in any header: include `convert.hpp`.
namespace caf::aiomas {

// -- lists --------------------------------------------------------------------

namespace detail {

/// The array that `x` is, if it is one.
inline const ndarray* array_in(const value& x) noexcept {
  auto what = x.get_if<object>();
  return what != nullptr ? what->get_if<ndarray>() : nullptr;
}

/// Vectors that an array converts to.
template <class T>
constexpr bool is_array_vector = false;

template <array_element T>
constexpr bool is_array_vector<std::vector<T>> = true;

} // namespace detail

template <>
struct converter<list> : detail::held_converter<list> {};

/// Numbers may also come as an `ndarray`.
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
    if constexpr (detail::is_array_vector<vector_type>)
      if (auto numbers = detail::array_in(x))
        return numbers->template to_vector<T>();
    auto xs = detail::take<list>(std::move(x));
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
struct converter<dict> : detail::held_converter<dict> {};

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
    auto xs = take<dict>(std::move(x));
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

} // namespace caf::aiomas
