#pragma once

#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <nlohmann/json.hpp>

namespace caf::aiomas {

/// Shows any value as JSON text can hold it, without loss: for tools, logs and
/// recorded messages. What JSON does not know becomes a dict with one key:
///
/// - bytes `{"$bytes": "0aff"}`,
/// - floats without digits `{"$float": "nan"}`, `"inf"` or `"-inf"`,
/// - MsgPack's extensions `{"$ext": [5, "0aff"]}`,
/// - dicts with keys that are not strings `{"$map": [[key, value], …]}`,
/// - tagged values `{"__type__": [type_id, content]}`,
/// - objects `{"$object": "its C++ type"}`, which is the only one-way street.
///
/// A dict whose only key is one of these names is shown as a `$map`.
nlohmann::ordered_json render(const value& x);

/// Turns what `render` returns into a value again. Fails with
/// `deserialization_error` if the content of such a key is not as above, and on
/// `$object`.
outcome<value> unrender(const nlohmann::ordered_json& x);

} // namespace caf::aiomas
