#define CAF_SUITE tls

#include "tls_fixture.hpp"

#include "caf/aiomas/codec/msgpack.hpp"
#include "caf/aiomas/codec/msgpack_blosc.hpp"
#include "caf/aiomas/service.hpp"

namespace {

struct fixture : tls_fixture {
  static std::string info(const channel& of, std::string_view name) {
    return to_string(of.get_extra_info(name));
  }

  /// The name in the certificate of the peer.
  static std::string shown(const channel& of) {
    auto cert = of.get_extra_info("peercert");
    return to_string(*cert.get_if<dict>()->find("subject"));
  }

  ssl_context server_context(ssl_settings how = {}) {
    return must(make_ssl_server_context(certs, how));
  }

  ssl_context client_context(ssl_settings how = {}) {
    return must(make_ssl_client_context(certs, how));
  }
};

std::string name_is(const std::string& x) {
  return "[[['commonName', '" + x + "']]]";
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(tls_tests, fixture)

// -- the layers ---------------------------------------------------------------

CAF_TEST(channels) {
  auto ends = connect_channels(secure(), secure());
  CAF_CHECK(works(ends.client, ends.server));
  CAF_CHECK(works(ends.server, ends.client));
  CAF_MESSAGE("large messages, both ways at a time");
  std::string large(3'000'000, 'x');
  auto there = begin(ends.client.send(large));
  auto back = begin(ends.server.send(large));
  must(ends.server.recv()).reply(large);
  must(ends.client.recv()).reply(large);
  CAF_CHECK(must(there.get()) == value{large});
  CAF_CHECK(must(back.get()) == value{large});
  CAF_MESSAGE("the end is orderly");
  auto waiting = begin(ends.server.recv());
  ends.client.close();
  CAF_CHECK_EQUAL(describe(failure(waiting.get())),
                  "connection_closed: Connection closed by peer");
}

CAF_TEST(many calls at a time) {
  auto ends = connect_channels(secure(), secure());
  std::vector<decltype(begin(ends.client.send(0)))> calls;
  for (auto i = 0; i < 500; ++i)
    calls.push_back(begin(ends.client.send(std::string(10'000, 'x'))));
  for (auto i = 0; i < 500; ++i) {
    auto what = must(ends.server.recv());
    what.reply(what.content());
  }
  auto right = 0;
  for (auto& call : calls)
    right += must(call.get()) == value{std::string(10'000, 'x')} ? 1 : 0;
  CAF_CHECK_EQUAL(right, 500);
}

CAF_TEST(services and agents with each codec) {
  for (auto& codec :
       {codec_factory{json_codec::make}, codec_factory{msgpack_codec::make},
        codec_factory{msgpack_blosc_codec::make}}) {
    auto opts = secure();
    opts.codec = codec;
    hosted_service service{sys,
                           {expose("add", [](int x, int y) { return x + y; })}};
    auto srv = must(rpc::start_server(sys, any_port, service, {}, opts));
    auto client = must(rpc::open_connection(sys, srv.address(), service, opts));
    CAF_CHECK_EQUAL(must(client.remote().call<int>("add", 3, 4)), 7);
    auto home = make_container(any_port, opts);
    auto away = make_container(any_port, opts);
    auto peer = must(home.connect(away.spawn<echo_agent>().addr()));
    CAF_CHECK_EQUAL(must(peer.call<int>("add", 3, 4)), 7);
    std::string large(100'000, 'x');
    CAF_CHECK(must(peer.call("service", large)) == value{large});
    must(home.shutdown());
  }
}

CAF_TEST(containers of which one has no TLS) {
  auto home = make_container(any_port, secure());
  auto away = make_container();
  auto plain = home.spawn<echo_agent>();
  auto why = failure(away.connect(plain.addr()));
  CAF_CHECK_EQUAL(describe(why),
                  "connection_closed: Connection closed by peer");
  CAF_CHECK_EQUAL(refusal(), "the peer does not speak TLS");
  CAF_CHECK_EQUAL(home.handshakes_failed(), 1u);
  auto other = failure(home.connect(away.spawn<echo_agent>().addr()));
  CAF_CHECK_EQUAL(why_not(other, away.address()),
                  "the peer closed the connection during the TLS handshake");
}

// -- what is known ------------------------------------------------------------

CAF_TEST(properties) {
  auto shows = ca.issue({"the server", "DNS:server,IP:127.0.0.1"});
  auto ends = connect_channels(secure(), with(shows));
  CAF_CHECK_EQUAL(info(ends.client, "ssl_version"), "'TLSv1.3'");
  CAF_CHECK_EQUAL(info(ends.server, "cipher"),
                  "['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256]");
  CAF_CHECK_EQUAL(shown(ends.client), name_is("the server"));
  CAF_CHECK_EQUAL(shown(ends.server), name_is("localhost"));
  CAF_CHECK_EQUAL(info(ends.client, "peername"), info(ends.server, "sockname"));
  auto plain = connect_channels();
  CAF_CHECK(plain.client.get_extra_info("cipher").is_null());
}

CAF_TEST(certificates of peers) {
  auto device = ca.issue({"the device", "DNS:localhost,IP:127.0.0.1"});
  peer_certificate wanted{"the device", {"localhost", "127.0.0.1"}};
  auto is_device = [&](const peer_info& who) {
    return who.certificate == std::optional{wanted};
  };
  auto ends = connect_channels(with(device), secure());
  CAF_CHECK(is_device(ends.server.peer()));
  CAF_CHECK(!is_device(ends.client.peer()));
  auto call = begin(ends.client.send("ohai"));
  auto asked = must(ends.server.recv());
  CAF_CHECK(is_device(asked.peer()));
  asked.reply("cya");
  must(call.get());
  CAF_MESSAGE("some of them are sent away");
  auto opts = secure();
  opts.on_connect = [](const peer_info& who) {
    return who.certificate && who.certificate->common_name != "the device";
  };
  channel_server srv{sys, any_port, opts};
  CAF_CHECK(works(srv, secure()));
  auto refused = open(sys, srv.where(), with(device));
  CAF_CHECK(connection_lost(failure(refused.recv())));
  CAF_CHECK_EQUAL(srv.handle().refused(), 1u);
  CAF_MESSAGE("exposed functions know them, too");
  auto far = make_container(any_port, secure());
  auto callee = far.spawn([](agent_ptr self) {
    return agent_behavior{expose("who", [=] {
      auto who = self->caller();
      return who && who->certificate ? who->certificate->common_name : "?";
    })};
  });
  auto near = make_container(any_port, with(device));
  auto remote = must(near.connect(callee.addr()));
  CAF_CHECK_EQUAL(must(remote.call<std::string>("who")), "the device");
}

CAF_TEST(peers that only have TLS 1.2) {
  ssl_settings old{tls_version::tls_1_2, tls_version::tls_1_2};
  channel_server srv{sys, any_port, secure()};
  auto client = open(sys, srv.where(), with(client_context(old)));
  CAF_CHECK_EQUAL(info(client, "ssl_version"), "'TLSv1.2'");
  CAF_CHECK(works(client, srv.next()));
  channel_server other{sys, any_port, with(server_context(old))};
  client = open(sys, other.where(), secure());
  CAF_CHECK_EQUAL(info(client, "cipher"),
                  "['ECDHE-ECDSA-AES256-GCM-SHA384', 'TLSv1.2', 256]");
  CAF_CHECK(works(client, other.next()));
  CAF_MESSAGE("unless that is not wanted");
  ssl_settings strict{tls_version::tls_1_3, tls_version::tls_1_3};
  CAF_CHECK_EQUAL(why_not(other, with(client_context(strict))),
                  "the peer ended TLS with the alert \"protocol version\"");
}

// -- what can be chosen -------------------------------------------------------

CAF_TEST(one context or two) {
  ssl_contexts both{server_context(), client_context()};
  channel_server srv{sys, any_port, with(both.server)};
  CAF_CHECK(works(srv, with(both.client)));
  CAF_CHECK(works(srv, with(both)));
  auto home = make_container(any_port, with(both));
  auto peer = must(home.connect(home.spawn<echo_agent>().addr()));
  CAF_CHECK_EQUAL(must(peer.call<int>("add", 3, 4)), 7);
  CAF_MESSAGE("those that do not fit");
  auto no_server
    = "invalid_argument: The TLS context for the server is none "
      "for servers";
  auto no_client
    = "invalid_argument: The TLS context for connecting is none "
      "for clients";
  CAF_CHECK_EQUAL(why_not(srv, with(both.server)), no_client);
  CAF_CHECK_EQUAL(why_not(srv, with(ssl_context{})), no_client);
  auto refused = [this](ssl_choice tls) {
    return describe(failure(container::create(sys, any_port, with(tls))));
  };
  CAF_CHECK_EQUAL(refused(ssl_contexts{both.client, both.server}), no_server);
  CAF_CHECK_EQUAL(refused(ssl_contexts{both.server, {}}), no_client);
  CAF_CHECK_EQUAL(refused(both.server),
                  "invalid_argument: A container needs two TLS contexts, one "
                  "for its server and one for its connections to others");
}

CAF_TEST(contexts of the user) {
  own_context mine{TLS_server_method()};
  mine.show(certs);
  channel_server srv{sys, any_port,
                     with(must(ssl_context::server_of(mine.get())))};
  CAF_CHECK(works(srv, secure()));
  own_context naive{TLS_client_method()};
  auto client = must(ssl_context::client_of(naive.get(), false));
  CAF_CHECK(works(srv, with(client)));
}

CAF_TEST(files that cannot be used) {
  auto bad = certs;
  bad.keyfile = "/nope.key";
  auto opts = with(bad);
  auto text
    = "invalid_argument: Cannot use the private key in \"/nope.key\": "
      "No such file or directory";
  hosted_service service{sys, {}};
  CAF_CHECK_EQUAL(describe(failure(container::create(sys, any_port, opts))),
                  text);
  CAF_CHECK_EQUAL(describe(failure(channel::start_server(
                    sys, any_port, [](event_based_actor*, channel) {}, opts))),
                  text);
  CAF_CHECK_EQUAL(
    describe(failure(rpc::start_server(sys, any_port, service, {}, opts))),
    text);
  CAF_CHECK_EQUAL(
    describe(failure(channel::open_connection(sys, any_port, opts))), text);
  CAF_CHECK_EQUAL(
    describe(failure(rpc::open_connection(sys, any_port, service, opts))),
    text);
}

CAF_TEST(passphrases) {
  wanted_certificate locked;
  locked.passphrase = "sesame";
  auto shows = ca.issue(locked);
  shows.passphrase = [] { return std::string{"sesame"}; };
  channel_server srv{sys, any_port, with(shows)};
  CAF_CHECK(works(srv, secure()));
  shows.passphrase = [] { return std::string{"guess"}; };
  auto what = failure(container::create(sys, any_port, with(shows)));
  CAF_CHECK_EQUAL(describe(what),
                  "invalid_argument: Cannot use the private "
                  "key in \""
                    + shows.keyfile + "\": the passphrase is wrong");
}

CAF_TEST(TLS is for TCP) {
  auto local = address::make(address::transport::local, "tls");
  auto path = address::make(address::transport::ipc, "/tmp/nope");
  for (auto& where : {local, path}) {
    auto text = "invalid_argument: TLS is for TCP: it cannot be used with "
                + to_string(where);
    CAF_CHECK_EQUAL(describe(failure(container::create(sys, where, secure()))),
                    text);
    auto client = channel::open_connection(sys, where, secure());
    CAF_CHECK_EQUAL(describe(failure(std::move(client))), text);
  }
  CAF_MESSAGE("containers do not fall back to less either");
  auto home = make_container(any_port, secure());
  CAF_CHECK_EQUAL(describe(failure(home.connect("local://tls/0"))),
                  "invalid_argument: TLS is for TCP: it cannot be used with "
                  "local://tls");
}

// -- reloading ----------------------------------------------------------------

CAF_TEST(new certificates) {
  auto shows = ca.issue_to("renewed", {"old", "IP:127.0.0.1"});
  auto context = must(make_ssl_server_context(shows));
  channel_server srv{sys, any_port, with(context)};
  auto before = open(sys, srv.where(), secure());
  auto at_server = srv.next();
  CAF_CHECK_EQUAL(shown(before), name_is("old"));
  ca.issue_to("renewed", {"new", "IP:127.0.0.1"});
  CAF_CHECK(context.reload());
  auto after = open(sys, srv.where(), secure());
  CAF_CHECK_EQUAL(shown(after), name_is("new"));
  CAF_CHECK(works(after, srv.next()));
  CAF_MESSAGE("what was open before stays");
  CAF_CHECK_EQUAL(shown(before), name_is("old"));
  CAF_CHECK(works(before, at_server));
  CAF_MESSAGE("what cannot be used changes nothing");
  std::filesystem::remove(shows.keyfile);
  auto failed = context.reload();
  CAF_REQUIRE(!failed);
  CAF_CHECK_EQUAL(failed.error().text, "Cannot use the private key in \""
                                         + shows.keyfile
                                         + "\": No such file or directory");
  CAF_CHECK_EQUAL(shown(open(sys, srv.where(), secure())), name_is("new"));
}

CAF_TEST(new certificates of containers) {
  auto shows = ca.issue_to("renewed", {"old", "IP:127.0.0.1"});
  auto home = make_container(any_port, with(shows));
  auto name = [&] { return shown(open(sys, home.address(), secure())); };
  CAF_CHECK_EQUAL(name(), name_is("old"));
  ca.issue_to("renewed", {"new", "IP:127.0.0.1"});
  CAF_CHECK(home.reload_certificates());
  CAF_CHECK_EQUAL(name(), name_is("new"));
  std::filesystem::remove(shows.certfile);
  CAF_CHECK(!home.reload_certificates());
  CAF_CHECK_EQUAL(name(), name_is("new"));
  auto failed = make_container().reload_certificates();
  CAF_REQUIRE(!failed);
  CAF_CHECK_EQUAL(failed.error().text, "The container does not use TLS");
}

CAF_TEST_FIXTURE_SCOPE_END()
