#pragma once

#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <concepts>
#include <string_view>
#include <type_traits>
#include <utility>

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
                "this type needs AIOMAS_SERIALIZABLE or AIOMAS_OBJECT, which "
                "its base classes do not pass on, or a specialization of "
                "caf::aiomas::converter with a function to_value");
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
                "this type needs AIOMAS_SERIALIZABLE or AIOMAS_OBJECT, which "
                "its base classes do not pass on, or a specialization of "
                "caf::aiomas::converter with a function from_value");
  return converter<T>::from_value(std::move(x));
}

namespace detail {

template <class... Ts>
concept all_to_value = (convertible_to_value<Ts> && ...);

template <class... Ts>
concept all_from_value = (convertible_from_value<Ts> && ...);

} // namespace detail

} // namespace caf::aiomas
