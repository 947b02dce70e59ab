#include "caf/aiomas/ndarray.hpp"

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/serializers.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace caf::aiomas {

namespace {

using element_type = ndarray::element_type;

// -- types of elements --------------------------------------------------------

constexpr std::endian swapped = std::endian::native == std::endian::little
                                  ? std::endian::big
                                  : std::endian::little;

bool is_known(char kind, size_t size) noexcept {
  auto is_one_of = [size](std::initializer_list<size_t> sizes) {
    return std::find(sizes.begin(), sizes.end(), size) != sizes.end();
  };
  switch (kind) {
    case 'b':
      return size == 1;
    case 'i':
    case 'u':
      return is_one_of({1, 2, 4, 8});
    case 'f':
      return is_one_of({2, 4, 8, 16});
    case 'c':
      return is_one_of({8, 16, 32});
    default:
      return false;
  }
}

fault not_numbers(std::string_view dtype) {
  // Whoever sends it decides how long it is.
  constexpr size_t longest = 32;
  std::string text{dtype.substr(0, longest)};
  return {errc::type_error, "expected the type of an array of numbers, got "
                              + to_string(value{std::move(text)})};
}

// NumPy spells the order of single bytes "|", and some write "=" for native.
std::optional<std::endian> order_of(char c) noexcept {
  switch (c) {
    case '<':
    case '|':
      return std::endian::little;
    case '>':
      return std::endian::big;
    case '=':
      return std::endian::native;
    default:
      return std::nullopt;
  }
}

outcome<element_type> parse_dtype(std::string_view dtype) {
  if (dtype.size() < 3)
    return not_numbers(dtype);
  auto order = order_of(dtype[0]);
  auto end = dtype.data() + dtype.size();
  size_t size = 0;
  auto parsed = std::from_chars(dtype.data() + 2, end, size);
  if (!order || parsed.ec != std::errc{} || parsed.ptr != end
      || !is_known(dtype[1], size) || (dtype[0] == '|' && size != 1))
    return not_numbers(dtype);
  if (size == 1)
    order = std::endian::little;
  return element_type{*order, dtype[1], size};
}

// -- shapes -------------------------------------------------------------------

// NumPy's own limit is 32.
constexpr size_t most_dimensions = 64;

// Returns how many elements there are; nothing if that is no number.
std::optional<size_t> count(const std::vector<size_t>& shape) noexcept {
  if (shape.size() > most_dimensions)
    return std::nullopt;
  if (std::find(shape.begin(), shape.end(), size_t{0}) != shape.end())
    return 0;
  size_t result = 1;
  for (auto n : shape)
    if (__builtin_mul_overflow(result, n, &result))
      return std::nullopt;
  return result;
}

std::string shape_text(const std::vector<size_t>& shape) {
  if (shape.size() > most_dimensions)
    return "of " + std::to_string(shape.size()) + " dimensions";
  return to_string(to_value(shape));
}

// -- elements -----------------------------------------------------------------

template <class T>
T load(const std::byte* from, bool swap) noexcept {
  std::byte bytes[sizeof(T)];
  std::copy_n(from, sizeof(T), bytes);
  if (swap)
    std::reverse(bytes, bytes + sizeof(T));
  T result;
  std::memcpy(&result, bytes, sizeof(T));
  return result;
}

// A bool in memory that is neither 0 nor 1 would be undefined behavior.
template <>
bool load<bool>(const std::byte* from, bool) noexcept {
  return *from != std::byte{0};
}

// Calls `f` with a pointer whose type tells that of the elements. Returns false
// if C++ has none for them.
template <class F>
bool with_type(const element_type& type, F&& f) {
  auto key = [](char kind, size_t size) {
    return static_cast<size_t>(kind) << 8 | size;
  };
  auto attempt = [&]<class T>(T* tag) {
    if (key(type.kind, type.size) != key(detail::array_kind<T>(), sizeof(T)))
      return false;
    f(tag);
    return true;
  };
  auto attempt_all = [&]<class... Ts>(std::tuple<Ts...>*) {
    return (attempt(static_cast<Ts*>(nullptr)) || ...);
  };
  using all = std::tuple<bool, int8_t, int16_t, int32_t, int64_t, uint8_t,
                         uint16_t, uint32_t, uint64_t, float, double>;
  return attempt_all(static_cast<all*>(nullptr));
}

// Whether elements of type `From` may become `To`, as far as types can tell.
template <class From, class To>
constexpr bool may_convert() {
  if (std::is_same_v<From, bool> || std::is_same_v<To, bool>)
    return std::is_same_v<From, To>;
  return std::is_floating_point_v<To> || std::is_integral_v<From>;
}

// Whether the number `x` is one that `To` has.
template <class To, class From>
bool fits(From x) noexcept {
  if constexpr (std::is_same_v<To, float> && std::is_same_v<From, double>)
    return !std::isfinite(x)
           || std::abs(x) <= double{std::numeric_limits<float>::max()};
  else if constexpr (std::is_floating_point_v<To> || std::is_same_v<To, bool>)
    return true;
  else
    return std::in_range<To>(x);
}

template <class From, class To>
outcome<std::vector<To>> convert_all(std::span<const std::byte> data, bool swap,
                                     const fault& mismatch) {
  if constexpr (!may_convert<From, To>()) {
    return mismatch;
  } else {
    std::vector<To> result;
    result.reserve(data.size() / sizeof(From));
    for (size_t pos = 0; pos < data.size(); pos += sizeof(From)) {
      auto x = load<From>(data.data() + pos, swap);
      if (!fits<To>(x))
        // Words it as for a list.
        return detail::at_element(result.size(), from_value<To>(x).error());
      result.push_back(static_cast<To>(x));
    }
    return result;
  }
}

// -- the wire -----------------------------------------------------------------

value to_wire(const ndarray& xs) {
  return dict{
    {"type", xs.dtype()}, {"shape", to_value(xs.shape())}, {"data", xs.data()}};
}

outcome<ndarray> from_wire(value content) {
  auto parts = content.get_if<dict>();
  auto type = parts != nullptr ? parts->find("type") : nullptr;
  auto shape = parts != nullptr ? parts->find("shape") : nullptr;
  auto data = parts != nullptr ? parts->find("data") : nullptr;
  if (type == nullptr || shape == nullptr || data == nullptr)
    return fault{errc::type_error,
                 "expected an array's type, shape and data, got "
                   + std::string{detail::kind_name(content)}};
  auto dtype = type->get_if<std::string_view>();
  if (!dtype)
    return detail::at_key("type", detail::type_mismatch("str", *type));
  auto lengths = from_value<std::vector<size_t>>(std::move(*shape));
  if (!lengths)
    return detail::at_key("shape", std::move(lengths).error());
  auto bytes = from_value<shared_bytes>(std::move(*data));
  if (!bytes)
    return detail::at_key("data", std::move(bytes).error());
  return ndarray::make(*dtype, *std::move(lengths), *std::move(bytes));
}

} // namespace

ndarray::ndarray() : ndarray(native_type<double>(), shared_bytes{}) {
  // nop
}

ndarray::ndarray(element_type type, shared_bytes data)
  : type_(type), size_(data.size() / type.size), data_(std::move(data)) {
  shape_.push_back(size_);
}

outcome<ndarray> ndarray::make(std::string_view dtype,
                               std::vector<size_t> shape, shared_bytes data) {
  auto type = parse_dtype(dtype);
  if (!type)
    return std::move(type).error();
  auto size = count(shape);
  auto wanted = size;
  if (!size || __builtin_mul_overflow(*size, type->size, &*wanted)
      || *wanted != data.size())
    return fault{errc::type_error,
                 std::to_string(data.size()) + " bytes are no array of type "
                   + std::string{dtype} + " and shape " + shape_text(shape)};
  ndarray result{*type, std::move(data)};
  result.shape_ = std::move(shape);
  return result;
}

outcome<ndarray> ndarray::reshape(std::vector<size_t> shape) const {
  if (count(shape) != size_)
    return fault{errc::invalid_argument, std::to_string(size_)
                                           + " elements do not have the shape "
                                           + shape_text(shape)};
  auto result = *this;
  result.shape_ = std::move(shape);
  return result;
}

std::string ndarray::dtype() const {
  auto order = type_.size == 1                      ? '|'
               : type_.order == std::endian::little ? '<'
                                                    : '>';
  return std::string{order, type_.kind} + std::to_string(type_.size);
}

template <class T>
outcome<std::vector<T>> ndarray::convert() const {
  fault mismatch{errc::type_error, "expected an array of type "
                                     + ndarray{native_type<T>(), {}}.dtype()
                                     + ", got one of type " + dtype()};
  outcome<std::vector<T>> result{mismatch};
  with_type(type_, [&]<class From>(From*) {
    result
      = convert_all<From, T>(data_.view(), type_.order == swapped, mismatch);
  });
  return result;
}

template outcome<std::vector<bool>> ndarray::convert() const;
template outcome<std::vector<signed char>> ndarray::convert() const;
template outcome<std::vector<short>> ndarray::convert() const;
template outcome<std::vector<int>> ndarray::convert() const;
template outcome<std::vector<long>> ndarray::convert() const;
template outcome<std::vector<long long>> ndarray::convert() const;
template outcome<std::vector<unsigned char>> ndarray::convert() const;
template outcome<std::vector<unsigned short>> ndarray::convert() const;
template outcome<std::vector<unsigned int>> ndarray::convert() const;
template outcome<std::vector<unsigned long>> ndarray::convert() const;
template outcome<std::vector<unsigned long long>> ndarray::convert() const;
template outcome<std::vector<float>> ndarray::convert() const;
template outcome<std::vector<double>> ndarray::convert() const;

any_serializer ndarray_serializer() {
  return serializer<ndarray>(to_wire, from_wire);
}

} // namespace caf::aiomas
