// A single, proactive agent: says hello three times and ends the program.

#include "caf/aiomas/all.hpp"

#include <chrono>
#include <iostream>
#include <string>

using namespace caf;
using namespace std::chrono_literals;

namespace {

using greet_atom = atom_constant<atom("greet")>;

class hello_world : public aiomas::agent {
public:
  hello_world(actor_config& cfg, aiomas::container c, std::string name)
    : agent(cfg, std::move(c)), name_(std::move(name)) {
    // nop
  }

  behavior make_behavior() override {
    std::cout << name_ << " says:" << std::endl;
    delayed_send(this, 100ms, greet_atom::value, 1);
    return {
      [this](greet_atom, int count) {
        std::cout << "Hello, World!" << std::endl;
        if (count < 3)
          delayed_send(this, 100ms, greet_atom::value, count + 1);
        else
          container().shutdown_async().detach();
      },
    };
  }

private:
  std::string name_;
};

void caf_main(actor_system& sys, const aiomas::config&) {
  auto c = aiomas::container::create(sys, {"localhost", 0});
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return;
  }
  c->spawn<hello_world>("Monty");
  aiomas::run(sys); // until the container is shut down
}

} // namespace

CAF_MAIN(aiomas::middleman)
