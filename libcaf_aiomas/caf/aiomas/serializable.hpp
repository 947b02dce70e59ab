#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/detail/for_each.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <array>
#include <concepts>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <vector>

/// Classes that cross connections as a dict of their members.
///
///     namespace geo {
///
///     struct point {
///       double x = 0;
///       double y = 0;
///     };
///
///     AIOMAS_SERIALIZABLE(point, x, y)
///
///     } // namespace geo
///
/// What the original's decorator `@serializable` does. Members may be of any
/// type that converts to and from a `value`, other such classes included, alone
/// or in containers. Each connection needs a `serializer<geo::point>()`, see
/// `options::serializers`.

/// Names the members of the class `T` that make it up, in order; none for an
/// empty class, at most 256. Stands next to the class, in its namespace. A
/// `to_string` of the form `point(x=1.0, y=2.0)` comes with it; a function of
/// that name of your own takes precedence.
#define AIOMAS_SERIALIZABLE(T, ...)                                            \
  AIOMAS_DETAIL_MEMBERS(, T __VA_OPT__(, ) __VA_ARGS__)                        \
  AIOMAS_DETAIL_TO_STRING(, T)

/// The same from within the class, for private members.
#define AIOMAS_SERIALIZABLE_MEMBERS(T, ...)                                    \
  AIOMAS_DETAIL_MEMBERS(friend, T __VA_OPT__(, ) __VA_ARGS__)                  \
  AIOMAS_DETAIL_TO_STRING(friend, T)

/// Both without a `to_string`.
#define AIOMAS_SERIALIZABLE_ONLY(T, ...)                                       \
  AIOMAS_DETAIL_MEMBERS(, T __VA_OPT__(, ) __VA_ARGS__)
#define AIOMAS_SERIALIZABLE_MEMBERS_ONLY(T, ...)                               \
  AIOMAS_DETAIL_MEMBERS(friend, T __VA_OPT__(, ) __VA_ARGS__)

#define AIOMAS_DETAIL_MEMBERS(Friend, T, ...)                                  \
  [[maybe_unused]] Friend constexpr auto aiomas_members(                       \
    ::std::type_identity<T>) {                                                 \
    return ::std::make_tuple(                                                  \
      AIOMAS_DETAIL_FOR_EACH(AIOMAS_DETAIL_MEMBER, T, __VA_ARGS__));           \
  }

#define AIOMAS_DETAIL_MEMBER(T, Name)                                          \
  ::caf::aiomas::detail::make_member(#Name, &T::Name)

// A template, so that it takes no classes derived from T, and gives way to a
// plain function.
#define AIOMAS_DETAIL_TO_STRING(Friend, T)                                     \
  template <::std::same_as<T> AiomasObject>                                    \
  Friend ::std::string to_string(const AiomasObject& x) {                      \
    return ::caf::aiomas::detail::render_members(x);                           \
  }

namespace caf::aiomas {

namespace detail {

template <class T, class Member>
using member_type
  = std::remove_cvref_t<decltype(std::declval<const T&>().*Member{}.pointer)>;

/// The names of the members of a `T`.
template <serializable T>
inline constexpr auto member_names = std::apply(
  [](auto&... xs) {
    return std::array<std::string_view, sizeof...(xs)>{xs.name...};
  },
  serializable_traits<T>::members);

/// Says which members `got` lacks, or has too many.
outcome<void> check_members(const std::type_info& type,
                            std::span<const std::string_view> names,
                            const dict& got);

/// Puts `point.x: ` in front of the text.
fault at_member(const std::type_info& type, std::string_view name, fault what);

/// Renders `point(x=1, y=2)`.
std::string render_call(const std::type_info& type,
                        std::span<const std::string_view> names,
                        const std::vector<std::string>& args);

template <class T>
std::string render_member(const T& x) {
  if constexpr (object_type<T> && requires { to_string(x); })
    return to_string(x);
  else
    return aiomas::to_string(aiomas::to_value(x));
}

template <serializable T>
std::string render_members(const T& x) {
  auto args = std::apply(
    [&x](auto&... xs) {
      return std::vector<std::string>{render_member(x.*xs.pointer)...};
    },
    serializable_traits<T>::members);
  return render_call(typeid(T), member_names<T>, args);
}

/// Makes a `T` of its members: by its default constructor and assignments where
/// that goes, otherwise by braces.
template <class T, class... Members, class... Ts>
T make_of(const std::tuple<Members...>& members, Ts&&... xs) {
  constexpr auto assignable = [] {
    if constexpr (std::is_default_constructible_v<T>)
      return (
        std::is_assignable_v<decltype(std::declval<T&>().*Members{}.pointer),
                             Ts> && ...);
    else
      return false;
  }();
  if constexpr (assignable) {
    T result{};
    std::apply(
      [&](auto&... ms) { ((result.*ms.pointer = std::forward<Ts>(xs)), ...); },
      members);
    return result;
  } else {
    return T{std::forward<Ts>(xs)...};
  }
}

template <class T, class... Members>
outcome<T> from_members(const std::tuple<Members...>& members, dict& xs) {
  std::optional<fault> error;
  auto convert = [&]<class M>(const M& what) -> outcome<member_type<T, M>> {
    if (error)
      return *error;
    auto result = converter<member_type<T, M>>::from_value(
      std::move(*xs.find(what.name)));
    if (!result)
      error = at_member(typeid(T), what.name, result.error());
    return result;
  };
  return std::apply(
    [&](auto&... ms) -> outcome<T> {
      // Braces make it convert from the first to the last.
      std::tuple<outcome<member_type<T, Members>>...> ys{convert(ms)...};
      if (error)
        return *std::move(error);
      return std::apply(
        [&](auto&... zs) { return make_of<T>(members, *std::move(zs)...); },
        ys);
    },
    members);
}

} // namespace detail

/// Returns the members of `x` by their names, in order.
template <serializable T>
dict as_dict(const T& x) {
  return std::apply(
    [&x](auto&... xs) {
      return dict::from_entries(
        {dict::entry{xs.name, aiomas::to_value(x.*xs.pointer)}...});
    },
    serializable_traits<T>::members);
}

/// Makes a `T` of its members, in any order. Fails with a `type_error` that
/// tells which one is missing, unknown or of the wrong type.
///
/// The class needs a default constructor and members to assign to, or else a
/// constructor that takes them in order; an aggregate is fine, too.
template <serializable T>
outcome<T> from_dict(dict xs) {
  auto ok = detail::check_members(typeid(T), detail::member_names<T>, xs);
  if (!ok)
    return std::move(ok).error();
  return detail::from_members<T>(serializable_traits<T>::members, xs);
}

} // namespace caf::aiomas
