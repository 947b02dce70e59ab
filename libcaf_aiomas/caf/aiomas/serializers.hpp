#pragma once

#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <typeindex>
#include <vector>

namespace caf::aiomas {

/// Turns objects of one C++ type into something a codec can encode, and back.
/// What crosses the wire is `{"__type__": [type_id, serialized]}`.
///
/// A serializer for the type `object` itself is the fallback for objects whose
/// type has none, as in the original.
struct serializer {
  std::type_index type;

  /// For error texts.
  std::string type_name;

  std::function<outcome<value>(const object&)> serialize;
  std::function<outcome<value>(value)> deserialize;
};

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
  outcome<int64_t> add(serializer what);

  /// Takes the next type id for a type that this side knows nothing of: such
  /// objects arrive as `tagged` and are sent on unchanged.
  int64_t reserve();

  /// Turns an object into the pair that stands for it on the wire. Fails with
  /// `serialization_error` if its exact type has no serializer.
  outcome<tagged> serialize(const object& what) const;

  /// Turns a pair received into an object. Fails with `deserialization_error`
  /// if nothing is registered under its type id, and with whatever the
  /// serializer says.
  outcome<value> deserialize(tagged what) const;

  mode how() const noexcept {
    return mode_;
  }

private:
  mode mode_;
  std::vector<serializer> entries_;
};

} // namespace caf::aiomas
