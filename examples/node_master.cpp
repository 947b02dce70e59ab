// A master starts a node, a process that others start agents in, and has it run
// agents by name. When the node is killed, calls to its agents fail at once,
// and it is started again.
//
// Here, the node is the same program; it could as well be "aiomas node" with a
// plug-in (see plugins/demo.cpp), or a Python program.

#include "caf/aiomas/all.hpp"

#include <csignal>
#include <iostream>
#include <memory>
#include <string>

using namespace caf;
using namespace std::chrono_literals;

namespace {

// -- the node -----------------------------------------------------------------

class counter : public aiomas::agent {
public:
  static constexpr const char* class_name = "Counter";

  counter(actor_config& cfg, aiomas::container c, int start, int step)
    : agent(cfg, std::move(c)), value_(start) {
    expose("add", [=, this] { return value_ += step; });
    expose("date",
           [this] { return to_string(aiomas::date_time{clock().utcnow()}); });
    expose("wait", [this] { return owed_ = make_promise<int>(); });
  }

private:
  int value_;
  aiomas::promise<int> owed_;
};

// What others may start, and how they pass the constructor's arguments.
AIOMAS_REGISTER_AGENT("demo:Counter", counter(int, int),
                      {"start", aiomas::opt("step", 1)})

int serve(actor_system& sys) {
  aiomas::options opts;
  opts.clock = std::make_shared<aiomas::external_clock>("2024-02-29T12:00:00");
  auto n = aiomas::start_node(sys, {"127.0.0.1", 0}, opts);
  if (!n) {
    std::cerr << aiomas::describe(n.error()) << std::endl;
    return 1;
  }
  aiomas::run(sys,
              [&] { std::cout << "READY " << n->base_url() << std::endl; });
  n->shutdown();
  return 0;
}

// -- the master ---------------------------------------------------------------

class master : public aiomas::agent {
public:
  using agent::agent;

  aiomas::task<void> work(aiomas::node_process node) {
    auto manager = co_await node.manager();
    auto first
      = co_await manager.spawn("demo:Counter", 40, aiomas::kw("step", 2));
    std::cout << "counted to " << co_await first.remote.call<int>("add")
              << std::endl;
    try {
      co_await manager.spawn("demo:Nobody");
    } catch (const aiomas::remote_exception& ex) {
      std::cout << "spawned in vain: " << last_line(ex.remote_traceback())
                << std::endl;
    }
    co_await manager.set_time(3600);
    std::cout << "there it is "
              << co_await first.remote.call<std::string>("date") << std::endl;
    auto [lost, killed] = co_await aiomas::when_all(wait_in(first.remote),
                                                    kill(node, first.remote));
    std::cout << (lost ? "the call has failed" : "the call was answered")
              << std::endl;
  }

private:
  static std::string last_line(std::string text) {
    while (text.ends_with('\n'))
      text.pop_back();
    return text.substr(text.rfind('\n') + 1);
  }

  /// Returns whether the connection was lost.
  aiomas::task<bool> wait_in(aiomas::proxy remote) {
    try {
      co_await remote.call("wait");
      co_return false;
    } catch (const aiomas::connection_error&) {
      co_return true;
    }
  }

  /// Something terrible happens to the node, but not before it has taken the
  /// call.
  aiomas::task<bool> kill(aiomas::node_process node, aiomas::proxy remote) {
    co_await remote.call("add");
    ::kill(node.pid(), SIGKILL);
    co_return true;
  }
};

int rule(actor_system& sys) {
  auto home = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!home) {
    std::cerr << aiomas::describe(home.error()) << std::endl;
    return 1;
  }
  auto ready = std::make_shared<std::atomic<int>>(0);
  aiomas::node_command command;
  command.words = {"/proc/self/exe", "--node"};
  command.restart.limit = 3;
  command.restart.first_pause = 10ms;
  // In an I/O thread.
  command.on_ready = [ready](const std::string&) {
    ++*ready;
    ready->notify_all();
  };
  auto node = aiomas::node_process::start(*home, command);
  if (!node) {
    std::cerr << aiomas::describe(node.error()) << std::endl;
    return 1;
  }
  auto done = aiomas::run(home->spawn<master>(), &master::work, *node);
  if (!done)
    return 1;
  ready->wait(1);
  std::cout << "the node is there again" << std::endl;
  auto how = node->stop();
  std::cout << "stopped: " << (how ? to_string(*how) : "failed") << std::endl;
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  aiomas::config cfg;
  actor_system sys{cfg};
  if (argc > 1 && argv[1] == std::string{"--node"})
    return serve(sys);
  return rule(sys);
}
