#pragma once

#include <cstdint>
#include <string>

namespace caf::aiomas::detail {

/// A number that nobody has had before, and nobody guesses. For any thread.
int64_t random_number();

/// The same as a text of 32 characters.
std::string random_name();

} // namespace caf::aiomas::detail
