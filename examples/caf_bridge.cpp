// Agents for CAF's own network: a node publishes the handle of a remote agent
// through CAF's I/O module, and a second node, which does not speak aiomas,
// calls it as it calls any remote actor. Both nodes are in this program here.
//
// Usage: caf_bridge [URL]   the agent to publish, by default one of our own; a
//                           Python one has to have the same functions

#include "caf/aiomas/all.hpp"

#include <caf/io/all.hpp>

#include <iostream>

using namespace caf;

namespace {

// Stands for an agent anywhere, maybe one in Python.
class echo : public aiomas::agent {
public:
  echo(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("service", [](aiomas::value v) { return v; });
    expose("add", [](int a, int b) { return a + b; }, {"a", "b"});
    expose("fail", [](std::string text) { throw std::invalid_argument(text); });
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
  call(self, *remote,
       aiomas::invocation{"service", aiomas::list{1, "two", 3.0}});
  call(self, *remote, aiomas::invocation{"add", 3, aiomas::kw("b", 4)});
  call(self, *remote, aiomas::invocation{"fail", "no such thing"});
  return 0;
}

int serve(std::string url) {
  bridge_config cfg;
  actor_system sys{cfg};
  auto c = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return 1;
  }
  if (url.empty())
    url = c->spawn<echo>().addr();
  auto agent = c->connect(url).get();
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

int main(int argc, char** argv) {
  return serve(argc > 1 ? argv[1] : "");
}
