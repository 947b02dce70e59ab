#define CAF_SUITE agent

#include "container_fixture.hpp"

#include <memory>
#include <stdexcept>
#include <type_traits>

using become_atom = atom_constant<atom("become")>;
using ping_atom = atom_constant<atom("ping")>;

namespace {

/// Has no name but that of its type.
class plain_agent : public agent {
public:
  using agent::agent;
};

/// Has a behavior beside its functions.
class changing_agent : public agent {
public:
  changing_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("state", [this] { return state_; });
  }

  behavior make_behavior() override {
    return {
      [](ping_atom) { return "first"; },
      [this](become_atom) {
        state_ = "second";
        become([](ping_atom) { return "second"; });
      },
    };
  }

private:
  std::string state_ = "first";
};

class pinger : public service {
public:
  pinger() : service("Sub") {
    expose("ping", [](value x) { return list{"pong", x}; }, {"x"});
  }
};

/// Knows others, and tells of them.
class knowing_agent : public agent {
public:
  knowing_agent(actor_config& cfg, aiomas::container c,
                std::vector<agent_ref> others)
    : agent(cfg, std::move(c)), others_(std::move(others)) {
    expose("others", [this] { return others_; });
    expose("me", [this] { return ref(); });
    expose("below", [this] { return sub_.ref(); });
    expose("sub", sub_);
    expose("call", [this](actor who, std::string what, value x) {
      auto result = make_promise();
      request(who, infinite, invocation{what, x})
        .then([result](value& y) { result.deliver(std::move(y)); },
              [result](error& reason) { result.fail(std::move(reason)); });
      return result;
    });
  }

private:
  std::vector<agent_ref> others_;
  pinger sub_;
};

struct fixture : container_fixture {
  container near = make_container();
  container far = make_container();
  scoped_actor self{sys};

  proxy connect(const agent_ref& what) {
    return must(near.connect(what.addr()));
  }

  /// Sends `content` to `what` and renders its reply.
  template <class T>
  std::string ask(const agent_ref& what, T content) {
    using reply = std::conditional_t<std::is_same_v<T, int>, int, std::string>;
    std::string result;
    self->request(what.as_actor(), patience, content)
      .receive([&](reply& x) { result = deep_to_string(x); },
               [&](error& x) { result = describe(x); });
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(agent_tests, fixture)

// -- names --------------------------------------------------------------------

CAF_TEST(class names) {
  auto class_name
    = [this](const agent_ref& what) { return connect(what).class_name(); };
  CAF_CHECK_EQUAL(class_name(far.spawn<echo_agent>()), "Echo");
  CAF_CHECK_EQUAL(class_name(far.spawn<plain_agent>()), "plain_agent");
  auto f = [](agent_ptr who) {
    return agent_behavior{expose("text", [who] { return to_string(*who); })};
  };
  auto named = far.spawn("Callee", f);
  CAF_CHECK_EQUAL(class_name(named), "Callee");
  CAF_CHECK_EQUAL(must(connect(named).call<std::string>("text")),
                  "Callee('" + named.addr() + "')");
  auto unnamed = far.spawn(f);
  CAF_CHECK_EQUAL(class_name(unnamed), "Agent");
  CAF_CHECK_EQUAL(must(connect(unnamed).call<std::string>("text")),
                  "Agent('" + unnamed.addr() + "')");
}

// -- function-based agents ----------------------------------------------------

CAF_TEST(functions beside handlers) {
  auto a = far.spawn(
    "Mixed",
    [](agent_ptr, int start) {
      auto count = std::make_shared<int>(start);
      return agent_behavior{
        expose("count", [count] { return *count; }),
        [count](int by) { return *count += by; },
        expose("reset", [count] { *count = 0; }),
        [](ping_atom) { return "pong"; },
      };
    },
    5);
  auto remote = connect(a);
  CAF_CHECK_EQUAL(must(remote.call<int>("count")), 5);
  CAF_CHECK_EQUAL(ask(a, 2), "7");
  CAF_CHECK_EQUAL(must(remote.call<int>("count")), 7);
  CAF_CHECK_EQUAL(ask(a, ping_atom::value), "\"pong\"");
  must(remote.call<void>("reset"));
  CAF_CHECK_EQUAL(must(remote.call<int>("count")), 0);
}

CAF_TEST(agents with functions only live on) {
  auto a = far.spawn(
    [](agent_ptr) { return agent_behavior{expose("f", [] { return 1; })}; });
  auto remote = connect(a);
  for (auto i = 0; i < 3; ++i)
    CAF_CHECK_EQUAL(must(remote.call<int>("f")), 1);
  CAF_CHECK(connect(far.spawn<plain_agent>()));
}

CAF_TEST(agents with handlers only) {
  auto a = far.spawn(
    [](agent_ptr) { return agent_behavior{[](int x) { return x + 1; }}; });
  CAF_CHECK_EQUAL(ask(a, 1), "2");
  CAF_CHECK_EQUAL(last_line(connect(a).call("f")),
                  "LookupError: Name \"f\" not found in \"agents/0\"");
}

// -- behaviors ----------------------------------------------------------------

CAF_TEST(agents that change their behavior keep their functions) {
  auto a = far.spawn<changing_agent>();
  auto remote = connect(a);
  CAF_CHECK_EQUAL(ask(a, ping_atom::value), "\"first\"");
  CAF_CHECK_EQUAL(must(remote.call<std::string>("state")), "first");
  anon_send(a.as_actor(), become_atom::value);
  CAF_CHECK_EQUAL(ask(a, ping_atom::value), "\"second\"");
  CAF_CHECK_EQUAL(must(remote.call<std::string>("state")), "second");
}

CAF_TEST(default handlers get what is left) {
  auto a = far.spawn([](agent_ptr who) {
    who->set_default_handler(drop);
    return agent_behavior{
      expose("f", [] { return 1; }),
      expose("change", [who] { who->set_default_handler(reflect_and_quit); }),
    };
  });
  auto remote = connect(a);
  CAF_CHECK(ask(a, 1).find("unexpected_message") != std::string::npos);
  CAF_CHECK_EQUAL(must(remote.call<int>("f")), 1);
  must(remote.call<void>("change"));
  CAF_CHECK_EQUAL(must(remote.call<int>("f")), 1);
  CAF_CHECK_EQUAL(ask(a, 7), "7");
  CAF_CHECK(ends(a));
}

CAF_TEST(exceptions do not end an agent) {
  auto a = far.spawn([](agent_ptr) {
    return agent_behavior{
      expose("fail",
             [](int x) -> int {
               if (x == 0)
                 throw std::out_of_range("x");
               throw x;
             }),
      expose("f", [] { return 1; }),
    };
  });
  auto remote = connect(a);
  CAF_CHECK_EQUAL(last_line(remote.call("fail", 0)), "IndexError: x");
  CAF_CHECK_EQUAL(last_line(remote.call("fail", 1)),
                  "Exception: an exception of unknown type");
  CAF_CHECK_EQUAL(must(remote.call<int>("f")), 1);
}

CAF_TEST(functions can be added and replaced) {
  auto a = far.spawn([](agent_ptr who) {
    return agent_behavior{
      expose("add", [who](int x) { who->expose("added", [x] { return x; }); })};
  });
  auto remote = connect(a);
  CAF_CHECK_EQUAL(last_line(remote.call("added")),
                  "LookupError: Name \"added\" not found in \"agents/0\"");
  must(remote.call("add", 1));
  CAF_CHECK_EQUAL(must(remote.call<int>("added")), 1);
  must(remote.call("add", 2));
  CAF_CHECK_EQUAL(must(remote.call<int>("added")), 2);
}

// -- services and agents in messages ------------------------------------------

CAF_TEST(sub services) {
  auto remote = connect(far.spawn<knowing_agent>(std::vector<agent_ref>{}));
  auto pong = value{list{"pong", 1}};
  CAF_CHECK_EQUAL(must(remote.call("sub/ping", 1)), pong);
  CAF_CHECK_EQUAL(must(remote["sub"]["ping"].call(kw("x", 1))), pong);
  auto below = must(remote.call<proxy>("below"));
  CAF_CHECK_EQUAL(below.path(), "agents/0/sub");
  CAF_CHECK_EQUAL(must(below.call("ping", 1)), pong);
  CAF_CHECK_EQUAL(last_line(remote.call("sub")),
                  "TypeError: 'Sub' object is not callable");
  CAF_CHECK_EQUAL(last_line(remote.call("sub/nope")),
                  "LookupError: Name \"nope\" not found in \"agents/0/sub\"");
}

CAF_TEST(agents arrive as proxies) {
  std::vector<agent_ref> others{far.spawn<echo_agent>(),
                                far.spawn<echo_agent>()};
  auto remote = connect(far.spawn<knowing_agent>(others));
  auto proxies = must(remote.call<std::vector<proxy>>("others"));
  CAF_REQUIRE_EQUAL(proxies.size(), 2u);
  CAF_CHECK_EQUAL(proxies[0].path(), "agents/0");
  CAF_CHECK_EQUAL(proxies[1].path(), "agents/1");
  CAF_CHECK(proxies[1] == connect(others[1]));
  CAF_CHECK_EQUAL(must(proxies[1].call<int>("add", 1, 2)), 3);
  CAF_CHECK(must(remote.call<proxy>("me")) == remote);
}

CAF_TEST(agents as arguments are called back) {
  auto mine = near.spawn<echo_agent>();
  auto remote = connect(far.spawn<knowing_agent>(std::vector<agent_ref>{}));
  CAF_CHECK_EQUAL(must(remote.call("call", mine, "service", "x")), value{"x"});
  CAF_CHECK_EQUAL(must(remote.call("call", mine.as_actor(), "service", 2)),
                  value{2});
  auto line = last_line(remote.call("call", mine, "fail", "oops"));
  CAF_CHECK_EQUAL(line, "ValueError: oops");
}

CAF_TEST(agents that the peer cannot reach) {
  auto mine = near.spawn<echo_agent>();
  auto elsewhere = make_container();
  auto remote = connect(far.spawn<knowing_agent>(std::vector<agent_ref>{}));
  auto fails = [&](auto x) {
    auto what = failure(remote.call("call", x, "service", 1));
    return code_of(what) == errc::serialization_error;
  };
  CAF_MESSAGE("agents of another container, plain actors, proxies");
  CAF_CHECK(fails(elsewhere.spawn<echo_agent>()));
  CAF_CHECK(fails(actor{self}));
  CAF_CHECK(fails(remote));
  CAF_MESSAGE("agents that have ended");
  stop(near, mine, "0");
  CAF_CHECK(fails(mine));
  CAF_MESSAGE("what is no agent");
  CAF_CHECK_EQUAL(last_line(remote.call("call", 1, "service", 1)),
                  "TypeError: call() argument 1: expected an agent, got int: "
                  "call(object, str, object)");
}

CAF_TEST_FIXTURE_SCOPE_END()
