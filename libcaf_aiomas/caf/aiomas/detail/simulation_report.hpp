#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/date_time.hpp"
#include "caf/aiomas/detail/link_census.hpp"

#include <optional>
#include <string>

namespace caf::aiomas::detail {

/// What whoever leads a simulation has to know of a clock that joins.
struct simulation_member {
  double time;
  date_time start; // of the time 0
  std::string name; // of the clock, unlike that of any other
};

/// How it is with a clock when nothing is going on in its system.
struct simulation_report {
  std::optional<double> next; // when something happens next
  std::string system; // the name of its census
  link_counts links; // of the system

  friend bool operator==(const simulation_report&, const simulation_report&)
    = default;
};

} // namespace caf::aiomas::detail

namespace caf::aiomas {

// What managers of nodes answer.

template <>
struct converter<detail::simulation_member> {
  static value to_value(const detail::simulation_member& x);
  static outcome<detail::simulation_member> from_value(value x);
};

template <>
struct converter<detail::simulation_report> {
  static value to_value(const detail::simulation_report& x);
  static outcome<detail::simulation_report> from_value(value x);
};

} // namespace caf::aiomas
