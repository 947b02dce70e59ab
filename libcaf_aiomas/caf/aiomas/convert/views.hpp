#pragma once

#include "caf/aiomas/convert/containers.hpp"
#include "caf/aiomas/convert/converter.hpp"
#include "caf/aiomas/convert/scalars.hpp"
#include "caf/aiomas/ndarray.hpp"

#include <concepts>
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

namespace detail {

/// What `char` is in an array: the integer that it is on this platform.
using char_number
  = std::conditional_t<std::is_signed_v<char>, signed char, unsigned char>;

/// Elements of an array that stand for elements of type `T`.
template <class T>
using number_t = std::conditional_t<std::is_same_v<T, char>, char_number, T>;

/// Elements of spans that are sent as arrays.
template <class T>
concept spanned_number = array_element<number_t<T>>;

template <class T>
concept byte_or_const_byte = std::same_as<std::remove_const_t<T>, std::byte>;

template <class T>
concept arithmetic = std::is_arithmetic_v<T>;

} // namespace detail

template <detail::byte_or_const_byte T, size_t N>
struct converter<std::span<T, N>> {
  static value to_value(std::span<const std::byte> x) {
    return byte_buffer{x.begin(), x.end()};
  }
};

/// Numbers travel as an `ndarray`; a `std::vector` of them, as a list.
template <detail::arithmetic T, size_t N>
struct converter<std::span<T, N>> {
  static value to_value(std::span<T, N> xs) {
    using element = std::remove_const_t<T>;
    static_assert(detail::spanned_number<element>,
                  "arrays are made of bools, integers, char, float or double: "
                  "NumPy has no type for long double and other characters that "
                  "is the same everywhere");
    if constexpr (detail::spanned_number<element>) {
      using number = const detail::number_t<element>;
      auto first = reinterpret_cast<number*>(xs.data());
      return object::make(ndarray{std::span{first, xs.size()}});
    }
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

/// Elements of arrays that a function can look at. A bool on the wire may have
/// values that none has in memory.
template <class T>
concept viewed_number = spanned_number<T> && !std::same_as<T, bool>;

/// Numbers, of an array where they are or converted to a vector. If `N` is not
/// `std::dynamic_extent`, there are as many.
template <viewed_number T, size_t N>
class viewed_numbers {
public:
  using number = number_t<T>;

  explicit viewed_numbers(ndarray xs) : array_(std::move(xs)) {
    // nop
  }

  explicit viewed_numbers(std::vector<number> xs) : vector_(std::move(xs)) {
    // nop
  }

  operator std::span<const T, N>() const noexcept {
    std::span<const number> xs = vector_;
    if (array_.size() > 0)
      xs = *array_.view<number>();
    auto first = reinterpret_cast<const T*>(xs.data());
    return std::span<const T, N>{first, xs.size()};
  }

  auto begin() const noexcept {
    return static_cast<std::span<const T, N>>(*this).begin();
  }

private:
  ndarray array_;
  std::vector<number> vector_;
};

template <arithmetic T, size_t N>
struct argument<std::span<T, N>> {
  static_assert(std::is_const_v<T>,
                "a function cannot change the array it looks at: it takes a "
                "std::span<const T>, or a std::vector<T> of its own");
  static_assert(viewed_number<std::remove_const_t<T>>,
                "a function can look at integers, char, float and double; it "
                "takes std::vector<bool> or ndarray of others");

  using type = viewed_numbers<std::remove_const_t<T>, N>;
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

template <class T, size_t N>
struct converter<detail::viewed_numbers<T, N>> {
  using viewed = detail::viewed_numbers<T, N>;
  using number = typename viewed::number;

  static outcome<viewed> from_value(value x) {
    if (auto xs = detail::array_in(x); xs && xs->template view<number>())
      return view(*xs);
    auto copy = converter<std::vector<number>>::from_value(std::move(x));
    if (!copy)
      return std::move(copy).error();
    return view(*std::move(copy));
  }

private:
  template <class Numbers>
  static outcome<viewed> view(Numbers xs) {
    if (N != std::dynamic_extent && xs.size() != N)
      return detail::size_mismatch(N, xs.size());
    return viewed{std::move(xs)};
  }
};

} // namespace caf::aiomas
