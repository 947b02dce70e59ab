#pragma once

#include "caf/aiomas/convert/converter.hpp"
#include "caf/aiomas/detail/convert_support.hpp"

#include <concepts>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>

/// Converters of types that travel as objects: a serializer turns them into
/// something else when a message is encoded.
namespace caf::aiomas {

// -- customization ------------------------------------------------------------

/// A member of a class, and its name in messages.
template <class Pointer>
struct member {
  std::string_view name;
  Pointer pointer;
};

template <class Pointer>
member(std::string_view, Pointer) -> member<Pointer>;

/// The members that make up a class, in order. `AIOMAS_SERIALIZABLE` provides
/// them for classes of your own; for others, specialize this:
///
///     template <>
///     struct caf::aiomas::serializable_traits<geo::point> {
///       static constexpr auto members = std::tuple{
///         member{"x", &geo::point::x},
///         member{"y", &geo::point::y},
///       };
///     };
template <class T>
struct serializable_traits {};

template <class T>
  requires requires {
    aiomas_members(std::type_identity<T>{});
  }
struct serializable_traits<T> {
  static constexpr auto members = aiomas_members(std::type_identity<T>{});
};

/// Classes that are a dict of their members. Classes derived from them are not,
/// unless they say so themselves.
template <class T>
concept serializable = std::is_class_v<T> && requires {
  serializable_traits<T>::members;
};

/// Whether a class travels as an object with a serializer of its own, although
/// it is not `serializable`. `AIOMAS_OBJECT` says so for classes of your own;
/// for others, and for templates, specialize this:
///
///     template <>
///     inline constexpr bool caf::aiomas::is_object_type<geo::matrix> = true;
template <class T>
inline constexpr bool is_object_type = requires {
  aiomas_object(std::type_identity<T>{});
};

/// Makes values of the class `T`, whose namespace it must stand in. Each
/// connection that they cross needs a `serializer<T>(…)`.
#define AIOMAS_OBJECT(T)                                                       \
  [[maybe_unused]] constexpr void aiomas_object(::std::type_identity<T>) {}

// -- conversion ---------------------------------------------------------------

namespace detail {

template <class T>
inline constexpr bool is_object = serializable<T> || is_object_type<T>;

template <class T>
concept object_type = std::is_class_v<T> && is_object<T>;

template <class Pointer>
constexpr member<Pointer> make_member(std::string_view name, Pointer pointer) {
  return {name, pointer};
}

/// Says that a value is not an object of type `expected`.
fault wrong_object(const std::type_info& expected, const value& got);

} // namespace detail

template <detail::object_type T>
struct converter<T> {
  static value to_value(T x) {
    return object::make(std::move(x));
  }

  /// Takes objects of exactly this type. Others share them, so it copies.
  static outcome<T> from_value(value x) requires std::copy_constructible<T> {
    if (auto what = x.get_if<object>())
      if (auto ptr = what->template get_if<T>())
        return *ptr;
    return detail::wrong_object(typeid(T), x);
  }
};

} // namespace caf::aiomas
