#define CAF_SUITE ipc

#include "container_fixture.hpp"
#include "unit/unix_sockets.hpp"

#include <filesystem>
#include <stdexcept>
#include <string>

namespace {

struct fixture : container_fixture {
  temp_folder folder;
  address where = ipc(folder / "s");

  channel connect(const channel_server& srv) {
    return must(channel::open_connection(sys, srv.where()));
  }
};

bool lost(const error& what) {
  return code_of(what) == errc::connection_closed
         || code_of(what) == errc::connection_reset;
}

dict credentials() {
  return {{"uid", ::getuid()}, {"gid", ::getgid()}, {"pid", ::getpid()}};
}

bool is_me(const std::optional<peer_credentials>& who) {
  return who && *who == peer_credentials{::getuid(), ::getgid(), ::getpid()};
}

/// Lets those in that `verdict` says.
options judged(std::function<bool(const peer_info&)> verdict) {
  options result;
  result.on_connect = std::move(verdict);
  return result;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(ipc_tests, fixture)

// -- containers ---------------------------------------------------------------

CAF_TEST(agents) {
  auto c = make_container(where);
  CAF_CHECK_EQUAL(c.base_url(), "ipc://[" + where.path() + "]/");
  CAF_CHECK(c.address() == where);
  auto a = c.spawn<echo_agent>();
  CAF_CHECK_EQUAL(a.addr(), c.base_url() + "0");
  auto near = make_container();
  auto remote = must(near.connect(a.addr()));
  CAF_CHECK_EQUAL(to_string(remote), "EchoProxy('" + a.addr() + "')");
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
  auto why = failure(remote.call<void>("fail", "x"));
  CAF_CHECK_EQUAL(origin_of(why), where.path());
  CAF_CHECK_EQUAL(text_of(failure(near.connect(c.base_url() + "5"))),
                  "Agent \"5\" does not exist in Container(" + where.path()
                    + ")");
  CAF_MESSAGE("a container of its own can be called, too");
  CAF_CHECK_EQUAL(must(must(c.connect(a.addr())).call<int>("add", 3)), 13);
}

CAF_TEST(the end of a container) {
  auto c = make_container(where);
  auto why = failure(container::create(sys, where));
  CAF_CHECK_EQUAL(code_of(why), errc::cannot_listen);
  CAF_CHECK_EQUAL(text_of(why), "Cannot listen on " + to_string(where)
                                  + ": Address already in use");
  must(c.shutdown());
  CAF_CHECK(!exists(where.path()));
  make_container(where);
  CAF_MESSAGE("the last handle has gone");
  CAF_CHECK(eventually([&] { return !exists(where.path()); }));
}

CAF_TEST(the end of a system) {
  {
    actor_system other{cfg};
    auto c = must(container::create(other, where));
    CAF_CHECK(exists(where.path()));
  }
  CAF_CHECK(!exists(where.path()));
}

CAF_TEST(relative paths) {
  auto before = std::filesystem::current_path();
  std::filesystem::current_path(folder.path());
  {
    auto c = make_container(must(address::parse("ipc://[s]")));
    CAF_CHECK_EQUAL(c.base_url(), "ipc://[s]/");
    auto a = c.spawn<echo_agent>();
    CAF_CHECK_EQUAL(a.addr(), "ipc://[s]/0");
    auto remote = must(make_container().connect("ipc://[s]/0"));
    CAF_CHECK_EQUAL(to_string(remote), "EchoProxy('ipc://[s]/0')");
    must(c.shutdown());
  }
  std::filesystem::current_path(before);
}

CAF_TEST(abstract names) {
  auto c = make_container(ipc("@" + (folder / "s")));
  CAF_CHECK_EQUAL(c.base_url(), "ipc://[@" + (folder / "s") + "]/");
  auto a = c.spawn<echo_agent>();
  CAF_CHECK(!exists(folder / "s"));
  auto near = make_container();
  auto remote = must(near.connect(a.addr()));
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
}

CAF_TEST(permissions of a container) {
  options opts;
  opts.ipc_permissions = 0660;
  auto c = make_container(where, opts);
  CAF_CHECK_EQUAL(look_at(where.path()).st_mode & 0777, 0660u);
}

CAF_TEST(names that cannot be) {
  auto why = failure(container::create(sys, ipc(std::string(200, 'x'))));
  CAF_CHECK_EQUAL(code_of(why), errc::cannot_listen);
  auto c = make_container();
  why = failure(c.connect("ipc://[" + std::string(200, 'x') + "]/0"));
  CAF_CHECK_EQUAL(code_of(why), errc::cannot_connect);
}

CAF_TEST(a server that comes later) {
  options opts;
  opts.connect_timeout = options::forever;
  opts.connect_retry_min = 1ms;
  opts.connect_retry_max = 2ms;
  auto near = make_container(any_port, opts);
  auto connected = begin(near.connect("ipc://[" + where.path() + "]/0"));
  // The agent is there before the container is found.
  auto far = make_container(ipc(folder / "t"));
  auto a = far.spawn<echo_agent>();
  std::filesystem::rename(folder / "t", where.path());
  auto remote = must(connected.get());
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
  must(far.shutdown());
  CAF_MESSAGE("its file is not where it was made");
  CAF_CHECK(exists(where.path()));
}

CAF_TEST(a refused attempt leaves nothing behind) {
  leave_socket(where.path());
  auto near = make_container();
  auto url = "ipc://[" + where.path() + "]/0";
  CAF_CHECK_EQUAL(code_of(failure(near.connect(url))), errc::cannot_connect);
  auto far = make_container(where);
  auto a = far.spawn<echo_agent>();
  CAF_CHECK_EQUAL(a.addr(), url);
  must(near.connect(url));
}

CAF_TEST(callers that come as proxies) {
  struct doorman : agent {
    doorman(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
      expose("who", [](proxy caller) -> list {
        auto who = caller.peer();
        return {who.credentials.value().uid, who.credentials.value().pid,
                proxy{}.peer().credentials.has_value()};
      });
    }
  };
  auto far = make_container(where);
  auto near = make_container();
  auto remote = must(near.connect(far.spawn<doorman>().addr()));
  CAF_CHECK(is_me(remote.peer().credentials));
  auto caller = near.spawn<echo_agent>();
  CAF_CHECK_EQUAL(must(remote.call("who", caller)),
                  value(list{::getuid(), ::getpid(), false}));
}

// -- channels and calls -------------------------------------------------------

CAF_TEST(extra info) {
  channel_server srv{sys, where};
  auto client = connect(srv);
  auto far = srv.next();
  CAF_CHECK_EQUAL(client.get_extra_info("peername"), value{where.path()});
  CAF_CHECK_EQUAL(client.get_extra_info("sockname"), value{""});
  CAF_CHECK_EQUAL(far.get_extra_info("peername"), value{""});
  CAF_CHECK_EQUAL(far.get_extra_info("sockname"), value{where.path()});
  for (auto& ch : {client, far}) {
    CAF_CHECK_EQUAL(ch.get_extra_info("peercred"), value{credentials()});
    CAF_CHECK_EQUAL(ch.get_extra_info("cipher", 5), value{5});
    CAF_CHECK(is_me(ch.peer().credentials));
    CAF_CHECK(!ch.peer().certificate);
  }
  auto call = begin(client.send("ping"));
  auto asked = must(far.recv());
  CAF_CHECK(asked.peer().transport == address::transport::ipc);
  CAF_CHECK(is_me(asked.peer().credentials));
  asked.reply("pong");
  CAF_CHECK_EQUAL(must(call.get()), value{"pong"});
}

CAF_TEST(credentials are for Unix sockets) {
  auto [client, far] = connect_channels();
  CAF_CHECK_EQUAL(far.get_extra_info("peercred", "none"), value{"none"});
  auto who = far.peer();
  CAF_CHECK(!who.credentials);
  CAF_CHECK(who.transport == address::transport::tcp);
  CAF_CHECK_EQUAL(who.host, "127.0.0.1");
  CAF_CHECK_EQUAL(value{who.port},
                  client.get_extra_info("sockname").get_if<list>()->at(1));
  CAF_CHECK(who.path.empty());
}

CAF_TEST(remote procedure calls) {
  auto srv = must(rpc::start_server(sys, where, {}));
  auto client = must(rpc::open_connection(sys, where));
  CAF_CHECK(is_me(client.channel().peer().credentials));
  CAF_CHECK_EQUAL(client.channel().get_extra_info("peercred"),
                  value{credentials()});
  CAF_CHECK_EQUAL(last_line(client.remote().call("x")),
                  "LookupError: Name \"x\" not found in \"\"");
}

CAF_TEST(long messages) {
  channel_server srv{sys, where};
  auto client = connect(srv);
  auto far = srv.next();
  std::string text(size_t{4} << 20, 'x');
  auto call = begin(client.send(text));
  auto asked = must(far.recv());
  CAF_CHECK(asked.content() == value{text});
  asked.reply(text);
  CAF_CHECK(must(call.get()) == value{text});
}

CAF_TEST(callers of exposed functions) {
  auto who = [](const std::shared_ptr<const peer_info>& x) -> value {
    if (!x)
      return "nobody";
    return is_me(x->credentials) ? "me" : "somebody else";
  };
  CAF_MESSAGE("agents");
  auto far = make_container(where);
  auto callee = far.spawn([=](agent_ptr self) {
    return agent_behavior{
      expose("who", [=] { return who(self->caller()); }),
      expose("later", [=]() -> task<value> {
        auto caller = self->caller();
        co_await self->container().connect(self->addr());
        co_return list{who(caller), who(self->caller())};
      })};
  });
  auto near = make_container();
  auto remote = must(near.connect(callee.addr()));
  CAF_CHECK_EQUAL(must(remote.call("who")), value{"me"});
  CAF_CHECK_EQUAL(to_string(must(remote.call("later"))), "['me', 'nobody']");
  CAF_MESSAGE("other actors are no peers");
  scoped_actor self{sys};
  self->request(callee.as_actor(), patience, invocation{"who"})
    .receive([](value& x) { CAF_CHECK_EQUAL(x, value{"nobody"}); },
             [](error& x) { CAF_FAIL(describe(x)); });
  CAF_MESSAGE("services");
  struct asked : service {
    explicit asked(std::function<value(service&)> f) {
      expose("who", [this, f] { return f(*this); });
    }
  };
  auto hosted = hosted_service::make<asked>(
    sys, [=](service& x) { return who(x.caller()); });
  auto other = ipc(folder / "other");
  auto srv = must(rpc::start_server(sys, other, hosted));
  auto client = must(rpc::open_connection(sys, other));
  CAF_CHECK_EQUAL(must(client.remote().call("who")), value{"me"});
}

// -- limits -------------------------------------------------------------------

CAF_TEST(connections of one user) {
  options opts;
  opts.max_connections_per_peer = 1;
  channel_server srv{sys, where, opts};
  auto first = connect(srv);
  auto far = srv.next();
  CAF_CHECK(lost(failure(connect(srv).recv())));
  CAF_CHECK_EQUAL(srv.handle().refused(), 1u);
  CAF_MESSAGE("when it has gone, there is room for another");
  first.close();
  failure(far.recv());
  CAF_CHECK(eventually([&] {
    auto next = connect(srv);
    return eventually([&] { return next.closed() || srv.accepted() == 2; })
           && srv.accepted() == 2;
  }));
}

// -- on_connect ---------------------------------------------------------------

CAF_TEST(peers that are let in) {
  later<peer_info> told;
  auto opts = judged([told](const peer_info& who) {
    told.set(who);
    return true;
  });
  channel_server srv{sys, where, opts};
  auto client = connect(srv);
  auto far = srv.next();
  auto who = told.get();
  CAF_CHECK(who.transport == address::transport::ipc);
  CAF_CHECK(is_me(who.credentials));
  CAF_CHECK(!who.certificate);
  CAF_CHECK_EQUAL(srv.handle().refused(), 0u);
}

CAF_TEST(peers that are sent away) {
  for (auto& at : {where, any_port}) {
    auto opts = judged([](const peer_info&) { return false; });
    channel_server srv{sys, at, opts};
    for (auto i = 1u; i <= 2; ++i) {
      CAF_CHECK(lost(failure(connect(srv).recv())));
      CAF_CHECK_EQUAL(srv.handle().refused(), i);
    }
    CAF_CHECK_EQUAL(srv.accepted(), 0u);
  }
}

CAF_TEST(local peers that are sent away) {
  auto at = address::make(address::transport::local, "judged");
  auto opts = judged([](const peer_info& who) { return who.path != "judged"; });
  channel_server srv{sys, at, opts};
  CAF_CHECK(lost(failure(connect(srv).recv())));
  CAF_CHECK_EQUAL(srv.handle().refused(), 1u);
}

CAF_TEST(peers that are sent away do count no longer) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  auto opts = judged([calls](const peer_info&) { return ++*calls > 3; });
  opts.max_connections = 1;
  channel_server srv{sys, where, opts};
  for (auto i = 0; i < 3; ++i)
    CAF_CHECK(lost(failure(connect(srv).recv())));
  auto client = connect(srv);
  srv.next();
}

CAF_TEST(exceptions send peers away) {
  auto opts
    = judged([](const peer_info&) -> bool { throw std::runtime_error("no"); });
  auto far = make_container(where, opts);
  auto url = far.spawn<echo_agent>().addr();
  auto near = make_container();
  CAF_CHECK(lost(failure(near.connect(url))));
  CAF_CHECK_EQUAL(far.refused(), 1u);
}

CAF_TEST(servers of procedures judge their peers) {
  auto opts = judged([](const peer_info&) { return false; });
  auto srv = must(rpc::start_server(sys, where, {}, {}, opts));
  auto client = must(rpc::open_connection(sys, where));
  CAF_CHECK(lost(failure(client.remote().call("x"))));
  CAF_CHECK_EQUAL(srv.refused(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
