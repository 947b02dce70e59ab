#pragma once

/// What turns C++ types into values and the other way around. How users do it,
/// and how they add types of their own, is in `converter.hpp`; the other
/// headers are about the types that need no adding.

#include "caf/aiomas/convert/alternatives.hpp"
#include "caf/aiomas/convert/containers.hpp"
#include "caf/aiomas/convert/converter.hpp"
#include "caf/aiomas/convert/objects.hpp"
#include "caf/aiomas/convert/scalars.hpp"
#include "caf/aiomas/date_time.hpp"
