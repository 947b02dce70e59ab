#pragma once

/// What the suites share that read what was recorded from the original.

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/rendering.hpp"

#include "caf/test/dsl.hpp"

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

namespace recordings {

/// Where the recordings are.
inline std::string folder() {
  if (auto given = std::getenv("AIOMAS_TEST_DATA"))
    return given;
  return AIOMAS_TEST_DATA_DIR;
}

/// The bytes that are given in hexadecimal digits.
inline caf::aiomas::byte_buffer from_hex(const std::string& text) {
  auto bytes = caf::aiomas::unrender(nlohmann::ordered_json{{"$bytes", text}});
  if (!bytes)
    CAF_FAIL("not in hexadecimal digits: " << text);
  return std::move(*bytes->get_if<caf::aiomas::byte_buffer>());
}

/// A codec that leaves objects as they are on the wire.
inline std::unique_ptr<caf::aiomas::codec>
make_codec(const caf::aiomas::codec_factory& factory) {
  using caf::aiomas::serializers;
  auto result = factory();
  result->types(serializers{serializers::mode::keep});
  return result;
}

} // namespace recordings
