#pragma once

#include "caf/aiomas/outcome.hpp"

#include <string>

namespace caf::aiomas::detail {

/// Finds what makes the dynamic loader crash or wait instead of failing: files
/// that are cut off, and what is no regular file. All else is left to the
/// loader. Fails with `invalid_argument`.
outcome<void> check_library_file(const std::string& path);

} // namespace caf::aiomas::detail
