#pragma once

#include "caf/aiomas/value.hpp"

#include <string>
#include <vector>

namespace micro {

/// A message to be encoded, `[type, id, content]`.
struct message {
  static constexpr int64_t type = 0;

  /// Names the message in the results.
  std::string name;

  caf::aiomas::value id = 1;
  caf::aiomas::value content;

  /// The three as a single value.
  caf::aiomas::value triple() const {
    return caf::aiomas::list{type, id, content};
  }
};

/// What all formats can encode: a call of a few bytes, and records of 2 KiB and
/// of 1 MiB in JSON.
std::vector<message> records();

/// 16 MiB of text in lines.
message large_text();

/// 16 MiB that cannot be compressed.
message large_bytes();

/// 16 MiB of floats that change slowly, as measurements do.
message large_array();

} // namespace micro
