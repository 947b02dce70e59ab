#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <nlohmann/json.hpp>

namespace caf::aiomas {

// Between values and the JSON type that C++ programs use. Bytes become
// nlohmann's binary values, with the code of an extension as their subtype;
// integers and floats stay what they are, NaN included. Nothing here is about
// text.

/// Turns JSON into a value. Never fails.
value from_json(const nlohmann::json& x);
value from_json(const nlohmann::ordered_json& x);

/// Turns a value into JSON. Keys which are null, bool or numbers become strings
/// as the JSON codec has them; of keys that are equal afterwards, the last
/// wins. Tagged values become `{"__type__": [type_id, content]}`. Fails with
/// `serialization_error` on other keys and on objects.
outcome<nlohmann::json> to_json(const value& x);

/// The same, with dicts in their original order.
outcome<nlohmann::ordered_json> to_ordered_json(const value& x);

template <>
struct converter<nlohmann::json> {
  static value to_value(const nlohmann::json& x) {
    return from_json(x);
  }

  static outcome<nlohmann::json> from_value(const value& x) {
    return to_json(x);
  }
};

template <>
struct converter<nlohmann::ordered_json> {
  static value to_value(const nlohmann::ordered_json& x) {
    return from_json(x);
  }

  static outcome<nlohmann::ordered_json> from_value(const value& x) {
    return to_ordered_json(x);
  }
};

} // namespace caf::aiomas
