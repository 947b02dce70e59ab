// An agent watches one in another container as if it were a local actor: it
// monitors it, and a helper is linked to it. When the connection is lost, the
// helper ends, and the agent goes on with the next incarnation of the other.

#include "caf/aiomas/all.hpp"

#include <chrono>
#include <iostream>
#include <string>

using namespace caf;
using namespace std::chrono_literals;

namespace {

using connect_atom = atom_constant<atom("connect")>;
using done_atom = atom_constant<atom("done")>;

/// The agent that is watched.
aiomas::agent_behavior worker(aiomas::agent_ptr, std::string generation) {
  return {aiomas::expose("work", [=] { return "done by the " + generation; })};
}

/// Lives as long as the connection.
behavior helper(event_based_actor* self, actor remote) {
  self->link_to(remote);
  return {[](int) {}};
}

class supervisor : public aiomas::agent {
public:
  static constexpr const char* class_name = "Supervisor";

  /// Tells `owner` when the agent at `url` has done its work.
  supervisor(actor_config& cfg, aiomas::container c, std::string url,
             actor owner)
    : agent(cfg, std::move(c)), url_(std::move(url)), owner_(std::move(owner)) {
    set_down_handler([this](down_msg& x) { went_down(x); });
  }

  behavior make_behavior() override {
    connect();
    return {[this](connect_atom) { connect(); }};
  }

private:
  void connect() {
    container().connect(url_).then(
      this, [this](aiomas::proxy remote) { watch(remote.as_actor()); },
      // The container may be back before the agent is.
      [this](error&) { delayed_send(this, 20ms, connect_atom::value); });
  }

  void watch(const actor& remote) {
    remote_ = remote;
    monitor(remote_);
    helper_ = spawn<monitored>(helper, remote_);
    request(remote_, infinite, aiomas::invocation{"work"})
      .then([this](const aiomas::value& x) {
        std::cout << to_string(x) << std::endl;
        send(owner_, done_atom::value);
      });
  }

  void went_down(const down_msg& what) {
    if (what.source == remote_) {
      reason_ = what.reason;
      remote_ = nullptr;
    } else if (what.source == helper_) {
      helper_ = nullptr;
    }
    if (remote_ || helper_)
      return;
    std::cout << "lost the agent and the helper: " << aiomas::describe(reason_)
              << std::endl;
    connect();
  }

  std::string url_;
  actor owner_;
  actor remote_;
  actor helper_;
  error reason_;
};

/// Makes a container whose first agent is a worker.
aiomas::container start(actor_system& sys, const aiomas::address& where,
                        std::string generation) {
  auto c = aiomas::container::create(sys, where);
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return {};
  }
  c->spawn("Worker", worker, std::move(generation));
  return *c;
}

void caf_main(actor_system& sys, const aiomas::config&) {
  // Goes on trying to connect until the other side listens.
  aiomas::options patient;
  patient.connect_timeout = aiomas::options::forever;
  auto near = aiomas::container::create(sys, {"localhost", 0}, patient);
  auto far = start(sys, {"localhost", 0}, "first");
  if (!near || !far)
    return;
  auto where = far.address();
  scoped_actor self{sys};
  near->spawn<supervisor>(far.base_url() + "0", self);
  self->receive([](done_atom) {});
  far.shutdown();
  far = start(sys, where, "second");
  if (far)
    self->receive([](done_atom) {});
  near->shutdown(); // before the other goes, or the agent would see it go
}

} // namespace

CAF_MAIN(aiomas::middleman)
