#define CAF_SUITE rpc

#include "fixture.hpp"

#include "caf/aiomas/rpc.hpp"

#include <atomic>
#include <optional>
#include <vector>

namespace {

struct counter : service {
  counter() : service("Counter") {
    expose("count", &counter::count);
  }

  int count(int by) {
    return total += by;
  }

  int total = 0;
};

struct calculator : service {
  calculator() : service("Calculator") {
    expose("sub", [](int x, int y) { return x - y; }, {"x", opt("y", 1)});
    expose("echo", [](value x) { return x; });
    expose("fail", [](std::string type, std::string text) {
      throw python_error(type, text);
    });
    expose("none", [] {});
    expose("counter", [this] { return inner.ref(); });
    expose("me", [this] { return list{to_value(ref()), "text"}; });
    expose("visit", [this](proxy who) { visitor.set(who); });
    expose("reflect", [](proxy who) { return who; });
    must(router().add("counters", middle));
    must(middle.router().add("first", inner));
  }

  counter inner;
  service middle{"Middle"};
  later<proxy> visitor;
};

struct fixture : system_fixture {
  std::shared_ptr<calculator> served = std::make_shared<calculator>();
  hosted_service hosted{sys, served};
  server srv = must(rpc::start_server(sys, any_port, hosted));

  rpc_client connect(hosted_service what = {}, options opts = {}) {
    return must(rpc::open_connection(sys, srv.address(), std::move(what),
                                     std::move(opts)));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(rpc_tests, fixture)

// -- calls --------------------------------------------------------------------

CAF_TEST(calling functions) {
  auto client = connect();
  auto remote = client.remote();
  CAF_CHECK_EQUAL(must(remote.call<int>("sub", 5, 3)), 2);
  CAF_CHECK_EQUAL(must(remote.call<int>("sub", 5)), 4);
  CAF_CHECK_EQUAL(must(remote.call<int>("sub", kw("y", 3), kw("x", 5))), 2);
  CAF_CHECK_EQUAL(must(remote.call("sub", 5, kw("y", 7))), value{-2});
  CAF_CHECK(must(remote.call("none")).is_null());
  must(remote.call<void>("none"));
  auto content = value{list{1, 2.5, "x", true, value{}, dict{{"a", list{}}}}};
  CAF_CHECK_EQUAL(must(remote.call("echo", content)), content);
}

CAF_TEST(calling functions of sub services) {
  auto client = connect();
  auto remote = client.remote();
  CAF_CHECK_EQUAL(must(remote.call<int>("counters/first/count", 2)), 2);
  CAF_CHECK_EQUAL(must(remote["counters"]["first"]["count"].call<int>(3)), 5);
  proxy first = remote["counters"]["first"];
  CAF_CHECK_EQUAL(first.path(), "counters/first");
  CAF_CHECK_EQUAL(must(first.call<int>("count", 4)), 9);
  CAF_CHECK_EQUAL(must(remote["sub"].call<int>(5, kw("y", 3))), 2);
}

CAF_TEST(calls that fail) {
  auto client = connect();
  auto remote = client.remote();
  CAF_CHECK_EQUAL(last_line(remote.call("nope")),
                  "LookupError: Name \"nope\" not found in \"\"");
  CAF_CHECK_EQUAL(last_line(remote.call("")),
                  "LookupError: Name \"\" not found in \"\"");
  CAF_CHECK_EQUAL(last_line(remote.call("counters/first/nope")),
                  "LookupError: Name \"nope\" not found in "
                  "\"counters/first\"");
  CAF_CHECK_EQUAL(last_line(remote.call("sub/x")),
                  "LookupError: Name \"x\" not found in \"sub\"");
  CAF_CHECK_EQUAL(last_line(remote.call("counters")),
                  "TypeError: 'Middle' object is not callable");
  CAF_CHECK_EQUAL(last_line(remote.call("sub", "x")),
                  "TypeError: sub() argument 'x': expected int, got str: "
                  "sub(x: int, y: int = 1)");
  CAF_CHECK_EQUAL(last_line(remote.call("fail", "KeyError", "'k'")),
                  "KeyError: 'k'");
  CAF_MESSAGE("all of them are remote exceptions");
  auto what = failure(remote.call("fail", "ValueError", "x"));
  CAF_CHECK_EQUAL(origin_of(what), "('127.0.0.1', "
                                     + std::to_string(srv.address().port())
                                     + ")");
  CAF_MESSAGE("the connection stays");
  CAF_CHECK_EQUAL(must(remote.call<int>("sub", 5, 3)), 2);
}

CAF_TEST(results of another type) {
  auto client = connect();
  auto remote = client.remote();
  auto what = failure(remote.call<int>("echo", "text"));
  CAF_CHECK_EQUAL(describe(what), "type_error: expected int, got str");
  what = failure(remote.call<proxy>("echo", 1));
  CAF_CHECK_EQUAL(describe(what), "type_error: expected a proxy, got int");
  CAF_MESSAGE("and in actors");
  later<expected<int>> result;
  run_in_actor([&](event_based_actor* self) {
    pass_on(self, remote.call<int>("echo", 1.5), result);
  });
  CAF_CHECK_EQUAL(describe(result.get().error()),
                  "type_error: expected int, got float");
}

CAF_TEST(all clients share a service) {
  auto first = connect();
  auto second = connect();
  auto count = [](const rpc_client& who) {
    return must(who.remote().call<int>("counters/first/count", 1));
  };
  CAF_CHECK_EQUAL(count(first), 1);
  CAF_CHECK_EQUAL(count(second), 2);
  first.close();
  CAF_CHECK_EQUAL(count(second), 3);
}

CAF_TEST(a call that takes too long) {
  auto [near, far] = connect_channels();
  rpc_client client{near};
  auto what = failure(client.remote().call("slow").get(1ms));
  CAF_CHECK_EQUAL(code_of(what), errc::timeout);
  later<errc> seen;
  run_in_actor([&](event_based_actor* self) {
    client.remote().call("slow").timeout(1ms).then(
      self, [](value) {}, [&](error& x) { seen.set(code_of(x)); });
  });
  CAF_CHECK_EQUAL(seen.get(), errc::timeout);
}

CAF_TEST(a deadline for all calls of a connection) {
  channel_server silent{sys};
  options opts;
  opts.call_timeout = 10ms;
  auto client = must(rpc::open_connection(sys, silent.where(), {}, opts));
  auto far = silent.next();
  CAF_MESSAGE("a call may have its own");
  auto patient = begin(client.remote().call<int>("slow"));
  later<errc> seen;
  client.remote().call("slow").notify(
    [seen](expected<value> x) { seen.set(code_of(x.error())); });
  CAF_CHECK_EQUAL(seen.get(), errc::timeout);
  must(far.recv()).reply(1);
  CAF_CHECK_EQUAL(must(patient.get()), 1);
}

// -- callbacks ----------------------------------------------------------------

CAF_TEST(the server calls its client) {
  later<expected<int>> result;
  auto calling = must(rpc::start_server(
    sys, any_port, hosted,
    [result](event_based_actor* self, rpc_client client) {
      pass_on(self, client.remote().call<int>("count", 7), result);
    }));
  auto client = must(rpc::open_connection(sys, calling.address(),
                                          hosted_service::make<counter>(sys)));
  CAF_CHECK_EQUAL(must(result.get()), 7);
}

CAF_TEST(a client without a service) {
  later<rpc_client> welcomed;
  auto welcoming = must(rpc::start_server(
    sys, any_port, {},
    [=](event_based_actor*, rpc_client client) { welcomed.set(client); }));
  auto client = must(rpc::open_connection(sys, welcoming.address()));
  CAF_CHECK_EQUAL(last_line(welcomed.get().remote().call("a/b")),
                  "LookupError: Name \"a\" not found in \"\"");
  CAF_MESSAGE("this server has none, either");
  CAF_CHECK_EQUAL(last_line(client.remote().call("x")),
                  "LookupError: Name \"x\" not found in \"\"");
}

CAF_TEST(clients are served after they were welcomed) {
  later<bool> gone;
  auto welcoming = must(rpc::start_server(
    sys, any_port, hosted, [=](event_based_actor* self, rpc_client) {
      self->attach_functor([gone](const error&) { gone.set(true); });
    }));
  auto client = must(rpc::open_connection(sys, welcoming.address()));
  CAF_CHECK(gone.get());
  CAF_CHECK_EQUAL(must(client.remote().call<int>("sub", 5, 3)), 2);
}

CAF_TEST(functions that call their caller) {
  struct caller : service {
    caller() {
      expose("twice", [this](proxy who, int x) {
        auto result = make_promise<int>();
        who.call<int>("count", x)
          .then(
            self(),
            [=, this](int) {
              who.call<int>("count", x)
                .then(
                  self(), [result](int y) { result.deliver(y); }, result);
            },
            result);
        return result;
      });
    }
  };
  auto calling
    = must(rpc::start_server(sys, any_port, hosted_service::make<caller>(sys)));
  auto mine = std::make_shared<counter>();
  auto client = must(
    rpc::open_connection(sys, calling.address(), hosted_service{sys, mine}));
  CAF_CHECK_EQUAL(must(client.remote().call<int>("twice", mine->ref(), 2)), 4);
  CAF_CHECK_EQUAL(last_line(client.remote().call("twice", mine->ref(), "x")),
                  "TypeError: twice() argument 2: expected int, got str: "
                  "twice(object, int)");
}

CAF_TEST(services as arguments) {
  auto mine = std::make_shared<calculator>();
  auto client = connect({sys, mine});
  must(client.remote().call<void>("visit", mine->inner.ref()));
  auto visitor = served->visitor.get();
  CAF_CHECK_EQUAL(visitor.path(), "counters/first");
  CAF_CHECK_EQUAL(visitor.class_name(), "");
  CAF_CHECK_EQUAL(must(visitor.call<int>("count", 3)), 3);
  CAF_CHECK_EQUAL(mine->inner.total, 3);
  CAF_CHECK_EQUAL(served->inner.total, 0);
}

CAF_TEST(services as results) {
  auto client = connect();
  auto remote = client.remote();
  auto first = must(remote.call<proxy>("counter"));
  CAF_CHECK_EQUAL(first.path(), "counters/first");
  CAF_CHECK_EQUAL(must(first.call<int>("count", 3)), 3);
  CAF_CHECK(first == proxy(remote["counters"]["first"]));
  CAF_MESSAGE("a root service has no path");
  auto me = must(remote.call<std::pair<proxy, std::string>>("me"));
  CAF_CHECK_EQUAL(me.first.path(), "");
  CAF_CHECK(me.first == remote);
  CAF_CHECK_EQUAL(must(me.first.call<int>("sub", 3)), 2);
}

CAF_TEST(services that the peer cannot reach) {
  auto mine = std::make_shared<counter>();
  hosted_service hosted_elsewhere{sys, mine};
  auto without_any = connect();
  auto what = failure(without_any.remote().call("echo", mine->ref()));
  CAF_CHECK_EQUAL(code_of(what), errc::serialization_error);
  CAF_CHECK(text_of(what).find("No RPC service running for this side of the "
                               "connection.")
            != std::string::npos);
  auto with_another = connect(hosted_service::make<counter>(sys));
  what = failure(with_another.remote().call("echo", mine->ref()));
  CAF_CHECK_EQUAL(code_of(what), errc::serialization_error);
  CAF_CHECK(text_of(what).find("is not exposed for this connection")
            != std::string::npos);
}

CAF_TEST(proxies cannot be sent on) {
  auto mine = std::make_shared<counter>();
  auto client = connect({sys, mine});
  auto remote = client.remote();
  auto what = failure(remote.call("echo", remote));
  CAF_CHECK_EQUAL(code_of(what), errc::serialization_error);
  CAF_CHECK(text_of(what).find("Pass the URL of the agent instead")
            != std::string::npos);
  CAF_MESSAGE("nor be returned");
  auto line = last_line(remote.call("reflect", mine->ref()));
  CAF_CHECK(line.starts_with("aiomas.exceptions.SerializationError: "));
  CAF_MESSAGE("the connection stays");
  CAF_CHECK_EQUAL(must(remote.call<int>("sub", 3)), 2);
}

CAF_TEST(a service that keeps a proxy of its peer goes all the same) {
  auto mine = std::make_shared<calculator>();
  {
    auto client = connect({sys, mine});
    must(client.remote().call<void>("visit", mine->inner.ref()));
    CAF_CHECK(served->visitor.get().connected());
  }
  srv.close();
  std::weak_ptr<calculator> last{served};
  served = nullptr;
  srv = {};
  hosted = {};
  CAF_CHECK(eventually([&] { return last.expired(); }));
}

// -- proxies ------------------------------------------------------------------

CAF_TEST(properties of proxies) {
  auto client = connect();
  auto remote = client.remote();
  auto port = std::to_string(srv.address().port());
  CAF_CHECK(remote);
  CAF_CHECK(remote.connected());
  CAF_CHECK_EQUAL(remote.path(), "");
  CAF_CHECK_EQUAL(remote.url(), "");
  CAF_CHECK_EQUAL(to_string(remote), "Proxy(('127.0.0.1', " + port + "), '')");
  CAF_CHECK_EQUAL(to_string(proxy(remote["a"]["b"])),
                  "Proxy(('127.0.0.1', " + port + "), 'a/b')");
  CAF_CHECK(remote == client.remote());
  CAF_CHECK(!(remote == proxy(remote["a"])));
  CAF_CHECK(!(remote == connect().remote()));
  CAF_CHECK(!(remote == proxy{}));
  CAF_CHECK(proxy{} == proxy{});
  CAF_CHECK(!proxy{});
  CAF_CHECK(!proxy{}.connected());
  CAF_CHECK_EQUAL(proxy{}.path(), "");
}

CAF_TEST_FIXTURE_SCOPE_END()
