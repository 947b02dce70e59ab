#pragma once

#include "caf/aiomas/agent_url.hpp"
#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/ssl.hpp"

#include <chrono>
#include <optional>
#include <string>

namespace caf::aiomas::tool {

/// A call of an agent's function.
struct agent_call {
  agent_url url;
  std::string method;
  arguments with;
  codec_factory codec;
  /// Bounds connecting and calling together.
  std::optional<std::chrono::nanoseconds> timeout;
  ssl_choice tls;
};

/// Fails if the arguments have no encoding in the codec.
outcome<void> check(const agent_call& what);

/// Connects, asks whether the agent exists, and calls it. What is received is
/// not resolved: objects are `tagged` if the codec is a keeping one.
expected<value> call_agent(agent_call what);

} // namespace caf::aiomas::tool
