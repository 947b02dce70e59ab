#include "load_local.hpp"

#include "load_values.hpp"

#include "caf/aiomas/all.hpp"

#include <chrono>
#include <stdexcept>

namespace aiomas = caf::aiomas;

namespace load {

namespace {

/// What the program echo_server has, too.
class echo_agent : public aiomas::agent {
public:
  echo_agent(caf::actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("service", &echo_agent::service);
    expose("work", &echo_agent::work);
  }

  aiomas::value service(aiomas::value v) {
    return v;
  }

  aiomas::value work(int64_t us, aiomas::value v) {
    auto end = std::chrono::steady_clock::now() + std::chrono::microseconds{us};
    while (std::chrono::steady_clock::now() < end)
      continue;
    return v;
  }
};

} // namespace

aiomas::container serve_locally(caf::actor_system& sys, const plan& how) {
  aiomas::options opts;
  opts.codec = codec_of(how);
  if (how.dispatch == "inlined")
    opts.dispatch = aiomas::dispatch_mode::inlined;
  auto c = aiomas::container::create(sys, aiomas::get_queue("load"), opts);
  if (!c)
    throw std::runtime_error{aiomas::describe(c.error())};
  for (size_t i = 0; i < how.agents; ++i)
    c->spawn<echo_agent>();
  return std::move(*c);
}

} // namespace load
