#pragma once

#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/allowed_unsafe_message_type.hpp>

/// Lets CAF send our types from actor to actor of one process.
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::aiomas::value)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::aiomas::invocation)
