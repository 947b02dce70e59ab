#pragma once

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <string>
#include <string_view>

namespace caf::aiomas::tool {

// -- codecs -------------------------------------------------------------------

/// Returns what makes the codec `name`. It leaves objects as they are on the
/// wire, a type id with its content: which types a peer has registered, and
/// under which ids, is nothing that we can know.
codec_factory keeping_codec(const std::string& name);

// -- JSON ---------------------------------------------------------------------

/// Reads JSON text in the notation of `render`. Takes Python's `NaN` and
/// `Infinity`, too. Fails with `deserialization_error`.
outcome<value> parse(std::string_view json);

/// Returns `x` as one line of JSON in the notation of `render`.
std::string to_line(const value& x);

// -- text for people ----------------------------------------------------------

/// Returns `text` with all control characters but newline and tab escaped as
/// Python's `repr` does: `\x1b`. `text` is UTF-8.
std::string printable(std::string_view text);

// -- hex ----------------------------------------------------------------------

/// Reads pairs of hex digits with any white space between them. Fails with
/// `deserialization_error`.
outcome<byte_buffer> from_hex(std::string_view text);

} // namespace caf::aiomas::tool
