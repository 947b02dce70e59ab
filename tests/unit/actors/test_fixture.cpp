#define CAF_SUITE test_fixture

#include "caf/test/dsl.hpp"

#include "caf/aiomas/all.hpp"
#include "caf/aiomas/test.hpp"

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

// What stands here up to the first line is also in docs/testing-your-agents.md.

using namespace caf;
using namespace std::chrono_literals;

namespace {

class thermostat : public aiomas::agent {
public:
  thermostat(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("set", [this](double celsius) { celsius_ = celsius; });
    expose("get", [this] { return celsius_; });
    expose("copy", &thermostat::copy);
    expose("wait", [this] {
      waiting_.push_back(make_promise<double>());
      return waiting_.back();
    });
  }

  aiomas::task<double> copy(std::string url) {
    auto other = co_await container().connect(url);
    celsius_ = co_await other.call<double>("get");
    co_return celsius_;
  }

private:
  double celsius_ = 20;
  std::vector<aiomas::promise<double>> waiting_;
};

struct house : aiomas::test_fixture {
  aiomas::agent_handle<thermostat> hall = left.spawn<thermostat>();
  aiomas::agent_handle<thermostat> attic = right.spawn<thermostat>();
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(thermostat_tests, house)

AIOMAS_CO_TEST(one thermostat follows another) {
  auto remote = co_await left.connect(attic.addr());
  co_await remote.call<void>("set", 15.5);
  auto near = co_await right.connect(hall.addr());
  CAF_CHECK_EQUAL(co_await near.call<double>("copy", attic.addr()), 15.5);
}

CAF_TEST(the same without a coroutine) {
  auto remote = await(left.connect(attic.addr()));
  CAF_REQUIRE(remote);
  CAF_CHECK(await(remote->call<void>("set", 15.5)));
  auto copied = run(hall, &thermostat::copy, attic.addr());
  CAF_CHECK_EQUAL(copied.value(), 15.5);
}

CAF_TEST(calls have deadlines) {
  auto remote = await(left.connect(attic.addr()));
  CAF_REQUIRE(remote);
  auto reply = remote->call<double>("wait").timeout(1h).start();
  advance_time(59min);
  CAF_CHECK(!reply.ready());
  advance_time(1min);
  auto failed = await(reply);
  CAF_CHECK_EQUAL(aiomas::code_of(failed.error()), aiomas::errc::timeout);
}

CAF_TEST_FIXTURE_SCOPE_END()

// -- any runner ---------------------------------------------------------------

namespace {

AIOMAS_CO_TEST_BODY(house, attic_is_cold) {
  auto remote = co_await left.connect(attic.addr());
  co_await remote.call<void>("set", 4);
  if (co_await remote.call<double>("get") > 5)
    throw std::runtime_error("the attic is warm");
}

} // namespace

// -----------------------------------------------------------------------------

using namespace caf::aiomas;

namespace {

/// Plays ping-pong with others, and writes down what happens.
class player : public agent {
public:
  using log = std::vector<std::string>;

  player(actor_config& cfg, aiomas::container c, log* seen)
    : agent(cfg, std::move(c)), seen_(seen) {
    expose("hit", &player::hit);
    expose("play", &player::play);
  }

  task<int> hit(std::string from, int left) {
    seen_->push_back(from + " hits " + aid() + " " + std::to_string(left));
    if (left == 0)
      co_return 0;
    auto other = co_await container().connect(from);
    co_return 1 + co_await other.call<int>("hit", addr(), left - 1);
  }

  task<int> play(std::vector<std::string> others) {
    std::vector<task<int>> games;
    for (auto& other : others)
      games.push_back(game(other));
    auto sum = 0;
    for (auto hits : co_await when_all(std::move(games)))
      sum += hits;
    seen_->push_back(aid() + " is done");
    co_return sum;
  }

private:
  task<int> game(std::string other) {
    auto remote = co_await container().connect(other);
    co_return co_await remote.call<int>("hit", addr(), 5);
  }

  log* seen_;
};

/// Lets ten players play all others at once.
player::log play() {
  player::log seen;
  test_fixture where;
  std::vector<agent_handle<player>> players;
  std::vector<std::string> urls;
  for (auto i = 0; i < 10; ++i) {
    players.push_back((i % 2 ? where.left : where.right).spawn<player>(&seen));
    urls.push_back(players.back().addr());
  }
  for (auto& x : players)
    start(x, &player::play, urls).detach();
  CAF_CHECK(where.run() > 1000);
  CAF_CHECK_EQUAL(where.run(), 0u);
  return seen;
}

struct small_config : config {
  small_config() {
    put(content, "caf.aiomas.max-payload", size_t{1000});
  }
};

struct fixture : test_fixture {
  agent_handle<thermostat> hall = left.spawn<thermostat>();
  agent_handle<thermostat> attic = right.spawn<thermostat>();

  proxy remote() {
    auto result = await(left.connect(attic.addr()));
    CAF_REQUIRE(result);
    return std::move(*result);
  }
};

template <class T>
std::string failure(expected<T> x) {
  return x ? "no error" : describe(x.error());
}

const std::string stuck
  = "would_deadlock: Nothing is left to do, and what is "
    "waited for has not happened. Is a reply missing, or "
    "is time to be advanced?";

} // namespace

// -- the same order -----------------------------------------------------------

CAF_TEST(a run can be replayed) {
  auto first = play();
  CAF_CHECK(first.size() == 10 * 10 * 6 + 10);
  for (auto i = 0; i < 5; ++i)
    CAF_CHECK(play() == first);
}

// -- driving ------------------------------------------------------------------

CAF_TEST_FIXTURE_SCOPE(test_fixture_tests, fixture)

CAF_TEST(names) {
  CAF_CHECK_EQUAL(left.base_url(), "local://left/");
  CAF_CHECK_EQUAL(attic.addr(), "local://right/0");
  test_fixture other;
  CAF_CHECK_EQUAL(other.left.base_url(), "local://left.2/");
}

CAF_TEST(waiting for what never happens) {
  auto reply = remote().call<double>("wait").start();
  CAF_CHECK_EQUAL(failure(await(reply)), stuck);
  CAF_CHECK(!reply.ready());
  right = {};
  auto why = await(reply);
  CAF_CHECK_EQUAL(code_of(why.error()), errc::connection_closed);
}

CAF_TEST(blocking) {
  auto why = left.connect(attic.addr()).get();
  CAF_CHECK_EQUAL(code_of(why.error()), errc::would_deadlock);
  CAF_CHECK(text_of(why.error()).find("test_fixture::await")
            != std::string::npos);
  CAF_CHECK(!container::create(sys, *address::parse("local://third")));
  CAF_CHECK(!aiomas::run(hall, &thermostat::copy, attic.addr()));
}

AIOMAS_CO_TEST(waiting inside of an actor) {
  auto why = await(left.connect(attic.addr()));
  CAF_CHECK_EQUAL(failure(std::move(why)),
                  "would_deadlock: Inside of actors, use co_await or then");
  CAF_CHECK_EQUAL(run(), 0u);
  co_return;
}

CAF_TEST(errors of operations) {
  auto nobody = await(left.connect("local://right/9"));
  CAF_CHECK_EQUAL(failure(std::move(nobody)),
                  "no_such_agent: Agent \"9\" does not exist in "
                  "Container(LocalQueue('right'))");
  auto copy = run(hall, &thermostat::copy, "local://right/9");
  CAF_CHECK_EQUAL(code_of(copy.error()), errc::no_such_agent);
}

CAF_TEST(tasks outside of agents) {
  auto ask = [](proxy of, std::string what) -> task<double> {
    co_return co_await of.call<double>(what);
  };
  CAF_CHECK_EQUAL(run(ask(remote(), "get")).value(), 20.0);
  CAF_CHECK_EQUAL(describe(run(ask(remote(), "wait")).error()), stuck);
  auto with_self = run(
    [](event_based_actor* self, proxy of) -> task<double> {
      auto celsius = co_await of.call<double>("get");
      co_return self != nullptr ? celsius + 1 : 0;
    },
    remote());
  CAF_CHECK_EQUAL(with_self.value(), 21.0);
}

CAF_TEST(actors that end are waited for) {
  auto ended = false;
  auto other = sys.spawn([&ended](event_based_actor* self) -> behavior {
    self->attach_functor([&ended](const error&) { ended = true; });
    return {[self](int) { self->quit(); }};
  });
  anon_send(other, 1);
  CAF_CHECK(run() > 0);
  CAF_CHECK(ended);
}

CAF_TEST(macros of CAF) {
  auto calc = sys.spawn(
    []() -> behavior { return {[](int x, int y) { return x + y; }}; });
  auto self = sys.spawn([](event_based_actor*) -> behavior {
    return {[](int) {}, [](int, int) {}};
  });
  run();
  send_as(self, calc, 1, 2);
  expect((int, int), from(self).to(calc).with(1, 2));
}

// -- time ---------------------------------------------------------------------

CAF_TEST(time passes for all alike) {
  std::vector<std::string> seen;
  auto& clock = left.clock();
  auto begin = clock.time();
  sys.spawn([&seen, &clock](event_based_actor* self) -> behavior {
    self->delayed_send(self, 1min, 1);
    return {[self, &seen, &clock](int n) {
      seen.push_back(std::to_string(n) + " at "
                     + std::to_string(static_cast<int>(clock.time())));
      if (n < 3)
        self->delayed_send(self, 1min, n + 1);
      else
        self->quit();
    }};
  });
  sys.spawn([&seen, far = remote()](event_based_actor* self) {
    far.call<double>("wait").timeout(90s).then(
      self, [](double) {},
      [&seen](error& why) { seen.push_back(to_string(code_of(why))); });
  });
  run();
  CAF_CHECK(seen.empty());
  CAF_CHECK(advance_time(1h) > 0);
  std::vector<std::string> all{"1 at 60", "timeout", "2 at 120", "3 at 180"};
  CAF_CHECK_EQUAL(seen, all);
  CAF_CHECK_EQUAL(clock.time() - begin, 3600.0);
}

CAF_TEST(deadlines of tasks) {
  auto slow = run(
    [](event_based_actor*, proxy of) -> task<double> {
      co_return co_await of.call<double>("wait");
    },
    remote());
  CAF_CHECK(!slow);
  auto reply = start(
                 hall,
                 [](thermostat* self, std::string url) -> task<double> {
                   auto other = co_await self->container().connect(url);
                   co_return co_await other.call<double>("wait");
                 },
                 attic.addr())
                 .timeout(10s)
                 .start();
  run();
  advance_time(9s);
  CAF_CHECK(!reply.ready());
  advance_time(1s);
  CAF_CHECK_EQUAL(code_of(await(reply).error()), errc::timeout);
}

CAF_TEST(connecting goes on until the server comes) {
  options opts;
  opts.connect_timeout = options::forever;
  auto third = address::make(address::transport::local, "third");
  auto client = channel::open_connection(sys, third, opts).start();
  CAF_CHECK_EQUAL(failure(await(client)), stuck);
  auto server = await(container::create_async(sys, third));
  CAF_REQUIRE(server);
  advance_time(499ms);
  CAF_CHECK(!client.ready());
  advance_time(1ms);
  CAF_CHECK(await(client));
}

CAF_TEST_FIXTURE_SCOPE_END()

// -- settings -----------------------------------------------------------------

CAF_TEST(the configuration can be the own one) {
  test_fixture where{{}, std::make_unique<small_config>()};
  CAF_CHECK_EQUAL(middleman::of(where.sys).limits().max_payload, 1000u);
}

CAF_TEST(actors that live on are left alone) {
  std::vector<std::string> texts;
  actor subject;
  auto before = on_warning([&](const std::string& text) {
    texts.push_back(text);
    // The end of the system handles that.
    anon_send_exit(std::exchange(subject, nullptr), exit_reason::kill);
  });
  {
    test_fixture where;
    subject = where.sys.spawn([]() -> behavior { return {[](int) {}}; });
  }
  on_warning(std::move(before));
  CAF_REQUIRE_EQUAL(texts.size(), 1u);
  CAF_CHECK_EQUAL(texts[0].find("1 actors of a test_fixture"), 0u);
}

// -- tests as functions
// ----------------------------------------------------------

namespace {

AIOMAS_CO_TEST_BODY(house, throws_text) {
  co_await left.connect(attic.addr());
  throw std::runtime_error("no luck");
}

AIOMAS_CO_TEST_BODY(house, throws_remote) {
  auto remote = co_await left.connect(attic.addr());
  co_await remote.call<void>("set", "warm");
}

AIOMAS_CO_TEST_BODY(house, waits_in_vain) {
  auto remote = co_await left.connect(attic.addr());
  co_await remote.call<void>("wait");
}

template <class F>
std::string text_thrown_by(F f) {
  try {
    f();
    return "nothing";
  } catch (const std::runtime_error& x) {
    return x.what();
  }
}

/// A test of CAF's runner that is not in its list.
struct failing_test : house {
  task<void> co_run_test_impl(event_based_actor*) {
    throw std::runtime_error("no luck");
    co_return;
  }
};

} // namespace

CAF_TEST(a function can be called by any runner) {
  CAF_CHECK_EQUAL(text_thrown_by(attic_is_cold), "nothing");
}

CAF_TEST(failures are reported) {
  CAF_CHECK_EQUAL(text_thrown_by(throws_text), "std::runtime_error: no luck");
  auto remote = text_thrown_by(throws_remote);
  CAF_CHECK(remote.find("Origin: LocalQueue('right')\n") == 0);
  CAF_CHECK(remote.find("TypeError: ") != std::string::npos);
  CAF_CHECK_EQUAL(text_thrown_by(waits_in_vain), stuck);
}

CAF_TEST(failures within the runner) {
  failing_test subject;
  auto text = aiomas::detail::run_co_test(subject);
  CAF_REQUIRE(text);
  CAF_CHECK_EQUAL(*text, "std::runtime_error: no luck");
}

AIOMAS_CO_TEST(a test without a fixture gets a fresh one) {
  auto agent = right.spawn<thermostat>();
  auto remote = co_await left.connect(agent.addr());
  CAF_CHECK_EQUAL(co_await remote.call<double>("get"), 20.0);
}
