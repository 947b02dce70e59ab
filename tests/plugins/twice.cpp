// A plug-in that has two agents of the same name, and one without a proper one.

#include "caf/aiomas/all.hpp"

using namespace caf;

namespace {

class nothing : public aiomas::agent {
public:
  nothing(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    // nop
  }
};

AIOMAS_REGISTER_AGENT("twice:Nothing", nothing)
AIOMAS_REGISTER_AGENT("twice:Nothing", nothing)
AIOMAS_REGISTER_AGENT("nothing", nothing)

} // namespace
