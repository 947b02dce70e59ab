#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/outcome.hpp"

#include <string>
#include <string_view>

namespace caf::aiomas {

/// The URL of an agent: the address of its container and its id in there, for
/// example `tcp://localhost:5555/0`.
struct agent_url {
  address where;
  std::string agent_id;

  /// Parses `tcp://host:port/aid`, `ipc://[path]/aid` and `local://id/aid`. The
  /// agent's id is all that follows and may contain slashes. Fails with
  /// `invalid_url` and the original's text: `Cannot parse agent URL "<url>":
  /// <reason>`. Unlike the original, a port must be from 0 to 65535.
  static outcome<agent_url> parse(std::string_view url);

  friend bool operator==(const agent_url&, const agent_url&) = default;
};

std::string to_string(const agent_url& x);

} // namespace caf::aiomas
