#pragma once

#include <functional>
#include <string>

namespace caf::aiomas {

/// Takes what is no error but should be known to whoever runs the program, one
/// line without its end. Called in any thread, one call at a time; must neither
/// block for long nor throw, and must not call `on_warning`.
using warning_handler = std::function<void(const std::string&)>;

/// Replaces what takes the warnings of all actor systems, and returns what took
/// them before. At first they go to the standard error, as lines that begin
/// with `aiomas: warning: `. An empty handler drops them. For any thread.
warning_handler on_warning(warning_handler what);

namespace detail {

/// Warns. For any thread.
void warn(const std::string& text);

} // namespace detail

} // namespace caf::aiomas
