#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace caf::aiomas::detail {

using event_field = std::pair<std::string_view, std::string>;

/// Renders the line of an event, see `event_log`. Values with blanks, quotes,
/// control characters or nothing in them are quoted, since peers choose some of
/// them; the line stays a line.
std::string event_line(std::string_view name,
                       std::initializer_list<event_field> fields);

} // namespace caf::aiomas::detail
