#include "caf/aiomas/invocation.hpp"

namespace caf::aiomas {

std::string to_string(const invocation& x) {
  auto result = x.path + "(";
  auto separator = "";
  for (auto& arg : x.with.args)
    result.append(std::exchange(separator, ", ")).append(to_string(arg));
  for (auto& [key, arg] : x.with.kwargs) {
    auto name = key.get_if<std::string_view>();
    result.append(std::exchange(separator, ", "))
      .append(name ? std::string{*name} : to_string(key))
      .append("=")
      .append(to_string(arg));
  }
  return result + ")";
}

} // namespace caf::aiomas
