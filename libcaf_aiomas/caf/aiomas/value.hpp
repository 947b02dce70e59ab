#pragma once

#include "caf/aiomas/shared_data.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <iosfwd>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeinfo>
#include <utility>
#include <variant>
#include <vector>

namespace caf::aiomas {

class value;

namespace detail {

template <class T, class... Ts>
constexpr bool is_one_of = (std::is_same_v<T, Ts> || ...);

template <class T>
concept character = is_one_of<T, char, wchar_t, char8_t, char16_t, char32_t>;

template <class T>
concept data_view
  = is_one_of<T, std::string_view, std::span<const std::byte>>;

template <class T>
concept integer_or_bool = std::integral<T> && !character<T>;

} // namespace detail

/// A sequence of values. Python's lists and tuples both arrive as this.
using list = std::vector<value>;

/// The absence of a value, as in Python's `None` and JSON's `null`.
using null_t = std::monostate;

/// An ordered dictionary. Keys are unique and may be of any kind, although a
/// codec may support strings only. Entries stay in the order in which they were
/// first inserted. Look-ups are linear: aiomas' dictionaries are messages.
class dict {
public:
  using entry = std::pair<value, value>;
  using iterator = std::vector<entry>::iterator;
  using const_iterator = std::vector<entry>::const_iterator;

  dict();
  dict(std::initializer_list<entry> entries);
  dict(const dict&);
  dict(dict&&) noexcept;
  dict& operator=(const dict&);
  dict& operator=(dict&&) noexcept;
  ~dict();

  /// Takes over `entries`. Of equal keys, the last value wins and stands where
  /// the first one stood, as in Python. O(n log n), whatever the keys are.
  static dict from_entries(std::vector<entry> entries);

  size_t size() const noexcept;
  bool empty() const noexcept;
  iterator begin() noexcept;
  iterator end() noexcept;
  const_iterator begin() const noexcept;
  const_iterator end() const noexcept;

  /// Returns the value of `key`, or null if there is none.
  const value* find(std::string_view key) const noexcept;
  value* find(std::string_view key) noexcept;
  const value* find(const value& key) const noexcept;
  value* find(const value& key) noexcept;

  // Strings would fit both of the above.
  const value* find(const std::string& key) const noexcept {
    return find(std::string_view{key});
  }

  value* find(const std::string& key) noexcept {
    return find(std::string_view{key});
  }

  const value* find(const char* key) const noexcept {
    return find(std::string_view{key});
  }

  value* find(const char* key) noexcept {
    return find(std::string_view{key});
  }

  bool contains(std::string_view key) const noexcept;

  /// Sets `key` to `x`; a key that is new goes to the end.
  void set(value key, value x);

  /// Returns the value of `key` and inserts null first if there is none.
  value& operator[](std::string_view key);

  /// Removes `key`. Returns whether it was there.
  bool erase(std::string_view key);

  /// Equal entries, in any order.
  friend bool operator==(const dict& x, const dict& y);

private:
  std::vector<entry> entries_;
};

/// An object that a serializer has turned, or has yet to turn, into something
/// of its own: `{"__type__": [type_id, content]}` on the wire. Whoever decodes
/// with the matching serializers never sees it.
struct tagged;

/// One of MsgPack's extension types, which only the peer may know. Codecs that
/// have them hand them through; code -1 is MsgPack's timestamp.
struct extension {
  int8_t code;
  byte_buffer data;

  friend bool operator==(const extension&, const extension&) = default;
};

/// A C++ object inside a value, immutable and shared by all copies. It is
/// encoded by the serializer that the codec of a connection has for its type.
class object {
public:
  template <class T>
  static object make(T x) {
    return object{std::make_shared<const T>(std::move(x)), &typeid(T)};
  }

  const std::type_info& type() const noexcept {
    return *type_;
  }

  /// Returns the object if it is exactly a `T`, null otherwise.
  template <class T>
  const T* get_if() const noexcept {
    return *type_ == typeid(T) ? static_cast<const T*>(ptr_.get()) : nullptr;
  }

  /// Where the object is; tells objects apart.
  const void* address() const noexcept {
    return ptr_.get();
  }

  /// The same object, not merely an equal one.
  friend bool operator==(const object& x, const object& y) noexcept {
    return x.ptr_ == y.ptr_;
  }

private:
  object(std::shared_ptr<const void> ptr, const std::type_info* type)
    : ptr_(std::move(ptr)), type_(type) {
    // nop
  }

  std::shared_ptr<const void> ptr_;
  const std::type_info* type_;
};

/// What aiomas messages are made of: null, bool, integer, float, string, bytes,
/// list, dict and objects. Regular: copies are deep, except for objects.
///
/// Integers are whole numbers from -2^63 to 2^64-1 and are never floats: `1`
/// and `1.0` are different values.
///
/// Text and bytes may be shared with others, see `shared_data`; that makes no
/// difference but in cost.
class value {
public:
  /// In the order of `kind`, after which come other forms of text and bytes.
  using data_type = std::variant<null_t, bool, int64_t, uint64_t, double,
                                 std::string, byte_buffer, list, dict,
                                 std::shared_ptr<const tagged>, object,
                                 extension, shared_string, shared_bytes>;

#if defined(__GNUC__)
#  pragma GCC diagnostic push
#  pragma GCC diagnostic ignored "-Wshadow" // GCC mistakes `kind::list`
#endif

  /// Which alternative a value holds. `uinteger` only for numbers from 2^63 on.
  enum class kind : uint8_t {
    null,
    boolean,
    integer,
    uinteger,
    floating,
    string,
    bytes,
    list,
    dict,
    tagged,
    object,
    extension,
  };

#if defined(__GNUC__)
#  pragma GCC diagnostic pop
#endif

  value() noexcept = default;

  value(null_t) noexcept {
    // nop
  }

  value(std::nullptr_t) noexcept {
    // nop
  }

  /// Any integer, `bool` included; characters are no integers.
  template <detail::integer_or_bool T>
  value(T x) noexcept {
    if constexpr (std::is_same_v<T, bool>)
      data_ = x;
    else if constexpr (std::is_signed_v<T>)
      data_ = static_cast<int64_t>(x);
    else if (static_cast<uint64_t>(x) > static_cast<uint64_t>(INT64_MAX))
      data_ = static_cast<uint64_t>(x);
    else
      data_ = static_cast<int64_t>(x);
  }

  // A template, as characters and enums would convert to a mere `double`.
  template <std::floating_point T>
  value(T x) noexcept : data_(static_cast<double>(x)) {
    // nop
  }

  value(std::string x) noexcept : data_(std::move(x)) {
    // nop
  }

  value(std::string_view x) : data_(std::string{x}) {
    // nop
  }

  value(const char* x) : data_(std::string{x}) {
    // nop
  }

  value(byte_buffer x) noexcept : data_(std::move(x)) {
    // nop
  }

  value(list x) noexcept : data_(std::move(x)) {
    // nop
  }

  value(dict x) noexcept : data_(std::move(x)) {
    // nop
  }

  value(tagged x);

  value(object x) noexcept : data_(std::move(x)) {
    // nop
  }

  value(extension x) noexcept : data_(std::move(x)) {
    // nop
  }

  value(shared_string x) noexcept : data_(std::move(x)) {
    // nop
  }

  value(shared_bytes x) noexcept : data_(std::move(x)) {
    // nop
  }

  kind type() const noexcept {
    constexpr auto kinds = static_cast<size_t>(kind::extension) + 1;
    auto i = data_.index();
    if (i < kinds)
      return static_cast<kind>(i);
    return i == kinds ? kind::string : kind::bytes;
  }

  bool is_null() const noexcept {
    return type() == kind::null;
  }

  /// Whether the value is an integer of either kind; a `bool` is none.
  bool is_integer() const noexcept {
    return type() == kind::integer || type() == kind::uinteger;
  }

  /// Returns the alternative `T` of `data_type`, or null if the value holds
  /// another one. `get_if<tagged>` looks through the pointer. For `std::string`
  /// and `byte_buffer`, shared data are copied if need be.
  template <class T>
    requires(!detail::data_view<T>)
  const T* get_if() const noexcept {
    if constexpr (std::is_same_v<T, tagged>) {
      auto* ptr = std::get_if<std::shared_ptr<const tagged>>(&data_);
      return ptr != nullptr ? ptr->get() : nullptr;
    } else if constexpr (detail::is_one_of<T, std::string, byte_buffer>) {
      if (auto shared = std::get_if<shared_data<T>>(&data_))
        return &shared->get();
      return std::get_if<T>(&data_);
    } else {
      return std::get_if<T>(&data_);
    }
  }

  template <class T>
    requires(!std::is_same_v<T, tagged> && !detail::data_view<T>)
  T* get_if() noexcept {
    if constexpr (detail::is_one_of<T, std::string, byte_buffer>)
      if (auto shared = std::get_if<shared_data<T>>(&data_))
        data_ = T{shared->view().begin(), shared->view().end()};
    return std::get_if<T>(&data_);
  }

  /// Looks at text, as `std::string_view`, or at bytes, as
  /// `std::span<const std::byte>`, without ever copying them.
  template <detail::data_view T>
  std::optional<T> get_if() const noexcept {
    using owning = std::conditional_t<std::is_same_v<T, std::string_view>,
                                      std::string, byte_buffer>;
    if (auto x = std::get_if<owning>(&data_))
      return T{*x};
    if (auto x = std::get_if<shared_data<owning>>(&data_))
      return x->view();
    return std::nullopt;
  }

  const data_type& data() const noexcept {
    return data_;
  }

  data_type& data() noexcept {
    return data_;
  }

  /// Same kind and same content. As in Python, NaN differs from itself.
  friend bool operator==(const value& x, const value& y);

private:
  data_type data_;
};

struct tagged {
  int64_t type_id;
  value content;

  friend bool operator==(const tagged&, const tagged&) = default;
};

/// The name of a kind as Python users know it: "NoneType", "bool", "int",
/// "float", "str", "bytes", "list", "dict", "object", "ExtType".
const char* python_type_name(const value& x) noexcept;

/// Renders a value for people, in Python's notation: `{'a': [1, 2.5, None]}`.
std::string to_string(const value& x);
std::string to_string(const dict& x);
std::ostream& operator<<(std::ostream& out, const value& x);

} // namespace caf::aiomas
