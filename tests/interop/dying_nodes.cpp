// Starts nodes and kills each of them at a random moment: before it is ready,
// while it is being called, or while it is being stopped.
//
//     dying_nodes 50 json - aiomas node tcp://127.0.0.1:0
//
// The arguments are how many nodes, and those of node_master. Whatever happens,
// each operation ends, and so does each node, once. Prints how many died when,
// and exits with 0 if all is as it should be. The random numbers depend on
// AIOMAS_TEST_SEED, which is printed.

#include "interop_checks.hpp"

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include <unistd.h>

namespace {

using namespace interop;

/// For the whole program, in seconds.
constexpr unsigned total_limit = 120;

/// How long one operation may take. None comes near.
constexpr auto patience = 20s;

/// What is known of one process.
struct life {
  std::atomic<pid_t> pid = 0;
  std::atomic<int> ends = 0;
};

/// Kills what `what` is about as soon as it is there, after a while.
void kill_after(const std::shared_ptr<life>& what,
                std::chrono::microseconds pause) {
  what->pid.wait(0);
  std::this_thread::sleep_for(pause); // the moment is to be random
  if (what->ends == 0)
    ::kill(what->pid, SIGKILL);
}

/// Has the node say its process id before anything else.
aiomas::node_command with_pid(std::vector<std::string> words,
                              const std::shared_ptr<life>& what) {
  aiomas::node_command result;
  result.words = {"sh", "-c", "echo PID $$; exec \"$@\"", "sh"};
  result.words.insert(result.words.end(), words.begin(), words.end());
  result.on_output = [what](std::string_view line) {
    if (!line.starts_with("PID "))
      return;
    what->pid = std::stoi(std::string{line.substr(4)});
    what->pid.notify_all();
  };
  result.on_end = [what](const aiomas::node_end&) {
    ++what->ends;
    what->ends.notify_all();
  };
  return result;
}

bool is_pending(const error& why) {
  return aiomas::code_of(why) == aiomas::errc::timeout;
}

struct outcome {
  std::string when;
  verdict why;
};

/// Lets a node live until somebody kills it.
outcome live(const aiomas::node_process& node, bool stop) {
  if (stop) {
    auto how = node.stop_async().get(patience);
    return how ? outcome{"stopping: " + to_string(*how), {}}
               : outcome{"stopping", describe(how.error())};
  }
  auto manager = node.manager().get(patience);
  if (!manager)
    return {"connecting", holds(!is_pending(manager.error()), "hangs")};
  for (;;) {
    auto answer = manager->spawn("nope:X").get(patience);
    if (answer)
      return {"calling", "spawned"};
    if (is_pending(answer.error()))
      return {"calling", "hangs"};
    if (aiomas::connection_lost(answer.error()))
      return {"calling", {}};
  }
}

outcome run_once(const aiomas::container& home,
                 const std::vector<std::string>& words,
                 std::chrono::microseconds pause, bool stop) {
  auto known = std::make_shared<life>();
  std::thread killer{[=] { kill_after(known, pause); }};
  outcome result;
  {
    auto node = aiomas::node_process::start_async(home, with_pid(words, known))
                  .get(patience);
    if (node)
      result = live(*node, stop);
    else
      result = {"starting",
                holds(!is_pending(node.error()), describe(node.error()))};
    killer.join();
  }
  known->ends.wait(0);
  if (known->ends != 1)
    result.why += " ended " + std::to_string(known->ends) + " times";
  if (::kill(known->pid, 0) == 0)
    result.why += " lives on";
  return result;
}

unsigned seed() {
  if (auto text = std::getenv("AIOMAS_TEST_SEED"))
    return static_cast<unsigned>(std::atoll(text));
  return std::random_device{}();
}

} // namespace

int main(int argc, char** argv) {
  std::vector<std::string> args{argv + 1, argv + argc};
  auto count = args.empty() ? 0 : std::atoi(args[0].c_str());
  interop::arguments how;
  if (args.size() > 1)
    how.codec = args[1];
  if (count <= 0 || args.size() < 4 || !aiomas::codec_by_name(how.codec)) {
    std::cerr << "usage: dying_nodes COUNT CODEC CERTS COMMAND...\n";
    return 2;
  }
  if (args[2] != "-")
    how.certs = args[2];
  alarm(total_limit); // whatever hangs, hangs no longer than this
  aiomas::config cfg;
  actor_system sys{cfg};
  auto home = aiomas::container::create(sys, {"127.0.0.1", 0}, how.options());
  if (!home) {
    std::cerr << describe(home.error()) << '\n';
    return 1;
  }
  auto first = seed();
  std::cout << "AIOMAS_TEST_SEED=" << first << std::endl;
  std::mt19937 random{first};
  std::map<std::string, int> died;
  auto ok = true;
  for (auto i = 0; i < count; ++i) {
    std::chrono::microseconds pause{random() % 30'000};
    auto [when, why] = run_once(*home, {args.begin() + 3, args.end()}, pause,
                                random() % 2 == 0);
    ++died[when];
    if (!why.empty()) {
      std::cout << "FAIL " << when << ": " << why << std::endl;
      ok = false;
    }
  }
  for (auto& [when, times] : died)
    std::cout << when << ": " << times << std::endl;
  return ok ? 0 : 1;
}
