#pragma once

#include "caf/aiomas/value.hpp"

#include <array>

namespace micro {

/// A message to be encoded, `[type, id, content]`.
struct message {
  static constexpr int64_t type = 0;

  caf::aiomas::value id = 1;
  caf::aiomas::value content;

  /// The three as a single value.
  caf::aiomas::value triple() const {
    return caf::aiomas::list{type, id, content};
  }
};

/// Messages by the name that they have in the results.
struct sample {
  const char* name;

  /// Makes the message, always the same.
  message (*make)();
};

/// What all formats can encode: a call of a few bytes, and records of 2 KiB and
/// of 1 MiB in JSON.
extern const std::array<sample, 3> records;

/// 16 MiB of text in lines.
extern const sample large_text;

/// 16 MiB that cannot be compressed.
extern const sample large_bytes;

/// 16 MiB of floats that change slowly, as measurements do.
extern const sample large_array;

} // namespace micro
