#pragma once

#include "caf/aiomas/convert/containers.hpp"
#include "caf/aiomas/convert/converter.hpp"
#include "caf/aiomas/convert/scalars.hpp"
#include "caf/aiomas/ndarray.hpp"

#include <cstddef>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

/// Parameters of exposed functions that only look at what has arrived. They
/// copy nothing, if the argument is what they look at; a function that keeps
/// something of it, or is a coroutine, takes `shared_string`, `shared_bytes` or
/// `ndarray` instead.
namespace caf::aiomas {

template <>
struct converter<std::span<const std::byte>> {
  static value to_value(std::span<const std::byte> x) {
    return byte_buffer{x.begin(), x.end()};
  }
};

/// Numbers travel as an `ndarray`; a `std::vector` of them, as a list.
template <detail::array_element T>
struct converter<std::span<const T>> {
  static value to_value(std::span<const T> x) {
    return object::make(ndarray{x});
  }
};

namespace detail {

/// What a parameter of type `T` is converted to first, and then refers to.
template <class T>
struct argument {
  using type = T;
};

template <class T>
using argument_t = typename argument<std::decay_t<T>>::type;

template <class T>
concept view_parameter = !std::is_same_v<argument_t<T>, std::decay_t<T>>;

/// Text or bytes.
template <data_view V>
class viewed_data {
public:
  explicit viewed_data(value x) : data_(std::move(x)) {
    // nop
  }

  operator V() const noexcept {
    return *data_.get_if<V>();
  }

private:
  value data_;
};

template <data_view V>
struct argument<V> {
  using type = viewed_data<V>;
};

/// Numbers, of an array where they are or converted to a vector.
template <array_element T>
class viewed_numbers {
public:
  explicit viewed_numbers(ndarray xs) : array_(std::move(xs)) {
    // nop
  }

  explicit viewed_numbers(std::vector<T> xs) : vector_(std::move(xs)) {
    // nop
  }

  operator std::span<const T>() const noexcept {
    if (array_.size() > 0)
      return *array_.view<T>();
    return vector_;
  }

  auto begin() const noexcept {
    return static_cast<std::span<const T>>(*this).begin();
  }

private:
  ndarray array_;
  std::vector<T> vector_;
};

template <array_element T>
  requires(!std::is_same_v<T, bool>)
struct argument<std::span<const T>> {
  using type = viewed_numbers<T>;
};

} // namespace detail

template <detail::data_view V>
struct converter<detail::viewed_data<V>> {
  static outcome<detail::viewed_data<V>> from_value(value x) {
    if (x.get_if<V>())
      return detail::viewed_data<V>{std::move(x)};
    constexpr auto name = std::is_same_v<V, std::string_view> ? "str" : "bytes";
    return detail::type_mismatch(name, x);
  }
};

template <detail::array_element T>
  requires(!std::same_as<T, bool>)
struct converter<detail::viewed_numbers<T>> {
  static outcome<detail::viewed_numbers<T>> from_value(value x) {
    if (auto array = detail::array_in(x); array && array->view<T>())
      return detail::viewed_numbers<T>{*array};
    auto copy = converter<std::vector<T>>::from_value(std::move(x));
    if (!copy)
      return std::move(copy).error();
    return detail::viewed_numbers<T>{*std::move(copy)};
  }
};

} // namespace caf::aiomas
