// Agents that live in the time of somebody else, for example of a simulator
// that they take part in. Here, a master starts two processes and sets the time
// of both, as a Python program could. Between, the agents do what they do by
// their clock.
//
// The nodes are the same program; they could as well be "aiomas node" with a
// plug-in.

#include "caf/aiomas/all.hpp"

#include <iostream>
#include <memory>
#include <string>
#include <string_view>

using namespace caf;
using namespace std::chrono_literals;

namespace {

// -- the nodes ----------------------------------------------------------------

/// Delivers what it is asked for, an hour later.
class baker : public aiomas::agent {
public:
  baker(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("order", &baker::order);
  }

  aiomas::task<std::string> order(std::string what) {
    co_await clock().sleep(1h);
    co_return what + " from " + to_string(aiomas::date_time{clock().utcnow()});
  }
};

AIOMAS_REGISTER_AGENT("demo:Baker", baker)

class guest : public aiomas::agent {
public:
  guest(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("dine", &guest::dine);
  }

  aiomas::task<void> dine(std::string url) {
    auto from = co_await container().connect(url);
    for (std::string what : {"bread", "cake"})
      std::cout << co_await from.call<std::string>("order", what) << std::endl;
    clock().call_in(90min, [] { std::cout << "tea" << std::endl; });
    auto milk
      = clock().call_in(80min, [] { std::cout << "milk" << std::endl; });
    co_await clock().sleep(30min);
    milk.cancel();
    co_await clock().sleep(2h);
  }
};

AIOMAS_REGISTER_AGENT("demo:Guest", guest)

int serve(actor_system& sys) {
  aiomas::options opts;
  opts.clock = std::make_shared<aiomas::external_clock>("2015-01-01T08:00:00");
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
    auto town = co_await aiomas::node_process::start_async(container(), node());
    auto home = co_await aiomas::node_process::start_async(container(), node());
    auto in_town = co_await town.manager();
    auto at_home = co_await home.manager();
    auto shop = co_await in_town.spawn("demo:Baker");
    auto someone = co_await at_home.spawn("demo:Guest");
    auto dinner = someone.remote.call<void>("dine", shop.url).start();
    // What agents say to each other takes its time meanwhile, which this time
    // does not wait for. See distributed_simulation.cpp for one that does.
    for (auto t = 15min; !dinner.ready(); t += 15min) {
      auto seconds = aiomas::delay{t}.seconds();
      co_await aiomas::when_all(in_town.set_time(seconds),
                                at_home.set_time(seconds));
    }
    if (auto done = dinner.take(); !done)
      aiomas::throw_error(done.error());
    co_await town.stop_async();
    co_await home.stop_async();
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
