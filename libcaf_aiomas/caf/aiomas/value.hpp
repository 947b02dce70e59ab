#pragma once

#include "caf/aiomas/dict.hpp"
#include "caf/aiomas/shared_data.hpp"

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>
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
concept may_be_shared = is_one_of<T, std::string, byte_buffer>;

template <class T>
concept integer_or_bool
  = std::integral<T> && !character<T> && sizeof(T) <= sizeof(uint64_t);

} // namespace detail

/// A sequence of values. Python's lists and tuples both arrive as this.
using list = std::vector<value>;

/// The absence of a value, as in Python's `None` and JSON's `null`.
using null_t = std::monostate;

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
/// list, dict and objects. Regular: copies are deep, except for objects and for
/// what is shared.
///
/// Integers are whole numbers from -2^63 to 2^64-1 and are never floats: `1`
/// and `1.0` are different values.
///
/// Text and bytes may be shared with others, see `shared_data`; that makes no
/// difference but in cost. A value that was moved from is null, unless it was a
/// bool or number.
class value {
public:
#if defined(__GNUC__)
#  pragma GCC diagnostic push
#  pragma GCC diagnostic ignored "-Wshadow" // GCC mistakes `kind::list`
#endif

  /// What a value holds. `uinteger` only for numbers from 2^63 on.
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

  value() noexcept {
    // nop
  }

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
      set(kind::boolean, &bool_, x);
    else if constexpr (std::is_signed_v<T>)
      set(kind::integer, &integer_, static_cast<int64_t>(x));
    else if (static_cast<uint64_t>(x) > static_cast<uint64_t>(INT64_MAX))
      set(kind::uinteger, &uinteger_, static_cast<uint64_t>(x));
    else
      set(kind::integer, &integer_, static_cast<int64_t>(x));
  }

  // A template, as characters and enums would convert to a mere `double`.
  template <std::floating_point T>
  value(T x) noexcept {
    set(kind::floating, &double_, static_cast<double>(x));
  }

  value(std::string x) noexcept {
    set(kind::string, &string_, std::move(x));
  }

  value(std::string_view x) {
    set(kind::string, &string_, x);
  }

  value(const char* x) {
    set(kind::string, &string_, x);
  }

  value(byte_buffer x) noexcept {
    set(kind::bytes, &bytes_, std::move(x));
  }

  value(list x) noexcept {
    set(kind::list, &list_, std::move(x));
  }

  value(dict x) noexcept {
    set(kind::dict, &dict_, std::move(x));
  }

  value(tagged x);

  value(object x) noexcept {
    set(kind::object, &object_, std::move(x));
  }

  value(extension x) noexcept {
    set(kind::extension, &extension_, std::move(x));
  }

  value(shared_string x) noexcept : shared_(true) {
    set(kind::string, &shared_string_, std::move(x));
  }

  value(shared_bytes x) noexcept : shared_(true) {
    set(kind::bytes, &shared_bytes_, std::move(x));
  }

  value(value&& other) noexcept {
    move_from(other);
  }

  value(const value& other) {
    copy_from(other);
  }

  value& operator=(value&& other) noexcept {
    // First, as it may be a part of what is destroyed.
    value taken{std::move(other)};
    reset();
    move_from(taken);
    return *this;
  }

  value& operator=(const value& other) {
    if (this != &other)
      *this = value{other};
    return *this;
  }

  ~value() {
    reset();
  }

  kind type() const noexcept {
    return kind_;
  }

  bool is_null() const noexcept {
    return kind_ == kind::null;
  }

  /// Whether the value is an integer of either kind; a `bool` is none.
  bool is_integer() const noexcept {
    return kind_ == kind::integer || kind_ == kind::uinteger;
  }

  /// Returns what the value holds if it is a `T`: `bool`, `int64_t`,
  /// `uint64_t`, `double`, `std::string`, `byte_buffer`, `list`, `dict`,
  /// `tagged`, `object`, `extension`, `shared_string` or `shared_bytes`. Null if
  /// it holds something else. For `std::string` and `byte_buffer`, shared data
  /// are copied if need be.
  template <class T>
    requires(!detail::data_view<T>)
  const T* get_if() const noexcept(!detail::may_be_shared<T>) {
    if constexpr (detail::may_be_shared<T>)
      if (auto shared = get_if<shared_data<T>>())
        return &shared->get();
    return find<T>(*this);
  }

  template <class T>
    requires(!std::is_same_v<T, tagged> && !detail::data_view<T>)
  T* get_if() noexcept(!detail::may_be_shared<T>) {
    if constexpr (detail::may_be_shared<T>)
      if (auto shared = get_if<shared_data<T>>())
        *this = T{shared->view().begin(), shared->view().end()};
    return find<T>(*this);
  }

  /// Looks at text, as `std::string_view`, or at bytes, as
  /// `std::span<const std::byte>`, without ever copying them.
  template <detail::data_view T>
  std::optional<T> get_if() const noexcept {
    constexpr auto is_text = std::is_same_v<T, std::string_view>;
    if (kind_ != (is_text ? kind::string : kind::bytes))
      return std::nullopt;
    if constexpr (is_text)
      return shared_ ? shared_string_.view() : T{string_};
    else
      return shared_ ? shared_bytes_.view() : T{bytes_};
  }

  /// Calls `f` with what the value holds: a `null_t`, a bool, number, `list`,
  /// `dict`, `tagged`, `object` or `extension`, and with a `std::string_view` of
  /// text or a `std::span<const std::byte>` of bytes.
  template <class F>
  decltype(auto) visit(F&& f) const {
    switch (kind_) {
      case kind::boolean:
        return f(bool_);
      case kind::integer:
        return f(integer_);
      case kind::uinteger:
        return f(uinteger_);
      case kind::floating:
        return f(double_);
      case kind::string:
        return f(*get_if<std::string_view>());
      case kind::bytes:
        return f(*get_if<std::span<const std::byte>>());
      case kind::list:
        return f(list_);
      case kind::dict:
        return f(dict_);
      case kind::tagged:
        return f(*tagged_);
      case kind::object:
        return f(object_);
      case kind::extension:
        return f(extension_);
      case kind::null:
        break;
    }
    return f(null_t{});
  }

  /// Same kind and same content. As in Python, NaN differs from itself.
  friend bool operator==(const value& x, const value& y);

private:
  template <class T, class U>
  void set(kind what, T* where, U&& x) {
    new (where) T(std::forward<U>(x));
    kind_ = what;
  }

  /// Whether nothing needs to be destroyed.
  bool is_plain() const noexcept {
    return kind_ <= kind::floating;
  }

  void reset() noexcept {
    if (!is_plain())
      destroy();
    kind_ = kind::null;
    shared_ = false;
  }

  // These are for values that are null.

  void move_from(value& other) noexcept {
    if (other.is_plain()) {
      std::memcpy(&uinteger_, &other.uinteger_, sizeof uinteger_);
      kind_ = other.kind_;
    } else {
      take_over(other);
    }
  }

  void take_over(value& other) noexcept;
  void copy_from(const value& other);
  void destroy() noexcept;

  /// Calls `f` with the member of `self` that is in use; of plain values, with
  /// all their bits.
  template <class Self, class F>
  static void with_member(Self& self, F&& f);

  template <class T, class Self>
  static auto find(Self& self) noexcept {
    using result = decltype(&std::declval<std::conditional_t<
                              std::is_const_v<Self>, const T, T>&>());
    auto pick = [&self](kind what, auto& member, bool shared = false) -> result {
      if (self.kind_ == what && self.shared_ == shared)
        return &member;
      return nullptr;
    };
    if constexpr (std::is_same_v<T, null_t>)
      return pick(kind::null, self.null_);
    else if constexpr (std::is_same_v<T, bool>)
      return pick(kind::boolean, self.bool_);
    else if constexpr (std::is_same_v<T, int64_t>)
      return pick(kind::integer, self.integer_);
    else if constexpr (std::is_same_v<T, uint64_t>)
      return pick(kind::uinteger, self.uinteger_);
    else if constexpr (std::is_same_v<T, double>)
      return pick(kind::floating, self.double_);
    else if constexpr (std::is_same_v<T, std::string>)
      return pick(kind::string, self.string_);
    else if constexpr (std::is_same_v<T, byte_buffer>)
      return pick(kind::bytes, self.bytes_);
    else if constexpr (std::is_same_v<T, list>)
      return pick(kind::list, self.list_);
    else if constexpr (std::is_same_v<T, dict>)
      return pick(kind::dict, self.dict_);
    else if constexpr (std::is_same_v<T, tagged>)
      return self.kind_ == kind::tagged ? self.tagged_.get() : nullptr;
    else if constexpr (std::is_same_v<T, object>)
      return pick(kind::object, self.object_);
    else if constexpr (std::is_same_v<T, extension>)
      return pick(kind::extension, self.extension_);
    else if constexpr (std::is_same_v<T, shared_string>)
      return pick(kind::string, self.shared_string_, true);
    else if constexpr (std::is_same_v<T, shared_bytes>)
      return pick(kind::bytes, self.shared_bytes_, true);
    else
      static_assert(detail::is_one_of<T, value>, "a value holds no such type");
  }

  union {
    null_t null_;
    bool bool_;
    int64_t integer_;
    uint64_t uinteger_ = 0;
    double double_;
    std::string string_;
    byte_buffer bytes_;
    list list_;
    dict dict_;
    std::shared_ptr<const tagged> tagged_;
    object object_;
    extension extension_;
    shared_string shared_string_;
    shared_bytes shared_bytes_;
  };

  kind kind_ = kind::null;
  bool shared_ = false; // of text and bytes, which member it is
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

#include "caf/aiomas/detail/dict_members.hpp"
