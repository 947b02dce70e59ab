// Many agents in one container: what an idle one costs, and calls spread over
// all of them. Prints one line of JSON.

#include "caf/aiomas/all.hpp"

#include <CLI/CLI.hpp>

#include <chrono>
#include <fstream>
#include <iostream>
#include <string>

#include <unistd.h>

using namespace caf;

namespace {

class idle : public aiomas::agent {
public:
  idle(actor_config& cfg, aiomas::container c, size_t functions)
    : agent(cfg, std::move(c)) {
    expose("service", &idle::service);
    for (size_t i = 1; i < functions; ++i)
      expose("service" + std::to_string(i), &idle::service, {"x"});
  }

  int service(int x) {
    return x;
  }
};

// Keeps `depth` calls under way, each to the next agent.
class client : public aiomas::agent {
public:
  using agent::agent;

  aiomas::task<void> run(aiomas::proxy root, size_t agents, size_t calls,
                         size_t depth) {
    size_t next = 0;
    std::vector<aiomas::task<void>> lines;
    for (size_t i = 0; i < depth; ++i)
      lines.push_back(line(root, &next, agents, calls));
    co_await when_all(std::move(lines));
  }

private:
  aiomas::task<void> line(aiomas::proxy root, size_t* next, size_t agents,
                          size_t calls) {
    while (*next < calls) {
      // A stride that visits all, far apart from each other.
      auto i = (*next)++ * 7919 % agents;
      auto reply = co_await root.call<size_t>(
        "agents/" + std::to_string(i) + "/service", i);
      if (reply != i)
        throw std::logic_error("wrong reply");
    }
  }
};

/// Memory of this process in bytes.
size_t resident() {
  size_t total = 0;
  size_t pages = 0;
  std::ifstream{"/proc/self/statm"} >> total >> pages;
  return pages * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

double seconds_since(std::chrono::steady_clock::time_point begin) {
  std::chrono::duration<double> result
    = std::chrono::steady_clock::now() - begin;
  return result.count();
}

} // namespace

int main(int argc, char** argv) {
  size_t agents = 100'000;
  size_t calls = 500'000;
  size_t depth = 64;
  size_t functions = 1;
  CLI::App app{"Measures many agents in one container."};
  app.add_option("--agents", agents, "how many agents")
    ->check(CLI::PositiveNumber);
  app.add_option("--calls", calls, "calls in all")->check(CLI::PositiveNumber);
  app.add_option("--depth", depth, "calls under way at a time")
    ->check(CLI::PositiveNumber);
  app.add_option("--functions", functions, "exposed functions of each agent")
    ->check(CLI::PositiveNumber);
  CLI11_PARSE(app, argc, argv);
  aiomas::config cfg;
  actor_system sys{cfg};
  auto c = aiomas::container::create(sys, {"127.0.0.1", 0});
  auto home = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!c || !home) {
    std::cerr << "cannot listen\n";
    return 1;
  }
  auto before = resident();
  auto begin = std::chrono::steady_clock::now();
  for (size_t i = 0; i < agents; ++i)
    c->spawn<idle>(functions);
  auto spawned = seconds_since(begin);
  auto used = resident() - before;
  auto peer = aiomas::rpc::open_connection(sys, c->address()).get();
  if (!peer) {
    std::cerr << aiomas::describe(peer.error()) << '\n';
    return 1;
  }
  begin = std::chrono::steady_clock::now();
  auto done = run(home->spawn<client>(), &client::run, peer->remote(), agents,
                  calls, depth);
  if (!done) {
    std::cerr << aiomas::describe(done.error()) << '\n';
    return 1;
  }
  auto called = seconds_since(begin);
  begin = std::chrono::steady_clock::now();
  if (!c->shutdown())
    return 1;
  std::cout << "{\"agents\": " << agents
            << ", \"bytes_per_agent\": " << used / agents
            << ", \"spawned_per_s\": " << static_cast<size_t>(agents / spawned)
            << ", \"calls_per_s\": " << static_cast<size_t>(calls / called)
            << ", \"shutdown_s\": " << seconds_since(begin) << "}" << std::endl;
}
