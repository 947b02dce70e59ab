#pragma once

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

namespace caf::aiomas {

// For codecs of your own: what all formats share, in front of a writer and
// behind a parser that know values only. Plain values have no objects in them.

/// Returns `x` with `{"__type__": [type_id, content]}` in place of all objects,
/// by the serializers of `how`. Fails with `serialization_error` on what is
/// nested deeper than the codec's limit, text that is not UTF-8, a dict with
/// the key `__type__`, keys that are dicts, and objects without a serializer;
/// or with whatever a serializer says. Copies `x`, but for shared text and
/// bytes.
outcome<value> to_plain(const value& x, const codec& how);

/// The reverse: returns what a peer has sent as `x`, with objects. Fails with
/// `deserialization_error` for the same reasons, and if a serializer fails.
///
/// A parser must bound the nesting itself, unless it is fine with any.
outcome<value> from_plain(const value& x, const codec& how);

} // namespace caf::aiomas
