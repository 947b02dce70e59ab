#include "caf/aiomas/outcome.hpp"

namespace caf::aiomas {

std::string to_string(const fault& what) {
  std::string result = to_string(what.code);
  if (!what.text.empty())
    result.append(": ").append(what.text);
  return result;
}

} // namespace caf::aiomas
