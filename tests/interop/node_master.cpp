// Starts a node as a child process, in C++ or Python, and has agents made
// there:
//
//     node_master json - aiomas node tcp://127.0.0.1:0 --plugin node_agents.so
//
// The node must have the agents of node_agents.py, and a time that can be set.
// The second argument is a folder of certificates, see scripts/make-certs; "-"
// is for a node without TLS.
//
// Prints "OK <name>" or "FAIL <name>: why" for each check and exits with 0 if
// there was no failure. With "--hold" as the first argument it starts the node,
// prints its process id, and waits to be killed.

#include "interop_checks.hpp"

#include <algorithm>
#include <csignal>
#include <mutex>
#include <vector>

#include <unistd.h>

namespace {

using namespace interop;

/// For the whole program, in seconds.
constexpr unsigned total_limit = 60;

/// What a node's handlers have been told, by I/O threads.
class ledger {
public:
  void add(std::string text) {
    std::lock_guard guard{mtx_};
    entries_.push_back(std::move(text));
    changed_.notify_all();
  }

  /// Waits for the entry at `index`.
  std::string wait_for(size_t index) {
    std::unique_lock guard{mtx_};
    if (!changed_.wait_for(guard, 2 * limit,
                           [&] { return entries_.size() > index; }))
      return "nothing";
    return entries_[index];
  }

  size_t size() {
    std::lock_guard guard{mtx_};
    return entries_.size();
  }

private:
  std::mutex mtx_;
  std::condition_variable changed_;
  std::vector<std::string> entries_; // guarded by mtx_
};

/// An agent that those in the node call.
aiomas::agent_behavior echo(aiomas::agent_ptr) {
  return {aiomas::expose("service", [](aiomas::value x) { return x; })};
}

struct setup {
  aiomas::options opts;
  aiomas::node_command command;
};

std::optional<setup> parse(const std::vector<std::string>& args) {
  if (args.size() < 3)
    return std::nullopt;
  interop::arguments how;
  how.codec = args[0];
  if (!aiomas::codec_by_name(how.codec))
    return std::nullopt;
  if (args[1] != "-")
    how.certs = args[1];
  setup result;
  result.opts = how.options();
  result.command.words = {args.begin() + 2, args.end()};
  return result;
}

// -- checks -------------------------------------------------------------------

struct node_checks {
  context& ctx;
  aiomas::node_process node;
  aiomas::manager_proxy manager;
  std::shared_ptr<ledger> told;

  expected<aiomas::spawned_agent> spawn_counter() {
    return manager.spawn("node_agents:Counter", 1).get(limit);
  }

  void check_spawning() {
    ctx.check("spawn", [&] {
      auto made = manager.spawn("node_agents:Counter", 5, aiomas::kw("step", 2))
                    .get(limit);
      if (!made)
        return describe(made.error());
      auto known = ctx.home.connect(made->url).get(limit);
      if (!known)
        return describe(known.error());
      // In this order.
      auto first = made->remote.call("add").get(limit);
      auto second = known->call("add").get(limit);
      return all(equals(first, 7), equals(second, 9),
                 equals(known->class_name(), "Counter"));
    });
    ctx.check("spawn with an agent as argument", [&] {
      auto mine = ctx.home.spawn(echo);
      auto made = manager.spawn("node_agents:Caller", mine).get(limit);
      if (!made)
        return describe(made.error());
      return equals(made->remote.call("ask", "x").get(limit), "x");
    });
  }

  void check_errors() {
    auto raises_for = [&](const char* name, std::string_view line) {
      return raises(manager.spawn(name).get(limit), line);
    };
    ctx.check("spawn in vain", [&] {
      return all(
        raises_for("foo",
                   "ValueError: Malformed object name \"foo\": Expected "
                   "\"module:object\""),
        raises_for("nope:X", "ModuleNotFoundError: No module named 'nope'"),
        raises_for("node_agents:X",
                   "AttributeError: module 'node_agents' has "
                   "no attribute 'X'"),
        raises_for("node_agents:Counter", "TypeError: Counter"),
        raises(manager.spawn("node_agents:Counter", -1).get(limit),
               "ValueError: start must not be negative"),
        raises(manager.spawn("node_agents:Counter", 1, aiomas::kw("bogus", 1))
                 .get(limit),
               "TypeError: Counter"));
    });
  }

  void check_time() {
    ctx.check("set_time", [&] {
      auto made = spawn_counter();
      if (!made)
        return describe(made.error());
      auto set = manager.set_time(10).get(limit);
      if (!set)
        return describe(set.error());
      return all(equals(made->remote.call("time").get(limit), 10.0),
                 raises(manager.set_time(9.5).get(limit),
                        "ValueError: Time must be > 10"),
                 equals(made->remote.call("time").get(limit), 10.0));
    });
  }

  /// A node that is killed is started again.
  void check_kill() {
    ctx.check("calls fail when the node is killed", [&]() -> verdict {
      auto made = spawn_counter();
      if (!made)
        return describe(made.error());
      auto waiting = made->remote.call("wait").timeout(limit).start();
      auto waiters = made->remote.call("waiters").get(limit);
      if (!waiters)
        return describe(waiters.error());
      ::kill(node.pid(), SIGKILL);
      auto outcome = waiting.get();
      if (outcome)
        return "answered";
      if (!aiomas::connection_lost(outcome.error()))
        return describe(outcome.error());
      return all(equals(told->wait_for(0), "ready"),
                 equals(told->wait_for(1), "signal 9, restarts"),
                 equals(told->wait_for(2), "ready"));
    });
    ctx.check("the node is there again", [&] {
      auto again = node.manager().get(limit);
      if (!again)
        return describe(again.error());
      manager = std::move(*again);
      auto made = spawn_counter();
      if (!made)
        return describe(made.error());
      return equals(made->remote.call("add").get(limit), 2);
    });
  }

  void check_stop() {
    ctx.check("stop", [&] {
      auto how = node.stop_async().get(4 * limit);
      if (!how)
        return describe(how.error());
      return all(equals(to_string(*how), "exit code 0"),
                 equals(told->wait_for(3), "exit code 0"),
                 equals(told->size(), 4));
    });
    ctx.check("a node that has ended", [&] {
      return all(
        holds(!manager.spawn("node_agents:Counter", 1).get(limit), "spawned"),
        equals(node.pid(), -1));
    });
  }
};

int check_all(context ctx, setup with) {
  auto told = std::make_shared<ledger>();
  auto& command = with.command;
  command.restart.limit = 1;
  command.restart.first_pause = 1ms;
  command.on_ready = [told](const std::string&) { told->add("ready"); };
  command.on_end = [told](const aiomas::node_end& x) {
    told->add(to_string(x) + (x.restarts ? ", restarts" : ""));
  };
  auto node
    = aiomas::node_process::start_async(ctx.home, command).get(2 * limit);
  if (!node) {
    std::cerr << describe(node.error()) << '\n';
    return 1;
  }
  auto manager = node->manager().get(limit);
  if (!manager) {
    std::cerr << describe(manager.error()) << '\n';
    return 1;
  }
  node_checks checks{ctx, *node, *manager, told};
  checks.check_spawning();
  checks.check_errors();
  checks.check_time();
  checks.check_kill();
  checks.check_stop();
  return ctx.ok ? 0 : 1;
}

int hold(const aiomas::container& home, aiomas::node_command command) {
  auto node = aiomas::node_process::start(home, std::move(command));
  if (!node) {
    std::cerr << describe(node.error()) << '\n';
    return 1;
  }
  std::cout << "NODE " << node->pid() << std::endl;
  ::pause();
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::string> args{argv + 1, argv + argc};
  auto holds_only = !args.empty() && args.front() == "--hold";
  if (holds_only)
    args.erase(args.begin());
  auto with = parse(args);
  if (!with) {
    std::cerr << "usage: node_master [--hold] CODEC CERTS COMMAND...\n";
    return 2;
  }
  alarm(total_limit); // whatever hangs, hangs no longer than this
  aiomas::config cfg;
  actor_system sys{cfg};
  auto home = aiomas::container::create(sys, {"127.0.0.1", 0}, with->opts);
  if (!home) {
    std::cerr << describe(home.error()) << '\n';
    return 1;
  }
  if (holds_only)
    return hold(*home, std::move(with->command));
  context ctx{sys, {}};
  ctx.home = *home;
  return check_all(std::move(ctx), std::move(*with));
}
