#pragma once

/// What the suites of tasks share: an agent that waits, and one that lets it.
/// To be included after CAF_SUITE is defined.

#include "container_fixture.hpp"
#include "witness.hpp"

#include "caf/aiomas/reply.hpp"
#include "caf/aiomas/run.hpp"
#include "caf/aiomas/when.hpp"

#include <atomic>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace aiomas_test {

using wake_atom = atom_constant<atom("wake")>;

/// Owes answers until it is told to give them.
class slow_agent : public agent {
public:
  slow_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("wait", [this](std::string name) {
      auto result = make_promise<std::string>();
      waiting_[name].push_back(result);
      return result;
    });
    expose("release", [this](std::string name) {
      for (auto& x : std::exchange(waiting_[name], {}))
        x.deliver(name);
    });
    expose("waiting",
           [this](std::string name) { return waiting_[name].size(); });
    expose("add", [](int x, int y) { return x + y; });
    expose("fail", [] { throw std::invalid_argument("no such luck"); });
  }

private:
  std::map<std::string, std::vector<promise<std::string>>> waiting_;
};

inline behavior adder(event_based_actor*) {
  return {
    [](int x, int y) { return x + y; },
    [](int x) -> result<int, int> {
      return {x, -x};
    },
    [](wake_atom) {},
    [](const std::string&) -> result<int> { return sec::bad_function_call; },
  };
}

using typed_adder = typed_actor<replies_to<int, int>::with<int>>;

inline typed_adder::behavior_type make_typed_adder() {
  return {[](int x, int y) { return x + y; }};
}

class async_agent : public agent {
public:
  async_agent(actor_config& cfg, aiomas::container c, std::atomic<int>* alive,
              std::string slow)
    : agent(cfg, std::move(c)), alive_(alive), slow_(std::move(slow)) {
    expose("ask", &async_agent::ask);
    expose("local", &async_agent::local);
    expose("typed", &async_agent::typed);
    expose("fails", &async_agent::fails);
    expose("throws", [](std::string how) -> task<int> {
      if (how == "int")
        throw 42;
      if (how == "python")
        throw python_error("KeyError", "k");
      throw std::out_of_range("beyond");
      co_return 0;
    });
    expose("keeps",
           [text = std::string(100, 'x'),
            this](std::string name) -> task<std::string> {
             co_await ask(name);
             co_return text;
           });
    expose("replace", [this] { expose("keeps", [] { return 0; }); });
    expose("stop", [this] { quit(); });
    expose("sum", [this](int n) -> task<int> {
      auto result = 0;
      for (auto i = 0; i < n; ++i)
        result += co_await twice(i);
      co_return result;
    });
    expose("itself", [this](int x, int y) -> task<int> {
      auto me = co_await this->container().connect(addr());
      co_return co_await me.call<int>("plus", x, y);
    });
    expose("plus", [](int x, int y) { return x + y; });
  }

  task<std::string> ask(std::string name) {
    witness here{*alive_};
    auto remote = co_await container().connect(slow_);
    co_return co_await remote.call<std::string>("wait", name);
  }

  task<int> local(std::string what) {
    auto calc = home_system().spawn(adder);
    if (what == "int")
      co_return co_await reply<int>(request(calc, infinite, 3, 4));
    if (what == "tuple") {
      auto [x, y]
        = co_await reply<std::tuple<int, int>>(request(calc, infinite, 5));
      co_return x - y;
    }
    if (what == "void") {
      co_await reply<void>(request(calc, infinite, wake_atom::value));
      co_return 0;
    }
    if (what == "wrong type")
      co_await reply<std::string>(request(calc, infinite, 3, 4));
    co_return co_await reply<int>(request(calc, infinite, what));
  }

  task<int> typed(int x, int y) {
    auto calc = home_system().spawn(make_typed_adder);
    co_return co_await reply(request(calc, infinite, x, y));
  }

  task<void> fails() {
    auto remote = co_await container().connect(slow_);
    co_await remote.call<void>("fail");
  }

  static task<int> twice(int x) {
    co_return 2 * x;
  }

  task<std::string> both(std::string x, std::string y) {
    auto remote = co_await container().connect(slow_);
    auto [a, b] = co_await when_all(remote.call<std::string>("wait", x),
                                    remote.call<std::string>("wait", y));
    co_return a + b;
  }

  task<size_t> either(std::string x, std::string y) {
    witness here{*alive_};
    auto first = co_await when_any(ask(x), ask(y));
    co_return first.index();
  }

  task<std::string> in_time(std::string name, std::chrono::nanoseconds limit) {
    witness here{*alive_};
    co_return co_await ask(name).timeout(limit);
  }

  task<void> ask_for_ever(std::string name) {
    co_await ask(name);
  }

private:
  std::atomic<int>* alive_;
  std::string slow_;
};

struct task_fixture : container_fixture {
  ~task_fixture() {
    near = {};
    far = {};
    CAF_CHECK(eventually([this] { return alive == 0; }));
  }

  size_t waiting(const std::string& name) {
    return must(slow_proxy.call<size_t>("waiting", name));
  }

  bool will_wait(const std::string& name, size_t n = 1) {
    return eventually([&] { return waiting(name) == n; });
  }

  void release(const std::string& name) {
    must(slow_proxy.call<void>("release", name));
  }

  std::atomic<int> alive = 0;
  container near = make_container();
  container far = make_container();
  agent_handle<slow_agent> slow = far.spawn<slow_agent>();
  agent_handle<async_agent> subject
    = near.spawn<async_agent>(&alive, slow.addr());
  proxy slow_proxy = must(near.connect(slow.addr()));
  proxy subject_proxy = must(far.connect(subject.addr()));
};

} // namespace aiomas_test
