#pragma once

#include "caf/aiomas/convert/objects.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/shared_data.hpp"
#include "caf/aiomas/value.hpp"

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace caf::aiomas {

struct any_serializer;

namespace detail {

/// Numbers that arrays may be made of.
template <class T>
concept array_element
  = integer_or_bool<T> || std::same_as<T, float> || std::same_as<T, double>;

/// Of an element in memory: 'b' for bool, 'i' and 'u' for integers, 'f' for
/// floats.
template <array_element T>
constexpr char array_kind() {
  if constexpr (std::is_same_v<T, bool>)
    return 'b';
  else if constexpr (std::is_floating_point_v<T>)
    return 'f';
  else
    return std::is_signed_v<T> ? 'i' : 'u';
}

} // namespace detail

/// A NumPy array: numbers of one type, in C order, in as many dimensions as it
/// likes. On the wire, where `ndarray_serializer` sees to it, it is what the
/// serializer in aiomas' documentation makes of one:
///
///     {"type": "<f8", "shape": [2, 3], "data": b"..."}
///
/// with the elements as they are in memory, so that they are not converted one
/// by one and, coming in, not even copied: JSON cannot hold them. Copies share
/// the elements, which never change, and may be used by several threads.
///
/// Exposed functions take one as `ndarray`, or, no matter how many dimensions
/// it has, as `std::vector` or `std::span<const T>` of numbers.
class ndarray {
public:
  /// What elements are, as NumPy's `dtype.str` spells it: `<f8`, `>i4`, `|b1`.
  struct element_type {
    std::endian order;
    char kind; // one of b, i, u, f, c (a pair of floats)
    size_t size; // of an element in bytes

    friend bool operator==(const element_type&, const element_type&) = default;
  };

  /// No elements, of type double.
  ndarray();

  /// Takes over `xs`, in one dimension.
  template <detail::array_element T>
    requires(!std::same_as<T, bool>)
  explicit ndarray(std::vector<T> xs)
    : ndarray(native_type<T>(), take_over(std::move(xs))) {
    // nop
  }

  /// Copies `xs`, in one dimension.
  template <detail::array_element T>
  explicit ndarray(std::span<const T> xs)
    : ndarray(native_type<T>(), copy_of(std::as_bytes(xs))) {
    // nop
  }

  /// Takes what comes over the wire. Fails with `type_error` if the type is not
  /// one of numbers, or if the data are more or less than type and shape say.
  static outcome<ndarray> make(std::string_view dtype,
                               std::vector<size_t> shape, shared_bytes data);

  /// The same elements in another shape. Fails with `invalid_argument` if it
  /// has more or less of them.
  outcome<ndarray> reshape(std::vector<size_t> shape) const;

  const element_type& type() const noexcept {
    return type_;
  }

  /// The type as NumPy spells it.
  std::string dtype() const;

  /// Lengths of all dimensions; none for a single number.
  const std::vector<size_t>& shape() const noexcept {
    return shape_;
  }

  /// The number of elements.
  size_t size() const noexcept {
    return size_;
  }

  /// The elements as they are in memory.
  const shared_bytes& data() const noexcept {
    return data_;
  }

  /// Whether the elements are of type `T`, in the byte order of this machine.
  template <detail::array_element T>
  bool holds() const noexcept {
    return type_ == native_type<T>();
  }

  /// Looks at elements of type `T` where they are; bools would have to be
  /// checked first. Empty if they are of another
  /// type, or in a place where this machine wants no `T`: what comes in is
  /// anywhere in its message.
  template <detail::array_element T>
    requires(!std::same_as<T, bool>)
  std::optional<std::span<const T>> view() const noexcept {
    auto first = data_.data();
    auto place = reinterpret_cast<std::uintptr_t>(first);
    if (!holds<T>() || place % alignof(T) != 0)
      return std::nullopt;
    return std::span{reinterpret_cast<const T*>(first), size_};
  }

  /// Copies the elements, from all dimensions, in C order. Numbers convert as
  /// in a list, see `from_value`, and from either byte order. Fails with
  /// `type_error`.
  template <detail::array_element T>
  outcome<std::vector<T>> to_vector() const {
    if constexpr (!std::same_as<T, bool>) {
      if (holds<T>()) {
        std::vector<T> result(size_);
        if (size_ > 0)
          std::memcpy(result.data(), data_.data(), size_ * sizeof(T));
        return result;
      }
    }
    return convert<T>();
  }

  /// Same type, shape and bytes.
  friend bool operator==(const ndarray&, const ndarray&) = default;

private:
  template <detail::array_element T>
  static constexpr element_type native_type() noexcept {
    return {sizeof(T) == 1 ? std::endian::little : std::endian::native,
            detail::array_kind<T>(), sizeof(T)};
  }

  /// In one dimension. `data` are whole elements.
  ndarray(element_type type, shared_bytes data);

  static shared_bytes copy_of(std::span<const std::byte> xs) {
    return shared_bytes{byte_buffer{xs.begin(), xs.end()}};
  }

  template <class T>
  static shared_bytes take_over(std::vector<T> xs) {
    auto owner = std::make_shared<const std::vector<T>>(std::move(xs));
    return {owner, std::as_bytes(std::span{*owner})};
  }

  /// Element by element, for all types of `array_element`.
  template <class T>
  outcome<std::vector<T>> convert() const;

  element_type type_;
  std::vector<size_t> shape_;
  size_t size_ = 0;
  shared_bytes data_;
};

template <>
inline constexpr bool is_object_type<ndarray> = true;

/// Makes the serializer of `ndarray`, to be registered where the peer registers
/// that of NumPy's.
any_serializer ndarray_serializer();

} // namespace caf::aiomas
