#include "caf/aiomas/detail/agent_number.hpp"

#include <charconv>
#include <system_error>

namespace caf::aiomas::detail {

agent_number parse_aid(std::string_view aid) noexcept {
  if (aid.size() > 1 && aid.front() == '0')
    return no_agent;
  agent_number result = no_agent;
  auto end = aid.data() + aid.size();
  auto [stop, failure] = std::from_chars(aid.data(), end, result);
  return failure == std::errc{} && stop == end ? result : no_agent;
}

std::string to_aid(agent_number number) {
  return number == no_agent ? std::string{} : std::to_string(number);
}

} // namespace caf::aiomas::detail
