// A simulation in two processes: a house that cools down, and a controller that
// heats it. Time passes as fast as both can follow, and never passes what they
// say to each other.
//
// The nodes are the same program; they could as well be "aiomas node
// --simulated" with a plug-in.

#include "caf/aiomas/all.hpp"

#include <iomanip>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

using namespace caf;
using namespace std::chrono_literals;

namespace {

// -- the nodes ----------------------------------------------------------------

/// Loses a degree in an hour, and gains two where it is heated.
class house : public aiomas::agent {
public:
  house(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("temperature", [this] { return temperature_; });
    expose("heat", [this](bool on) { heated_ = on; });
    clock().call_in(1min, &house::change, this);
  }

private:
  void change() {
    temperature_ += (heated_ ? 2.0 : -1.0) / 60;
    clock().call_in(1min, &house::change, this);
  }

  double temperature_ = 20;
  bool heated_ = false;
};

AIOMAS_REGISTER_AGENT("demo:House", house)

/// Looks after a house every 10 minutes.
class controller : public aiomas::agent {
public:
  controller(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("begin",
           [this](std::string url) { launch(control(std::move(url))); });
  }

private:
  aiomas::task<void> control(std::string url) {
    auto where = co_await container().connect(std::move(url));
    auto heats = false;
    co_await clock().sleep(30s); // between the changes
    for (;;) {
      auto degrees = co_await where.call<double>("temperature");
      auto cold = degrees < (heats ? 20.0 : 18.0);
      if (cold != heats) {
        heats = cold;
        std::cout << to_string(aiomas::date_time{clock().utcnow()}) << ": "
                  << std::fixed << std::setprecision(1) << degrees
                  << " degrees, heating " << (heats ? "on" : "off")
                  << std::endl;
        co_await where.call("heat", heats);
      }
      co_await clock().sleep(10min);
    }
  }
};

AIOMAS_REGISTER_AGENT("demo:Controller", controller)

int serve(actor_system& sys) {
  aiomas::options opts;
  opts.clock = std::make_shared<aiomas::simulation_clock>("2015-01-01");
  auto n = aiomas::start_node(sys, {"127.0.0.1", 0}, opts);
  if (!n) {
    std::cerr << aiomas::describe(n.error()) << std::endl;
    return 1;
  }
  aiomas::run(sys,
              [&] { std::cout << "READY " << n->base_url() << std::endl; });
  return 0;
}

// -- the master ---------------------------------------------------------------

class master : public aiomas::agent {
public:
  using agent::agent;

  aiomas::task<void> work() {
    auto one = co_await aiomas::node_process::start_async(container(), node());
    auto two = co_await aiomas::node_process::start_async(container(), node());
    auto there = co_await (co_await one.manager()).spawn("demo:House");
    auto brain = co_await (co_await two.manager()).spawn("demo:Controller");
    co_await brain.remote.call("begin", there.url);

    aiomas::simulation_master world{system()};
    co_await world.add(one.url());
    co_await world.add(two.url());
    co_await world.run_until(24 * 3600);
    std::cout << "a day has passed" << std::endl;
    co_await one.stop_async();
    co_await two.stop_async();
  }

private:
  static aiomas::node_command node() {
    aiomas::node_command result;
    result.words = {"/proc/self/exe", "--node"};
    result.on_output
      = [](std::string_view line) { std::cout << line << std::endl; };
    return result;
  }
};

} // namespace

int main(int argc, char** argv) {
  aiomas::config cfg;
  actor_system sys{cfg};
  if (argc > 1 && argv[1] == std::string{"--node"})
    return serve(sys);
  auto home = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!home) {
    std::cerr << aiomas::describe(home.error()) << std::endl;
    return 1;
  }
  return aiomas::run(home->spawn<master>(), &master::work) ? 0 : 1;
}
