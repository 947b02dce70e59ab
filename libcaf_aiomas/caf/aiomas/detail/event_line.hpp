#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

/// Names and values.
using event_fields = std::vector<std::pair<std::string_view, std::string>>;

/// Renders the line of an event, see `event_log`. Values with blanks, quotes,
/// control characters or nothing in them are quoted, since peers choose some of
/// them; the line stays a line.
std::string event_line(std::string_view name, const event_fields& fields);

} // namespace caf::aiomas::detail
