// A plug-in that needs another one, which is loaded with it.

#include "caf/aiomas/all.hpp"

#include <cstdint>

using namespace caf;

namespace {

class counter : public aiomas::agent {
public:
  counter(actor_config& cfg, aiomas::container c, int64_t)
    : agent(cfg, std::move(c)) {
    // nop
  }
};

AIOMAS_REGISTER_AGENT("linking:Counter", counter(int64_t), {"start"})

} // namespace
