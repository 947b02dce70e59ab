#pragma once

#include "command.hpp"

#include "caf/aiomas/outcome.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace caf::aiomas::tool {

/// Prints what `convert` makes of each line of `file`, or of the standard input
/// if that is empty or "-". Blank lines and those that start with # are left
/// out. Lines that cannot be converted are complained about by their number,
/// and do not keep the others from being printed.
exit_code convert_lines(
  const std::string& file,
  const std::function<outcome<std::string>(std::string_view)>& convert);

} // namespace caf::aiomas::tool
