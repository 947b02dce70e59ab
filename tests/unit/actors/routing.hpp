#pragma once

/// What the suites of routers and services share.

#include "fixture.hpp"

#include "caf/aiomas/router.hpp"
#include "caf/aiomas/service.hpp"

#include <string>
#include <string_view>

namespace aiomas_test {

inline int twice(int x) {
  return 2 * x;
}

inline int thrice(int x) {
  return 3 * x;
}

/// Returns what is at `path`: a function's name, or why there is none.
inline std::string find(const router& where, std::string_view path) {
  auto found = where.resolve(path);
  return found ? (*found)->name() : to_string(found.error());
}

inline std::string not_found(std::string name, std::string where) {
  return "lookup_error: Name \"" + name + "\" not found in \"" + where + "\"";
}

} // namespace aiomas_test
