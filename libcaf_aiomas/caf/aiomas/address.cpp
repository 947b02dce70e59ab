#include "caf/aiomas/address.hpp"

#include "caf/aiomas/agent_url.hpp"

namespace caf::aiomas {

outcome<address> address::parse(std::string_view text) {
  // An address is an agent's URL without the agent.
  std::string url{text};
  if (!url.ends_with('/') || url.ends_with("://")) // the id may be empty
    url += '/';
  if (auto x = agent_url::parse(url + "0"); x && x->agent_id == "0")
    return std::move(x->where);
  return fault{errc::invalid_url,
               "Cannot parse address \"" + std::string{text}
                 + "\": expected tcp://host:port, ipc://[path] or local://id"};
}

address address::make(transport how, std::string name) {
  address result{std::move(name), 0};
  result.transport_ = how;
  return result;
}

std::string to_string(const address& x) {
  switch (x.how()) {
    case address::transport::ipc:
      return "ipc://[" + x.path() + "]";
    case address::transport::local:
      return "local://" + x.path();
    default: {
      auto port = std::to_string(x.port());
      if (x.host().find(':') != std::string::npos)
        return "tcp://[" + x.host() + "]:" + port;
      return "tcp://" + x.host() + ":" + port;
    }
  }
}

} // namespace caf::aiomas
