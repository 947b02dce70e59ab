#define CAF_SUITE remote_actor

#include "container_fixture.hpp"

#include <string>

namespace {

struct fixture : container_fixture {
  container near = make_container();
  container far = make_container();
  agent_ref target = far.spawn<echo_agent>();
  proxy remote = must(near.connect(target.addr()));
  scoped_actor self{sys};

  /// Sends a request and renders its end.
  template <class T>
  std::string ask(const actor& what, T content) {
    return end(self->request(what, patience, std::move(content)));
  }

  template <class Handle>
  std::string end(Handle call) {
    std::string result;
    call.receive([&](value& x) { result = to_string(x); },
                 [&](error& x) {
                   result = code_of(x) == errc::remote_exception ? last_line(x)
                                                                 : describe(x);
                 });
    return result;
  }

  /// Waits for a `down_msg` of `what` and renders its reason.
  std::string down(const actor& what) {
    std::string result = "nothing";
    self->receive(
      [&](const down_msg& x) {
        result = x.source == what ? describe(x.reason) : "another source";
      },
      after(patience) >> [] {});
    return result;
  }
};

constexpr auto closed_by_peer = "connection_closed: Connection closed by peer";

} // namespace

CAF_TEST_FIXTURE_SCOPE(remote_actor_tests, fixture)

// -- requests -----------------------------------------------------------------

CAF_TEST(requests are calls) {
  auto hdl = remote.as_actor();
  CAF_CHECK_EQUAL(ask(hdl, invocation("service", "x")), "'x'");
  CAF_CHECK_EQUAL(ask(hdl, invocation("add", 1, kw("y", 2))), "3");
  CAF_MESSAGE("an event-based actor sends them, too");
  later<std::string> seen;
  run_in_actor([=](event_based_actor* who) {
    who->request(hdl, infinite, invocation{"add", 1, 2}).then([=](value& x) {
      seen.set(to_string(x));
    });
  });
  CAF_CHECK_EQUAL(seen.get(), "3");
}

CAF_TEST(requests that fail) {
  auto hdl = remote.as_actor();
  CAF_CHECK_EQUAL(ask(hdl, invocation{"fail", "x"}), "ValueError: x");
  CAF_CHECK_EQUAL(ask(hdl, invocation{"nope"}),
                  "LookupError: Name \"nope\" not found in \"agents/0\"");
  CAF_CHECK_EQUAL(ask(hdl, invocation{}),
                  "TypeError: 'Echo' object is not callable");
  auto text = ask(hdl, invocation{"service", byte_buffer(1)});
  CAF_CHECK(text.starts_with("serialization_error: "));
  CAF_MESSAGE("the actor lives on");
  CAF_CHECK_EQUAL(ask(hdl, invocation{"add", 1, 2}), "3");
}

CAF_TEST(requests with a deadline) {
  invocation call{"never"};
  call.timeout = 1ms;
  CAF_CHECK_EQUAL(ask(remote.as_actor(), call).substr(0, 9), "timeout: ");
}

CAF_TEST(messages that are no calls) {
  auto hdl = remote.as_actor();
  anon_send(hdl, 42);
  CAF_CHECK(ask(hdl, 42).find("unexpected_message") != std::string::npos);
  CAF_CHECK_EQUAL(ask(hdl, invocation{"add", 1, 2}), "3");
}

CAF_TEST(calls whose result nobody wants) {
  auto hdl = remote.as_actor();
  anon_send(hdl, invocation{"never"});
  self->send(hdl, invocation{"never"});
  CAF_CHECK_EQUAL(ask(hdl, invocation{"owed"}), "2");
}

CAF_TEST(delegating to a remote agent) {
  auto hdl = remote.as_actor();
  auto delegating = sys.spawn([hdl](event_based_actor* who) -> behavior {
    return {
      [=](int x) {
        return who->delegate(hdl, invocation{"add", x, 5});
      },
      [=](const std::string& x) {
        return who->delegate(hdl, invocation{"fail", x});
      },
    };
  });
  CAF_CHECK_EQUAL(ask(delegating, 1), "6");
  CAF_CHECK_EQUAL(ask(delegating, std::string{"x"}), "ValueError: x");
}

CAF_TEST(sending without a reply) {
  auto hdl = remote.as_actor();
  later<bool> got;
  auto sending = run_in_actor([=](event_based_actor* who) {
    // Whatever came back would end it or be printed.
    who->set_default_handler([=](scheduled_actor*, message_view&) {
      got.set(true);
      return caf::result<message>{sec::unexpected_message};
    });
    who->send(hdl, invocation{"service", 1});
    who->send(hdl, invocation{"fail", "x"});
    who->send(hdl, invocation{"nope"});
    who->send(hdl, invocation{"service", byte_buffer(1)});
    who->send(hdl, 42);
    who->become([](int) {});
  });
  CAF_CHECK_EQUAL(ask(hdl, invocation{"service", 2}), "2");
  CAF_CHECK_EQUAL(ask(hdl, invocation{"service", 3}), "3");
  CAF_CHECK(!got.ready(10ms));
  CAF_MESSAGE("also when the connection is gone");
  must(far.shutdown());
  anon_send(hdl, invocation{"service", 1});
  self->send(hdl, invocation{"service", 1});
  self->monitor(hdl);
  CAF_CHECK_NOT_EQUAL(down(hdl), "nothing");
  anon_send(hdl, invocation{"service", 1});
  self->send(hdl, invocation{"service", 1});
  CAF_CHECK(self->mailbox().empty());
  anon_send_exit(sending, exit_reason::user_shutdown);
}

CAF_TEST(delegating keeps the place in the chain) {
  auto hdl = remote.as_actor();
  CAF_MESSAGE("a promise of another actor");
  auto promising = sys.spawn([hdl](event_based_actor* who) -> behavior {
    return {[=](int x) {
      auto promise = who->make_response_promise();
      promise.delegate(hdl, invocation{"add", x, 1});
      return promise;
    }};
  });
  CAF_CHECK_EQUAL(ask(promising, 1), "2");
  CAF_MESSAGE("to a connection that is lost");
  must(far.shutdown());
  auto text = ask(promising, 1);
  CAF_CHECK(text.starts_with("connection_closed: "));
}

// -- handles ------------------------------------------------------------------

CAF_TEST(handles of one object are equal) {
  auto hdl = remote.as_actor();
  CAF_CHECK(hdl == remote.as_actor());
  CAF_CHECK(hdl == must(near.connect(target.addr())).as_actor());
  proxy below = remote["below"];
  CAF_CHECK(hdl != below.as_actor());
  CAF_CHECK(below.as_actor() == proxy(remote["below"]).as_actor());
  auto other = make_container();
  CAF_CHECK(hdl != must(other.connect(target.addr())).as_actor());
}

CAF_TEST(a handle outlives its proxy) {
  auto hdl = remote.as_actor();
  remote = {};
  CAF_CHECK_EQUAL(ask(hdl, invocation{"add", 1, 2}), "3");
  CAF_MESSAGE("and a call outlives the handle");
  auto call = self->request(hdl, patience, invocation{"service", 1});
  hdl = {};
  CAF_CHECK_EQUAL(end(std::move(call)), "1");
}

CAF_TEST(many handles) {
  for (auto i = 0; i < 100; ++i) {
    proxy below = remote["x" + std::to_string(i)];
    CAF_CHECK(below.as_actor());
  }
  CAF_CHECK_EQUAL(ask(remote.as_actor(), invocation{"add", 1, 2}), "3");
}

CAF_TEST(parameters of type actor) {
  auto asking = near.spawn([](agent_ptr who) {
    return agent_behavior{expose("ask", [who](actor whom) {
      auto result = who->make_promise();
      who->request(whom, infinite, invocation{"add", 1, 2})
        .then([result](value& x) { result.deliver(std::move(x)); });
      return result;
    })};
  });
  CAF_MESSAGE("an agent of the same container is called without a detour");
  auto url = asking.addr();
  CAF_CHECK_EQUAL(must(must(far.connect(url)).call("ask", target)), value{3});
  CAF_CHECK_EQUAL(ask(asking.as_actor(), invocation{"ask", target}), "3");
}

// -- the end of the connection ------------------------------------------------

CAF_TEST(monitors see the connection go) {
  auto hdl = remote.as_actor();
  self->monitor(hdl);
  must(far.shutdown());
  CAF_CHECK_EQUAL(down(hdl), closed_by_peer);
  CAF_MESSAGE("at once if it is gone");
  self->monitor(hdl);
  CAF_CHECK_NOT_EQUAL(down(hdl), "nothing");
  auto late = remote.as_actor();
  self->monitor(late);
  CAF_CHECK_NOT_EQUAL(down(late), "nothing");
}

CAF_TEST(monitors see our own shutdown) {
  auto hdl = remote.as_actor();
  self->monitor(hdl);
  must(near.shutdown());
  CAF_CHECK_EQUAL(down(hdl), "connection_closed: Connection closed");
}

CAF_TEST(linked actors go with the connection) {
  auto hdl = remote.as_actor();
  later<bool> linked;
  later<std::string> seen;
  auto trapping = sys.spawn([=](event_based_actor* who) -> behavior {
    who->set_exit_handler([=](exit_msg& x) {
      if (x.source == hdl)
        seen.set(describe(x.reason));
      who->quit();
    });
    who->link_to(hdl);
    linked.set(true);
    return {[](int) {}};
  });
  auto other = sys.spawn([=](event_based_actor* who) -> behavior {
    who->link_to(hdl);
    return {[](int x) { return x; }};
  });
  linked.get();
  auto ready = false;
  self->request(other, patience, 1)
    .receive([&](int) { ready = true; }, [](error&) {});
  CAF_CHECK(ready);
  must(far.shutdown());
  CAF_CHECK_EQUAL(seen.get(), closed_by_peer);
  CAF_CHECK(ends(trapping));
  CAF_CHECK(ends(other));
}

CAF_TEST(a linked actor that ends goes alone) {
  auto hdl = remote.as_actor();
  self->monitor(hdl);
  later<bool> linked;
  auto leaving = sys.spawn([=](event_based_actor* who) -> behavior {
    who->link_to(hdl);
    return {[=](int) {
      linked.set(true);
      who->quit(exit_reason::user_shutdown);
    }};
  });
  auto staying = sys.spawn([=](event_based_actor* who) -> behavior {
    who->link_to(hdl);
    return {[](int x) { return x; }};
  });
  anon_send(leaving, 1);
  linked.get();
  CAF_CHECK(ends(leaving));
  CAF_CHECK_EQUAL(ask(hdl, invocation{"add", 1, 2}), "3");
  CAF_CHECK(hdl == remote.as_actor());
  CAF_CHECK(self->mailbox().empty());
  must(far.shutdown());
  CAF_CHECK_EQUAL(down(hdl), closed_by_peer);
  CAF_CHECK(ends(staying));
}

CAF_TEST(actors that look away in time) {
  auto hdl = remote.as_actor();
  later<bool> ready;
  auto free = sys.spawn([=](event_based_actor* who) -> behavior {
    who->set_down_handler([=](down_msg&) { who->quit(); });
    who->monitor(hdl);
    who->link_to(hdl);
    who->demonitor(hdl);
    who->unlink_from(hdl);
    ready.set(true);
    return {[](int x) { return value{x}; }};
  });
  ready.get();
  self->monitor(hdl);
  self->demonitor(hdl);
  must(far.shutdown());
  CAF_CHECK(eventually([&] {
    return ask(hdl, invocation{"add", 1, 2}).starts_with("connection_closed");
  }));
  CAF_CHECK_EQUAL(ask(free, 1), "1");
  CAF_CHECK(self->mailbox().empty());
  anon_send_exit(free, exit_reason::user_shutdown);
}

CAF_TEST(linking to a connection that is gone) {
  auto hdl = remote.as_actor();
  must(far.shutdown());
  self->monitor(hdl);
  CAF_CHECK_EQUAL(down(hdl), closed_by_peer);
  auto linking = sys.spawn([=](event_based_actor* who) -> behavior {
    who->link_to(hdl);
    return {[](int) {}};
  });
  CAF_CHECK(ends(linking));
}

CAF_TEST(requests after the end) {
  auto hdl = remote.as_actor();
  auto call = self->request(hdl, patience, invocation{"never"});
  CAF_CHECK_EQUAL(ask(hdl, invocation{"owed"}), "1");
  must(far.shutdown());
  auto text = end(std::move(call));
  CAF_CHECK(text == closed_by_peer
            || text == "RuntimeError: the call ended without a result");
  self->monitor(hdl);
  CAF_CHECK_NOT_EQUAL(down(hdl), "nothing");
  text = ask(hdl, invocation{"add", 1, 2});
  CAF_CHECK(text.starts_with("connection_closed: "));
  text = ask(remote.as_actor(), invocation{"add", 1, 2});
  CAF_CHECK(text.starts_with("connection_closed: "));
}

CAF_TEST(a handle that was sent an exit message) {
  auto hdl = remote.as_actor();
  self->monitor(hdl);
  anon_send_exit(hdl, exit_reason::user_shutdown);
  CAF_CHECK_NOT_EQUAL(down(hdl), "nothing");
  CAF_MESSAGE("the agent and the connection are not affected");
  CAF_CHECK_EQUAL(must(remote.call("add", 1, 2)), value{3});
  CAF_MESSAGE("a new handle works, even while somebody holds the old one");
  CAF_CHECK_EQUAL(ask(remote.as_actor(), invocation{"add", 1, 2}), "3");
}

CAF_TEST_FIXTURE_SCOPE_END()
