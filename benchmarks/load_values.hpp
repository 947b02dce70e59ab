#pragma once

#include "load_plan.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/value.hpp"

#include <string>

namespace load {

/// Makes what is echoed. Integers are 42.
caf::aiomas::value make_payload(const payload& what);

/// Returns the path of the function to call, `agents/<k>/service` for example.
std::string path_of(const plan& how, size_t agent);

/// Returns the arguments of the function.
caf::aiomas::list arguments_of(const plan& how, caf::aiomas::value x);

/// Returns the codec of the plan. Throws `std::runtime_error` if there is none.
caf::aiomas::codec_factory codec_of(const plan& how);

} // namespace load
