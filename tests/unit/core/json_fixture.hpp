#pragma once

#include "caf/aiomas/codec/json.hpp"

#include "unit/core/codec_fixture.hpp"

namespace json_tests {

using namespace codec_tests;

using fixture = codec_fixture<json_codec, plain_text>;

} // namespace json_tests
