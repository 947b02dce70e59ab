// Agents that live in the time of somebody else, for example of a simulator
// that they take part in. Here, it is a loop that sets the time of two
// containers, by a function that an agent of each exposes, as a Python program
// could. Between, the agents do what they do by their clock.

#include "caf/aiomas/all.hpp"

#include <iostream>
#include <memory>
#include <string>
#include <vector>

using namespace caf;
using namespace std::chrono_literals;

namespace {

/// Lets others set the time of a container.
aiomas::agent_behavior
timekeeper(aiomas::agent_ptr, std::shared_ptr<aiomas::external_clock> clock) {
  return {aiomas::expose("set_time",
                         [clock](double t) { return clock->set_time(t); })};
}

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

class guest : public aiomas::agent {
public:
  using agent::agent;

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

struct part {
  std::shared_ptr<aiomas::external_clock> clock
    = std::make_shared<aiomas::external_clock>("2015-01-01T08:00:00");
  aiomas::container where;
  std::string keeper; // the URL of its timekeeper
};

expected<part> make_part(actor_system& sys) {
  part result;
  aiomas::options opts;
  opts.clock = result.clock;
  auto c = aiomas::container::create(sys, {"localhost", 0}, opts);
  if (!c)
    return std::move(c.error());
  result.where = std::move(*c);
  result.keeper = result.where.spawn(timekeeper, result.clock).addr();
  return result;
}

/// Lets time pass in steps of 15 minutes, everywhere alike, until `done`
/// returns true. What agents say to each other takes its time meanwhile: time
/// does not wait for them. With a `simulation_clock` it would.
template <class F>
expected<void> simulate(const aiomas::container& here,
                        const std::vector<std::string>& keepers, F done) {
  std::vector<aiomas::proxy> clocks;
  for (auto& url : keepers) {
    auto known = here.connect(url).get();
    if (!known)
      return std::move(known.error());
    clocks.push_back(std::move(*known));
  }
  for (auto t = 15min; !done(); t += 15min)
    for (auto& x : clocks)
      if (auto ok = x.call<void>("set_time", aiomas::delay{t}.seconds()).get();
          !ok)
        return ok;
  return {};
}

} // namespace

void caf_main(actor_system& sys, const aiomas::config&) {
  auto first = make_part(sys);
  auto second = make_part(sys);
  auto master = aiomas::container::create(sys, {"localhost", 0});
  if (!first || !second || !master) {
    std::cerr << "cannot create the containers" << std::endl;
    return;
  }
  auto shop = first->where.spawn<baker>();
  auto someone = second->where.spawn<guest>();
  auto dinner = start(someone, &guest::dine, shop.addr()).start();
  auto passed = simulate(*master, {first->keeper, second->keeper},
                         [&] { return dinner.ready(); });
  if (!passed)
    std::cerr << aiomas::describe(passed.error()) << std::endl;
}

CAF_MAIN(aiomas::middleman)
