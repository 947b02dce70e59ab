#pragma once

/// What the suites of containers and agents share.

#include "fixture.hpp"

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/container.hpp"
#include "caf/aiomas/rpc.hpp"

#include <optional>
#include <string>
#include <vector>

namespace aiomas_test {

class echo_agent : public agent {
public:
  static constexpr const char* class_name = "Echo";

  echo_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("service", &echo_agent::service, {"x"});
    expose("add", [](int x, int y) { return x + y; }, {"x", opt("y", 10)});
    expose("fail",
           [](std::string text) { throw python_error("ValueError", text); });
    expose("text", [this] { return to_string(*this); });
    expose("never", [this] {
      owed_.push_back(make_promise());
      return owed_.back();
    });
    expose("owed", [this] { return owed_.size(); });
    expose("stop", [this] { quit(); });
  }

  value service(value x) const {
    return x;
  }

private:
  std::vector<promise<>> owed_;
};

struct container_fixture : system_fixture {
  container make_container(address where = any_port, options opts = {}) {
    return must(container::create(sys, std::move(where), std::move(opts)));
  }

  /// Calls functions of a container as any peer could.
  rpc_client connect_raw(const container& c) {
    return must(rpc::open_connection(sys, c.address()));
  }

  /// Ends an agent and waits until its container has noticed.
  void stop(const container& c, const agent_ref& what, const std::string& aid) {
    anon_send_exit(what.as_actor(), exit_reason::user_shutdown);
    auto peer = connect_raw(c).remote();
    if (!eventually(
          [&] { return must(peer.call("validate_aid", aid)).is_null(); }))
      CAF_FAIL("the agent lives on");
  }
};

} // namespace aiomas_test
