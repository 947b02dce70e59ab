// Agents for CAF's own network: a node publishes the handle of a remote agent
// through CAF's I/O module, and a second node, which does not speak aiomas,
// calls it as it calls any remote actor. Both nodes are in this program here.

#include "caf/aiomas/all.hpp"

#include <caf/io/all.hpp>

#include <iostream>

using namespace caf;

namespace {

// Stands for an agent anywhere, maybe one in Python.
class echo : public aiomas::agent {
public:
  echo(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("describe",
           [](std::string name, bool loud) { return name + (loud ? "!" : ""); },
           {"name", aiomas::opt("loud", false)});
    expose("fail", [] { throw std::out_of_range("no such thing"); });
  }
};

// A node that speaks aiomas and CAF.
struct bridge_config : aiomas::config {
  bridge_config() {
    load<io::middleman>();
  }
};

// A node that speaks CAF only. It knows what our messages look like.
struct plain_config : actor_system_config {
  plain_config() {
    load<io::middleman>();
    aiomas::add_message_types(*this);
  }
};

void call(scoped_actor& self, const actor& remote, aiomas::invocation what) {
  std::cout << to_string(what) << ": ";
  self->request(remote, infinite, std::move(what))
    .receive(
      [](const aiomas::value& x) { std::cout << to_string(x) << std::endl; },
      [](const error& why) {
        auto text = aiomas::text_of(why);
        text.pop_back(); // the line's end
        std::cout << text.substr(text.rfind('\n') + 1) << std::endl;
      });
}

int use(uint16_t port) {
  plain_config cfg;
  actor_system sys{cfg};
  auto remote = sys.middleman().remote_actor("127.0.0.1", port);
  if (!remote) {
    std::cerr << sys.render(remote.error()) << '\n';
    return 1;
  }
  scoped_actor self{sys};
  call(self, *remote, aiomas::invocation{"describe", "a"});
  call(self, *remote, aiomas::invocation{"describe", "a", aiomas::kw("loud", true)});
  call(self, *remote, aiomas::invocation{"fail"});
  return 0;
}

int serve() {
  bridge_config cfg;
  actor_system sys{cfg};
  auto c = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return 1;
  }
  auto agent = c->connect(c->spawn<echo>().addr()).get();
  if (!agent) {
    std::cerr << aiomas::describe(agent.error()) << '\n';
    return 1;
  }
  auto port = sys.middleman().publish(agent->as_actor(), 0, "127.0.0.1");
  if (!port) {
    std::cerr << sys.render(port.error()) << '\n';
    return 1;
  }
  auto result = use(*port);
  sys.middleman().unpublish(agent->as_actor(), *port);
  return result;
}

} // namespace

int main() {
  return serve();
}
