#pragma once

#include "caf/aiomas/convert/converter.hpp"
#include "caf/aiomas/detail/convert_support.hpp"

#include <concepts>
#include <cstddef>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

/// Converters of types that hold no others: null, numbers, enums, strings and
/// bytes.
namespace caf::aiomas {

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

} // namespace detail

// -- null, numbers and enums --------------------------------------------------

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
struct converter<null_t> : detail::held_converter<null_t> {};

template <>
struct converter<std::nullptr_t> {
  static value to_value(std::nullptr_t) {
    return {};
  }
};

template <>
struct converter<bool> : detail::held_converter<bool> {};

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
    auto text = x.get_if<std::string_view>();
    std::string expected;
    for (auto& [code, name] : enum_conversion<E>::names) {
      if (text == name)
        return code;
      expected.append(expected.empty() ? "" : ", ").append(name);
    }
    return fault{errc::type_error,
                 "expected one of " + expected + ", got " + to_string(x)};
  }
};

// -- strings and bytes --------------------------------------------------------

template <>
struct converter<std::string> : detail::held_converter<std::string> {};

template <detail::text_view T>
struct converter<T> {
  static value to_value(std::string_view x) {
    return x;
  }
};

template <>
struct converter<byte_buffer> : detail::held_converter<byte_buffer> {};

/// The way to take large text and bytes without copying them.
template <class T>
struct converter<shared_data<T>> {
  static value to_value(shared_data<T> x) {
    return x;
  }

  static outcome<shared_data<T>> from_value(value x) {
    if (auto shared = x.get_if<shared_data<T>>())
      return std::move(*shared);
    auto own = detail::take<T>(std::move(x));
    if (!own)
      return std::move(own).error();
    return shared_data<T>{*std::move(own)};
  }
};

} // namespace caf::aiomas
