// Coroutines in agents: one agent asks several others and waits for them as
// Python code would, with `co_await`.

#include "caf/aiomas/all.hpp"

#include <chrono>
#include <iostream>
#include <string>
#include <vector>

using namespace caf;
using namespace std::chrono_literals;

namespace {

class bidder : public aiomas::agent {
public:
  bidder(actor_config& cfg, aiomas::container c, int price)
    : agent(cfg, std::move(c)), price_(price) {
    expose("bid", &bidder::bid);
  }

  int bid(std::string item) {
    if (item == "the moon")
      throw std::invalid_argument("nobody can sell " + item);
    return price_;
  }

private:
  int price_;
};

class auctioneer : public aiomas::agent {
public:
  auctioneer(actor_config& cfg, aiomas::container c,
             std::vector<std::string> bidders)
    : agent(cfg, std::move(c)), bidders_(std::move(bidders)) {
    // An exposed function may be a coroutine: its caller gets the reply when it
    // ends, and the agent does other things meanwhile.
    expose("sell", &auctioneer::sell);
  }

  aiomas::task<int> sell(std::string item) {
    std::vector<aiomas::task<int>> offers;
    for (auto& url : bidders_)
      offers.push_back(ask(url, item));
    auto best = 0;
    for (auto offer : co_await when_all(std::move(offers)))
      best = std::max(best, offer);
    co_return best;
  }

  aiomas::task<void> run() {
    for (std::string item : {"a chair", "the moon"}) {
      try {
        auto price = co_await sell(item).timeout(10s);
        std::cout << item << " goes for " << price << std::endl;
      } catch (const aiomas::remote_exception& x) {
        auto text = x.remote_traceback();
        std::cout << item << ": " << text.substr(text.rfind("ValueError"))
                  << std::flush;
      }
    }
  }

private:
  aiomas::task<int> ask(std::string url, std::string item) {
    auto remote = co_await container().connect(url);
    co_return co_await remote.call<int>("bid", item);
  }

  std::vector<std::string> bidders_;
};

void caf_main(actor_system& sys, const aiomas::config&) {
  auto c = aiomas::container::create(sys, {"localhost", 0});
  if (!c) {
    std::cerr << aiomas::describe(c.error()) << '\n';
    return;
  }
  std::vector<std::string> bidders;
  for (auto price : {30, 45, 20})
    bidders.push_back(c->spawn<bidder>(price).addr());
  auto seller = c->spawn<auctioneer>(bidders);
  aiomas::run(seller, &auctioneer::run);
}

} // namespace

CAF_MAIN(aiomas::middleman)
