#define CAF_SUITE container_connect

#include "container_fixture.hpp"

#include "caf/aiomas/agent_url.hpp"

#include <atomic>
#include <vector>

namespace {

/// What answers `validate_aid` like a container, and counts what it is asked.
class fake_container {
public:
  explicit fake_container(actor_system& sys)
    : srv_(must(channel::start_server(
      sys, any_port, [counts = counts_](event_based_actor* self, channel ch) {
        ++counts->connections;
        answer(self, ch, counts);
      }))) {
    // nop
  }

  std::string url(int aid) const {
    return to_string(srv_.address()) + "/" + std::to_string(aid);
  }

  const address& where() const {
    return srv_.address();
  }

  int connections() const {
    return counts_->connections;
  }

  int validations() const {
    return counts_->validations;
  }

private:
  struct data {
    std::atomic<int> connections = 0;
    std::atomic<int> validations = 0;
  };

  static void answer(event_based_actor* self, channel ch,
                     std::shared_ptr<data> counts) {
    ch.recv().then(
      self,
      [=](request req) {
        ++counts->validations;
        req.reply("Fake");
        answer(self, ch, counts);
      },
      [](error&) {});
  }

  std::shared_ptr<data> counts_ = std::make_shared<data>();
  server srv_;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(connect_tests, container_fixture)

// -- proxies ------------------------------------------------------------------

CAF_TEST(connecting to agents of another container) {
  auto near = make_container();
  auto far = make_container();
  auto a = far.spawn<echo_agent>();
  auto b = far.spawn<echo_agent>();
  auto remote = must(near.connect(b.addr()));
  CAF_CHECK(remote.connected());
  CAF_CHECK_EQUAL(remote.path(), "agents/1");
  CAF_CHECK_EQUAL(remote.url(), b.addr());
  CAF_CHECK_EQUAL(remote.class_name(), "Echo");
  CAF_CHECK_EQUAL(to_string(remote), "EchoProxy('" + b.addr() + "')");
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1)), 11);
  CAF_CHECK_EQUAL(must(remote.call<std::string>("text")),
                  "Echo('" + b.addr() + "')");
  CAF_CHECK_EQUAL(last_line(remote.call("fail", "x")), "ValueError: x");
  CAF_CHECK_EQUAL(origin_of(failure(remote.call("fail", "x"))),
                  "('127.0.0.1', " + std::to_string(far.address().port())
                    + ")");
  CAF_CHECK(!(remote == must(near.connect(a.addr()))));
}

CAF_TEST(a container connects to itself) {
  auto c = make_container();
  auto a = c.spawn<echo_agent>();
  auto remote = must(c.connect(a.addr()));
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
  CAF_CHECK_EQUAL(to_string(remote), "EchoProxy('" + a.addr() + "')");
}

CAF_TEST(connecting in an agent) {
  auto c = make_container();
  auto target = c.spawn<echo_agent>();
  auto caller = c.spawn([url = target.addr()](agent_ptr self) {
    return agent_behavior{expose("pass", [=](value x) {
      auto result = self->make_promise();
      self->container().connect(url).then(
        self,
        [=](proxy remote) {
          remote.call("service", x)
            .then(
              self, [result](value y) { result.deliver(y); }, result);
        },
        result);
      return result;
    })};
  });
  auto remote = must(c.connect(caller.addr()));
  CAF_CHECK_EQUAL(must(remote.call("pass", "x")), value{"x"});
}

CAF_TEST(URLs that cannot be parsed) {
  auto c = make_container();
  for (auto url :
       {"", "tcp://localhost:5555", "tcp://localhost:5555/", "localhost:5555/0",
        "tcp://localhost:x/0", "tcp://localhost:65536/0",
        "http://localhost:1/0", "tcp://:1/0", "ipc://a/0", "local://q"}) {
    auto what = failure(c.connect(url));
    CAF_CHECK_EQUAL(code_of(what), errc::invalid_url);
    auto parsed = agent_url::parse(url);
    CAF_CHECK_EQUAL(text_of(what), parsed.error().text);
  }
}

// -- failures leave nothing behind --------------------------------------------

CAF_TEST(agents that do not exist) {
  auto near = make_container();
  auto far = make_container();
  auto url = far.base_url() + "5";
  auto port = std::to_string(far.address().port());
  auto text
    = "no_such_agent: Agent \"5\" does not exist in "
      "Container(('127.0.0.1', "
      + port + "))";
  CAF_CHECK_EQUAL(describe(failure(near.connect(url))), text);
  CAF_MESSAGE("the same again, and others can be reached");
  CAF_CHECK_EQUAL(describe(failure(near.connect(url))), text);
  CAF_CHECK_EQUAL(code_of(failure(near.connect(far.base_url() + "0"))),
                  errc::no_such_agent);
  auto a = far.spawn<echo_agent>();
  auto remote = must(near.connect(a.addr()));
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
}

CAF_TEST(containers that do not exist yet) {
  reserved_port port;
  auto near = make_container();
  auto url = to_string(port.where()) + "/0";
  for (auto i = 0; i < 2; ++i)
    CAF_CHECK_EQUAL(describe(failure(near.connect(url))),
                    "cannot_connect: Cannot connect to "
                      + to_string(port.where()) + ": Connection refused");
  auto far = make_container(port.where());
  far.spawn<echo_agent>();
  auto remote = must(near.connect(url));
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
}

CAF_TEST(a connect that takes too long) {
  auto near = make_container();
  channel_server silent{sys};
  auto url = to_string(silent.where()) + "/0";
  auto patient = begin(near.connect(url));
  auto far = silent.next();
  auto first_request = must(far.recv());
  CAF_CHECK_EQUAL(code_of(failure(near.connect(url).get(1ms))), errc::timeout);
  auto second_request = must(far.recv());
  CAF_MESSAGE("others use its connection");
  auto next = begin(near.connect(url));
  must(far.recv()).reply("Fake");
  CAF_CHECK_EQUAL(must(next.get()).class_name(), "Fake");
  first_request.reply("Fake");
  CAF_CHECK_EQUAL(must(patient.get()).class_name(), "Fake");
  CAF_CHECK_EQUAL(silent.accepted(), 1u);
}

CAF_TEST(peers that are no containers) {
  auto near = make_container();
  auto srv = must(rpc::start_server(sys, any_port, {}));
  auto url = to_string(srv.address()) + "/0";
  CAF_CHECK_EQUAL(last_line(near.connect(url)),
                  "LookupError: Name \"validate_aid\" not found in \"\"");
}

// -- connections are shared ---------------------------------------------------

CAF_TEST(one connection for all agents of a container) {
  auto near = make_container();
  fake_container far{sys};
  std::vector<decltype(begin(near.connect("")))> attempts;
  for (auto i = 0; i < 20; ++i)
    attempts.push_back(begin(near.connect(far.url(i))));
  std::vector<proxy> proxies;
  for (auto& attempt : attempts)
    proxies.push_back(must(attempt.get()));
  CAF_CHECK_EQUAL(far.connections(), 1);
  CAF_CHECK_EQUAL(far.validations(), 20);
  proxies.push_back(must(near.connect(far.url(20))));
  CAF_CHECK_EQUAL(far.connections(), 1);
  CAF_MESSAGE("addresses are told apart by how they are written");
  auto other = "tcp://localhost:" + std::to_string(far.where().port()) + "/0";
  proxies.push_back(must(near.connect(other)));
  CAF_CHECK_EQUAL(far.connections(), 2);
  CAF_MESSAGE("containers do not share");
  auto another = make_container();
  must(another.connect(far.url(0)));
  CAF_CHECK_EQUAL(far.connections(), 3);
}

CAF_TEST(all who wait for a connection learn that it failed) {
  reserved_port port;
  auto near = make_container();
  auto url = to_string(port.where()) + "/0";
  std::vector<decltype(begin(near.connect(url)))> attempts;
  for (auto i = 0; i < 20; ++i)
    attempts.push_back(begin(near.connect(url)));
  for (auto& attempt : attempts)
    CAF_CHECK_EQUAL(code_of(failure(attempt.get())), errc::cannot_connect);
}

CAF_TEST(a dead connection is replaced) {
  reserved_port port;
  auto near = make_container();
  auto far = make_container(port.where());
  auto url = far.spawn<echo_agent>().addr();
  auto remote = must(near.connect(url));
  must(remote.call("service", 1));
  must(far.shutdown());
  CAF_CHECK_EQUAL(code_of(failure(remote.call("service", 2))),
                  errc::connection_closed);
  CAF_CHECK(!remote.connected());
  CAF_CHECK_EQUAL(code_of(failure(near.connect(url))), errc::cannot_connect);
  auto next = make_container(port.where());
  next.spawn<echo_agent>();
  auto fresh = must(near.connect(url));
  CAF_CHECK(!(fresh == remote));
  CAF_CHECK_EQUAL(must(fresh.call("service", 3)), value{3});
  CAF_MESSAGE("the old proxy does not come to life again");
  CAF_CHECK_EQUAL(code_of(failure(remote.call("service", 4))),
                  errc::connection_closed);
}

CAF_TEST(proxies are cached as long as they are held) {
  auto near = make_container();
  fake_container far{sys};
  auto first = must(near.connect(far.url(0)));
  CAF_CHECK_EQUAL(far.validations(), 1);
  auto second = must(near.connect(far.url(0)));
  CAF_CHECK(second == first);
  CAF_CHECK_EQUAL(far.validations(), 1);
  first = {};
  must(near.connect(far.url(0)));
  CAF_CHECK_EQUAL(far.validations(), 1);
  CAF_MESSAGE("when nobody has it any more, the agent is asked for again");
  second = {};
  CAF_CHECK(eventually(
    [&] { return must(near.connect(far.url(0))) && far.validations() == 2; }));
  CAF_CHECK_EQUAL(far.connections(), 1);
}

CAF_TEST(proxies and the connection they belong to) {
  auto near = make_container();
  auto far = make_container();
  auto remote = must(near.connect(far.spawn<echo_agent>().addr()));
  auto back = must(far.connect(near.spawn<echo_agent>().addr()));
  CAF_MESSAGE("a call without a proxy goes on");
  auto call = begin(remote.call("service", "x"));
  remote = {};
  CAF_CHECK_EQUAL(must(call.get()), value{"x"});
  CAF_MESSAGE("each direction has a connection of its own");
  must(near.shutdown());
  CAF_CHECK(eventually([&] { return !back.connected(); }));
}

CAF_TEST(a deadline for all calls of a container) {
  options opts;
  opts.call_timeout = 10ms;
  auto near = make_container(any_port, opts);
  auto far = make_container();
  auto remote = must(near.connect(far.spawn<echo_agent>().addr()));
  later<errc> seen;
  remote.call("never").notify([seen](expected<value> x) {
    seen.set(x ? errc::none : code_of(x.error()));
  });
  CAF_CHECK_EQUAL(seen.get(), errc::timeout);
  CAF_CHECK(remote.connected());
}

CAF_TEST_FIXTURE_SCOPE_END()
