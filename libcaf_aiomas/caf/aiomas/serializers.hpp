#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/serializable.hpp"
#include "caf/aiomas/value.hpp"

#include <concepts>
#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <typeindex>
#include <utility>
#include <vector>

namespace caf::aiomas {

/// Turns objects of one C++ type into something a codec can encode, and back.
/// What crosses the wire is `{"__type__": [type_id, serialized]}`. Made by
/// `serializer<T>(…)`.
struct any_serializer {
  std::type_index type;

  /// For error texts.
  std::string type_name;

  std::function<outcome<value>(const object&)> serialize;
  std::function<outcome<value>(value)> deserialize;
};

// -- making serializers -------------------------------------------------------

namespace detail {

any_serializer
make_serializer(const std::type_info& type,
                std::function<outcome<value>(const object&)> serialize,
                std::function<outcome<value>(value)> deserialize);

/// Why no dict with the key `__type__` can be sent.
fault looks_like_object();

/// Turns what users' functions return into what a codec can encode.
template <class T>
outcome<value> to_content(T x) {
  if constexpr (std::is_same_v<T, outcome<value>>)
    return x;
  else if constexpr (std::convertible_to<T, value>)
    return value{std::move(x)};
  else
    return aiomas::to_value(std::move(x));
}

} // namespace detail

/// Makes the serializer of the class `T` of two functions:
///
///     serialize(const T&)    returns a `value`, or what converts to one
///     deserialize(value)     returns a `T`
///
/// Each may also return an `outcome` of that, or throw: the message fails. They
/// are called in the threads of connections, also at the same time. Make `T`
/// known by `AIOMAS_OBJECT`, so that functions can take and return it.
template <class T, class Serialize, class Deserialize>
any_serializer serializer(Serialize serialize, Deserialize deserialize) {
  static_assert(std::invocable<const Serialize&, const T&>,
                "the first function must take a const T&");
  static_assert(
    std::is_invocable_r_v<outcome<T>, const Deserialize&, value>,
    "the second function must take a value and return a T or outcome<T>");
  return detail::make_serializer(
    typeid(T),
    [f = std::move(serialize)](const object& what) {
      return detail::to_content(f(*what.get_if<T>()));
    },
    [f = std::move(deserialize)](value x) -> outcome<value> {
      outcome<T> result = f(std::move(x));
      if (!result)
        return std::move(result).error();
      return value{object::make(*std::move(result))};
    });
}

/// Makes the serializer of a `serializable` class, which is a dict of its
/// members.
template <serializable T>
any_serializer serializer() {
  return serializer<T>([](const T& x) { return value{as_dict(x)}; },
                       [](value x) -> outcome<T> {
                         auto members = detail::take<dict>(std::move(x));
                         if (!members)
                           return std::move(members).error();
                         return from_dict<T>(*std::move(members));
                       });
}

/// Makes a serializer for objects whose type has none: the original's for
/// `object`. RPC connections, and so containers, have one already, for services
/// and proxies; only plain channels take another.
any_serializer
fallback_serializer(std::function<outcome<value>(const object&)> serialize,
                    std::function<outcome<value>(value)> deserialize);

// -- registry -----------------------------------------------------------------

/// The serializers of one connection. Type ids are given out in the order of
/// registration, from 0; both ends must register the same types in the same
/// order. Not thread-safe: each connection has an instance of its own.
class serializers {
public:
  /// What decoding makes of an object.
  enum class mode {
    /// The serializer turns it into a C++ object; an unknown id is an error.
    resolve,
    /// It stays a `tagged` value, as tools that only look at messages want it.
    keep,
  };

  explicit serializers(mode how = mode::resolve) : mode_(how) {
    // nop
  }

  /// Registers `what` under the next type id, which it returns. Fails with
  /// `invalid_argument` if the type has a serializer already.
  outcome<int64_t> add(any_serializer what);

  /// Registers all of `what`, in order. Fails as `add` does, with the part
  /// before the duplicate registered.
  outcome<void> add(std::span<const any_serializer> what);

  /// Takes the next type id for a type that this side knows nothing of: such
  /// objects arrive as `tagged` and are sent on unchanged.
  int64_t reserve();

  /// Turns an object into the pair that stands for it on the wire. Fails with
  /// `serialization_error` if neither its exact type nor `object` has a
  /// serializer, and with whatever the serializer says or throws.
  outcome<tagged> serialize(const object& what) const;

  /// Turns a pair received into an object. Fails with `deserialization_error`
  /// if nothing is registered under its type id, and with whatever the
  /// serializer says.
  outcome<value> deserialize(tagged what) const;

  /// Fails with `serialization_error` if `what` has the key `__type__`, which
  /// the receiver would take for an object. Each codec asks before it encodes a
  /// dict. Tools that keep objects may encode what they have decoded.
  outcome<void> check_keys(const dict& what) const;

  /// Whether `check_keys` does not fail for a dict with this key.
  bool accepts_key(std::string_view key) const noexcept {
    return key != "__type__" || mode_ == mode::keep;
  }

  /// All of them, in the order of their type ids.
  std::span<const any_serializer> entries() const noexcept {
    return entries_;
  }

  mode how() const noexcept {
    return mode_;
  }

private:
  mode mode_;
  std::vector<any_serializer> entries_;
};

} // namespace caf::aiomas
