// Agents that compute: CAF's scheduler spreads them over its workers, so that
// twice the workers do twice the work, as far as there are cores. Python's one
// loop would do one call after the other.
//
// Usage: scaling [CALLS [LIMIT]]   how many calls, and how long each takes

#include "caf/aiomas/all.hpp"

#include <chrono>
#include <cstdlib>
#include <iostream>
#include <vector>

using namespace caf;

namespace {

class mathematician : public aiomas::agent {
public:
  mathematician(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("primes", &mathematician::primes);
  }

  // How many primes there are below `limit`, found the hard way.
  int primes(int limit) {
    auto result = 0;
    for (auto n = 2; n < limit; ++n) {
      auto divisor = 2;
      while (divisor * divisor <= n && n % divisor != 0)
        ++divisor;
      if (divisor * divisor > n)
        ++result;
    }
    return result;
  }
};

// Asks all agents at once, through the network as anyone would.
class client : public aiomas::agent {
public:
  using agent::agent;

  aiomas::task<int> run(std::vector<std::string> urls, int calls, int limit) {
    std::vector<aiomas::task<int>> tasks;
    for (auto i = 0; i < calls; ++i)
      tasks.push_back(ask(urls[i % urls.size()], limit));
    auto replies = co_await when_all(std::move(tasks));
    co_return replies.front();
  }

private:
  aiomas::task<int> ask(std::string url, int limit) {
    auto remote = co_await container().connect(url);
    co_return co_await remote.call<int>("primes", limit);
  }
};

int measure(size_t workers, int calls, int limit) {
  using clock = std::chrono::steady_clock;
  aiomas::config cfg;
  cfg.set("scheduler.max-threads", workers);
  actor_system sys{cfg};
  auto c = aiomas::container::create(sys, {"127.0.0.1", 0});
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return EXIT_FAILURE;
  }
  std::vector<std::string> urls;
  for (auto i = 0; i < 16; ++i)
    urls.push_back(c->spawn<mathematician>().addr());
  auto begin = clock::now();
  auto result = run(c->spawn<client>(), &client::run, urls, calls, limit);
  std::chrono::duration<double> time = clock::now() - begin;
  if (!result) {
    std::cerr << aiomas::describe(result.error()) << '\n';
    return EXIT_FAILURE;
  }
  std::cout << workers << (workers == 1 ? " worker:  " : " workers: ")
            << static_cast<int>(calls / time.count())
            << " calls/s, each counts " << *result << " primes" << std::endl;
  return EXIT_SUCCESS;
}

} // namespace

int main(int argc, char** argv) {
  auto calls = argc > 1 ? std::atoi(argv[1]) : 200;
  auto limit = argc > 2 ? std::atoi(argv[2]) : 10'000;
  if (calls < 1 || limit < 2) {
    std::cerr << "usage: scaling [CALLS [LIMIT]]\n";
    return 2;
  }
  for (size_t workers : {1, 2})
    if (measure(workers, calls, limit) != EXIT_SUCCESS)
      return EXIT_FAILURE;
}
