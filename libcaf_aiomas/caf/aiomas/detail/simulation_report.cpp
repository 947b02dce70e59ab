#include "caf/aiomas/detail/simulation_report.hpp"

#include <cstdint>
#include <tuple>

namespace caf::aiomas {

using detail::simulation_member;
using detail::simulation_report;

value converter<simulation_member>::to_value(const simulation_member& x) {
  return aiomas::to_value(std::tuple{x.time, to_string(x.start), x.name});
}

outcome<simulation_member> converter<simulation_member>::from_value(value x) {
  using member = std::tuple<double, std::string, std::string>;
  auto parts = aiomas::from_value<member>(std::move(x));
  if (!parts)
    return std::move(parts).error();
  auto& [time, text, name] = *parts;
  auto start = date_time::parse(text);
  if (!start)
    return std::move(start).error();
  return simulation_member{time, *start, std::move(name)};
}

value converter<simulation_report>::to_value(const simulation_report& x) {
  return aiomas::to_value(std::tuple{x.next, x.system, x.links.sent,
                                     x.links.received, x.links.opened,
                                     x.links.accepted});
}

outcome<simulation_report> converter<simulation_report>::from_value(value x) {
  using report = std::tuple<std::optional<double>, std::string, uint64_t,
                            uint64_t, uint64_t, uint64_t>;
  auto parts = aiomas::from_value<report>(std::move(x));
  if (!parts)
    return std::move(parts).error();
  auto& [next, system, sent, received, opened, accepted] = *parts;
  return simulation_report{
    next, std::move(system), {sent, received, opened, accepted}};
}

} // namespace caf::aiomas
