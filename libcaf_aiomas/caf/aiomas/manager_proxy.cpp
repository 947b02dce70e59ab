#include "caf/aiomas/manager_proxy.hpp"

#include <tuple>

namespace caf::aiomas {

outcome<spawned_agent> converter<spawned_agent>::from_value(value x) {
  auto parts = aiomas::from_value<std::tuple<proxy, std::string>>(std::move(x));
  if (!parts)
    return std::move(parts.error());
  auto& [remote, url] = *parts;
  return spawned_agent{std::move(remote), std::move(url)};
}

} // namespace caf::aiomas
