#define CAF_SUITE local

#include "container_fixture.hpp"

#include "caf/aiomas/run.hpp"
#include "caf/aiomas/task.hpp"

#include <string>
#include <vector>

namespace {

address local(std::string id) {
  return address::make(address::transport::local, std::move(id));
}

/// Calls back whoever calls it.
class caller : public agent {
public:
  static constexpr const char* class_name = "Caller";

  caller(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("call_me", &caller::call_me);
    expose("back", [this](proxy who, int x) -> task<int> {
      co_return co_await who.call<int>("double", x);
    });
    expose("double", [](int x) { return 2 * x; });
    expose("visit", &caller::visit);
  }

  task<int> call_me(std::string url, int x) {
    auto who = co_await container().connect(url);
    co_return co_await who.call<int>("double", x);
  }

  task<int> visit(std::string url, int x) {
    auto remote = co_await container().connect(url);
    co_return co_await remote.call<int>("back", ref(), x);
  }
};

template <size_t Threads>
struct threaded_fixture {
  struct config_type : aiomas::config {
    config_type() {
      set("scheduler.max-threads", 2);
      put(content, "caf.aiomas.io-threads", Threads);
    }
  };

  config_type cfg;
  actor_system sys{cfg};
  actor_system other_sys{cfg};
};

/// Calls both ways and many at once.
void talk(actor_system& sys, actor_system& other, const char* codec = "json") {
  options opts;
  opts.codec = codec_by_name(codec);
  auto near = must(container::create(sys, local("near"), opts));
  auto far = must(container::create(other, local("far"), opts));
  auto a = near.spawn<caller>();
  auto b = far.spawn<caller>();
  auto to_b = must(near.connect(b.addr()));
  auto to_a = must(far.connect(a.addr()));
  CAF_MESSAGE("both ways");
  CAF_CHECK_EQUAL(must(to_b.call<int>("double", 3)), 6);
  CAF_CHECK_EQUAL(must(to_a.call<int>("call_me", b.addr(), 4)), 8);
  CAF_MESSAGE("callbacks over the same connection");
  CAF_CHECK_EQUAL(must(to_a.call<int>("visit", b.addr(), 5)), 10);
  CAF_MESSAGE("2,000 pipelined calls, with callbacks");
  std::vector<pending<int, value>::started> plain;
  for (auto i = 0; i < 2000; ++i)
    plain.push_back(begin(to_b.call<int>("double", i)));
  auto sum = 0;
  for (auto& x : plain)
    sum += must(x.get());
  CAF_CHECK_EQUAL(sum, 1999 * 2000);
  auto visits = 0;
  std::vector<pending<int, value>::started> back;
  for (auto i = 0; i < 2000; ++i)
    back.push_back(begin(to_a.call<int>("call_me", b.addr(), i)));
  for (auto& x : back)
    if (auto y = x.get())
      visits += *y;
    else
      CAF_CHECK_EQUAL(last_line(y.error()).find("overloaded")
                          != std::string::npos
                        ? "overloaded"
                        : describe(y.error()),
                      "overloaded");
  CAF_CHECK(visits > 0);
  must(near.shutdown());
  must(far.shutdown());
}

} // namespace

// -- loops and systems --------------------------------------------------------

CAF_TEST_FIXTURE_SCOPE(local_one_loop, threaded_fixture<1>)

CAF_TEST(one loop) {
  talk(sys, sys);
}

CAF_TEST(two systems) {
  for (auto codec : {"json", "msgpack", "msgpack_blosc"}) {
    talk(sys, other_sys, codec);
    talk(other_sys, sys, codec);
  }
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST_FIXTURE_SCOPE(local_two_loops, threaded_fixture<2>)

CAF_TEST(two loops) {
  for (auto i = 0; i < 3; ++i)
    talk(sys, sys);
}

CAF_TEST(two loops in two systems) {
  talk(sys, other_sys);
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST_FIXTURE_SCOPE(local_tests, container_fixture)

// -- names --------------------------------------------------------------------

CAF_TEST(names) {
  auto c = make_container(local("q"));
  CAF_CHECK_EQUAL(c.base_url(), "local://q/");
  CAF_CHECK_EQUAL(to_string(c.address()), "local://q");
  auto a = c.spawn<echo_agent>();
  CAF_CHECK_EQUAL(a.addr(), "local://q/0");
  auto remote = must(c.connect(a.addr()));
  CAF_CHECK_EQUAL(to_string(remote), "EchoProxy('local://q/0')");
  auto why = failure(remote.call<void>("fail", "x"));
  CAF_CHECK_EQUAL(origin_of(why), "LocalQueue('q')");
  CAF_CHECK_EQUAL(text_of(failure(c.connect("local://q/5"))),
                  "Agent \"5\" does not exist in Container(LocalQueue('q'))");
}

CAF_TEST(extra info) {
  channel_server srv{sys, local("q")};
  auto client = must(channel::open_connection(sys, srv.where()));
  auto far = srv.next();
  for (auto& ch : {client, far})
    for (auto name : {"peername", "sockname"})
      CAF_CHECK_EQUAL(ch.get_extra_info(name), value{"LocalQueue('q')"});
  CAF_CHECK_EQUAL(client.get_extra_info("cipher", 5), value{5});
}

CAF_TEST(an empty id) {
  auto c = make_container(local(""));
  CAF_CHECK_EQUAL(c.base_url(), "local:///");
  auto a = c.spawn<echo_agent>();
  auto remote = must(c.connect(a.addr()));
  CAF_CHECK_EQUAL(must(remote.call("service", 5)), value{5});
}

// -- servers ------------------------------------------------------------------

CAF_TEST(one server at a time) {
  auto c = make_container(local("q"));
  auto why = failure(container::create(sys, local("q")));
  CAF_CHECK_EQUAL(text_of(why),
                  "Cannot listen on local://q: Server is already set.");
  CAF_MESSAGE("after shutdown, the id is free");
  must(c.shutdown());
  make_container(local("q"));
}

CAF_TEST(nobody listens) {
  auto c = make_container(local("q"));
  auto why = failure(c.connect("local://nobody/0"));
  CAF_CHECK_EQUAL(code_of(why), errc::cannot_connect);
  CAF_CHECK_EQUAL(text_of(why),
                  "Cannot connect to local://nobody: No server started for "
                  "this local queue instance.");
  CAF_CHECK_EQUAL(code_of(failure(c.connect("local://nobody"))),
                  errc::invalid_url);
}

// -- ends ---------------------------------------------------------------------

CAF_TEST(closing while calls are pending) {
  auto near = make_container(local("near"));
  auto far = make_container(local("far"));
  auto a = far.spawn<echo_agent>();
  auto remote = must(near.connect(a.addr()));
  std::vector<pending<value>::started> calls;
  for (auto i = 0; i < 100; ++i)
    calls.push_back(begin(remote.call("never")));
  CAF_CHECK(
    eventually([&] { return must(remote.call<size_t>("owed")) == 100; }));
  must(far.shutdown());
  for (auto& call : calls) {
    auto code = code_of(failure(call.get()));
    CAF_CHECK(code == errc::connection_closed
              || code == errc::remote_exception);
  }
  CAF_CHECK(eventually([&] { return !remote.connected(); }));
}

CAF_TEST(closing our own end while calls are pending) {
  channel_server srv{sys, local("q")};
  auto client = must(channel::open_connection(sys, srv.where()));
  auto far = srv.next();
  auto call = begin(client.send("ping"));
  auto asked = must(far.recv());
  client.close();
  CAF_CHECK_EQUAL(code_of(failure(call.get())), errc::connection_closed);
  CAF_CHECK_EQUAL(code_of(failure(far.recv())), errc::connection_closed);
  asked.reply("pong");
}

// -- limits -------------------------------------------------------------------

CAF_TEST(connections of a server) {
  options opts;
  opts.max_connections = 1;
  channel_server srv{sys, local("q"), opts};
  auto first = must(channel::open_connection(sys, srv.where()));
  auto far = srv.next();
  auto second = must(channel::open_connection(sys, srv.where()));
  CAF_CHECK_EQUAL(code_of(failure(second.recv())), errc::connection_closed);
  CAF_CHECK_EQUAL(srv.handle().refused(), 1u);
}

CAF_TEST(messages longer than what is buffered) {
  channel_server srv{sys, local("q")};
  auto client = must(channel::open_connection(sys, srv.where()));
  auto far = srv.next();
  std::string text(size_t{10} << 20, 'x');
  auto call = begin(client.send(text));
  auto asked = must(far.recv());
  CAF_CHECK(asked.content() == value{text});
  asked.reply(text);
  CAF_CHECK(must(call.get()) == value{text});
}

CAF_TEST(messages that are too long) {
  options opts;
  session_limits bounds;
  bounds.max_payload = 1000;
  opts.limits = bounds;
  channel_server srv{sys, local("q"), opts};
  auto client = must(channel::open_connection(sys, srv.where()));
  auto far = srv.next();
  auto call = begin(client.send(std::string(2000, 'x')));
  CAF_CHECK_EQUAL(code_of(failure(far.recv())), errc::message_too_large);
  auto code = code_of(failure(call.get()));
  CAF_CHECK(code == errc::connection_closed || code == errc::connection_reset);
}

CAF_TEST_FIXTURE_SCOPE_END()
