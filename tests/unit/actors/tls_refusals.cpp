#define CAF_SUITE tls_refusals

#include "tls_fixture.hpp"

#include "caf/aiomas/defaults.hpp"

namespace {

struct fixture : tls_fixture {
  /// A client of the test that shows `certs`, if anything, and trusts anybody.
  options client_with(const ssl_certs& shows = {}, bool old = false,
                      const char* ciphers = nullptr) {
    own_context mine{TLS_client_method()};
    if (!shows.certfile.empty())
      mine.show(shows);
    if (old)
      SSL_CTX_set_max_proto_version(mine.get(), TLS1_2_VERSION);
    if (ciphers != nullptr)
      SSL_CTX_set_cipher_list(mine.get(), ciphers);
    return with(must(ssl_context::client_of(mine.get(), false)));
  }

  /// Says what a client gets to know that a server does not want: with TLS 1.3
  /// it is connected by then.
  std::string why_unwanted(const channel_server& srv, options opts) {
    auto client = channel::open_connection(sys, srv.where(), std::move(opts))
                    .get(patience);
    if (!client)
      return why_not(client.error(), srv.where());
    return describe(failure(client->send(1)));
  }

  /// What a client with `shows` gets to know, and then our server.
  void check_unwanted(const ssl_certs& shows, const std::string& alert,
                      const std::string& reason) {
    for (auto old : {false, true}) {
      warning_log fresh;
      channel_server srv{sys, any_port, secure()};
      auto text = "the peer ended TLS with the alert \"" + alert + "\"";
      CAF_CHECK_EQUAL(why_unwanted(srv, client_with(shows, old)),
                      old ? text : "connection_reset: " + text);
      CAF_CHECK(eventually([&] { return fresh.texts().size() == 1; }));
      CAF_CHECK(
        fresh.texts().front().ends_with(": refused 127.0.0.1: " + reason));
      CAF_CHECK_EQUAL(srv.handle().handshakes_failed(), 1u);
      CAF_CHECK_EQUAL(srv.accepted(), 0u);
    }
  }

  std::string verdict_on(const ssl_certs& shown) {
    channel_server srv{sys, any_port, with(shown)};
    auto result = why_not(srv, secure());
    if (!eventually([&] { return srv.handle().handshakes_failed() == 1; }))
      CAF_FAIL("the server does not know");
    return result;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(tls_refusals_tests, fixture)

// -- certificates of servers --------------------------------------------------

CAF_TEST(servers that nobody should trust) {
  std::string failed = "certificate verify failed: ";
  certificate_authority other{"Other CA"};
  CAF_CHECK_EQUAL(
    verdict_on(ca.issue({"localhost", "IP:127.0.0.1", -7200, -3600})),
    failed + "certificate has expired");
  CAF_CHECK_EQUAL(refusal(),
                  "the peer ended TLS with the alert \"certificate "
                  "expired\"");
  CAF_CHECK_EQUAL(
    verdict_on(ca.issue({"localhost", "IP:127.0.0.1", 3600, 7200})),
    failed + "certificate is not yet valid");
  CAF_CHECK_EQUAL(verdict_on(ca.self_signed()),
                  failed + "self-signed certificate");
  CAF_CHECK_EQUAL(verdict_on(other.issue()),
                  failed + "self-signed certificate in certificate chain");
  CAF_CHECK_EQUAL(verdict_on(ca.issue({"localhost", "DNS:localhost"})),
                  failed + "IP address mismatch");
  CAF_CHECK_EQUAL(verdict_on(ca.issue({"x", "IP:127.0.0.2"})),
                  failed + "IP address mismatch");
  channel_server srv{
    sys, {"localhost", 0}, with(ca.issue({"x", "DNS:elsewhere,IP:127.0.0.1"}))};
  CAF_CHECK_EQUAL(why_not(srv, secure()), failed + "hostname mismatch");
}

CAF_TEST(a handshake that fails is a failed attempt) {
  channel_server srv{sys, any_port, with(ca.self_signed())};
  auto opts = secure();
  opts.connect_timeout = 300ms;
  opts.connect_retry_min = 5ms;
  CAF_CHECK_EQUAL(why_not(srv, opts),
                  "certificate verify failed: self-signed certificate");
  CAF_CHECK(eventually([&] { return srv.handle().handshakes_failed() >= 2; }));
  CAF_MESSAGE("a container keeps nothing of it");
  auto home = make_container(any_port, secure());
  auto url = to_string(srv.where()) + "/0";
  for (auto i = 0; i < 2; ++i)
    CAF_CHECK_EQUAL(why_not(failure(home.connect(url)), srv.where()),
                    "certificate verify failed: self-signed certificate");
}

// -- certificates of clients --------------------------------------------------

CAF_TEST(clients without a certificate) {
  CAF_MESSAGE("TLS 1.2 has no alert of its own for this");
  for (auto old : {false, true}) {
    warning_log fresh;
    channel_server srv{sys, any_port, secure()};
    auto why = why_unwanted(srv, client_with({}, old));
    CAF_CHECK_EQUAL(why, old ? "the peer ended TLS with the alert \"handshake "
                               "failure\""
                             : "connection_reset: the peer ended TLS with the "
                               "alert \"certificate required\"");
    CAF_CHECK(eventually([&] { return !fresh.texts().empty(); }));
    CAF_CHECK(fresh.texts().front().ends_with(
      ": refused 127.0.0.1: peer did not return a certificate"));
  }
}

CAF_TEST(clients that nobody should trust) {
  std::string failed = "certificate verify failed: ";
  check_unwanted(ca.issue({"x", "DNS:x", -7200, -3600}), "certificate expired",
                 failed + "certificate has expired");
  check_unwanted(ca.self_signed(), "unknown CA",
                 failed + "self-signed certificate");
  certificate_authority other{"Other CA"};
  check_unwanted(other.issue(), "unknown CA",
                 failed + "unable to get local issuer certificate");
}

// -- ciphers ------------------------------------------------------------------

CAF_TEST(weak ciphers) {
  for (auto cipher : {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-CHACHA20-POLY1305",
                      "AES128-GCM-SHA256"}) {
    warning_log fresh;
    channel_server srv{sys, any_port, secure()};
    CAF_CHECK_EQUAL(why_not(srv, client_with(certs, true, cipher)),
                    "the peer ended TLS with the alert \"handshake failure\"");
    CAF_CHECK(eventually([&] { return !fresh.texts().empty(); }));
    CAF_CHECK(fresh.texts().front().ends_with("no shared cipher"));
  }
  own_context weak{TLS_server_method()};
  weak.show(certs);
  SSL_CTX_set_max_proto_version(weak.get(), TLS1_2_VERSION);
  SSL_CTX_set_cipher_list(weak.get(), "ECDHE-ECDSA-AES128-SHA");
  channel_server srv{sys, any_port,
                     with(must(ssl_context::server_of(weak.get())))};
  CAF_CHECK_EQUAL(why_not(srv, secure()),
                  "the peer ended TLS with the alert \"handshake failure\"");
}

CAF_TEST(old versions) {
  own_context old{TLS_client_method()};
  old.show(certs);
  SSL_CTX_set_max_proto_version(old.get(), TLS1_1_VERSION);
  SSL_CTX_set_min_proto_version(old.get(), TLS1_1_VERSION);
  channel_server srv{sys, any_port, secure()};
  auto client = must(ssl_context::client_of(old.get(), false));
  CAF_CHECK_EQUAL(why_not(srv, with(client)),
                  "the peer ended TLS with the alert \"protocol version\"");
  CAF_CHECK_EQUAL(refusal(), "unsupported protocol");
}

// -- peers without TLS --------------------------------------------------------

CAF_TEST(a plain client) {
  channel_server srv{sys, any_port, secure()};
  auto client = open(sys, srv.where(), {});
  CAF_CHECK_EQUAL(describe(failure(client.send(1))),
                  "connection_closed: Connection closed by peer");
  CAF_CHECK_EQUAL(refusal(), "the peer does not speak TLS");
}

CAF_TEST(a plain server) {
  channel_server srv{sys};
  CAF_CHECK_EQUAL(why_not(srv, secure()),
                  "the peer closed the connection during the TLS handshake");
}

CAF_TEST(a server that says nothing) {
  raw_socket silent;
  address where{"127.0.0.1", silent.bind()};
  silent.listen(1);
  auto opts = secure();
  opts.tls_handshake_timeout = 20ms;
  CAF_CHECK_EQUAL(
    why_not(failure(channel::open_connection(sys, where, opts)), where),
    "the TLS handshake timed out");
}

CAF_TEST(a server that says something else) {
  raw_socket other;
  address where{"127.0.0.1", other.bind()};
  other.listen(1);
  auto attempt = begin(channel::open_connection(sys, where, secure()));
  auto peer = other.accept();
  peer.send("SSH-2.0-OpenSSH_9.2p1\r\n");
  CAF_CHECK_EQUAL(why_not(failure(attempt.get()), where),
                  "the peer does not speak TLS");
}

// -- clients that take their time ---------------------------------------------

CAF_TEST(handshakes that are left open) {
  auto opts = secure();
  opts.tls_handshake_timeout = 200ms;
  opts.max_connections = 2;
  channel_server srv{sys, any_port, opts};
  raw_socket silent;
  silent.connect(srv.where().port());
  raw_socket partial;
  partial.connect(srv.where().port());
  partial.send(std::string_view{"\x16\x03\x01\x02", 4});
  CAF_MESSAGE("they count as connections");
  CAF_CHECK(eventually([&] {
    raw_socket third;
    third.connect(srv.where().port());
    third.wait_closed();
    return srv.handle().refused() > 0;
  }));
  CAF_MESSAGE("for a while");
  silent.wait_closed();
  partial.wait_closed();
  CAF_CHECK_EQUAL(refusal(), "the TLS handshake timed out");
  CAF_CHECK(eventually([&] { return srv.handle().handshakes_failed() >= 2; }));
  CAF_CHECK(works(srv, secure()));
}

CAF_TEST(a client that goes on after it was refused) {
  auto opts = secure();
  opts.tls_handshake_timeout = 1h;
  channel_server srv{sys, any_port, opts};
  raw_socket client;
  client.connect(srv.where().port());
  // A record of its own that is no greeting: it is told, and waited for.
  client.send(std::string_view{"\x16\x03\x01\x00\x04\x02\x00\x00\x00", 9});
  client.send(std::string(aiomas::defaults::max_tls_drained * 2, 'x'));
  client.wait_closed();
  CAF_CHECK_EQUAL(refusal(), "unexpected message");
}

CAF_TEST(handshakes that are left open disturb nobody) {
  channel_server srv{sys, any_port, secure()};
  raw_socket silent[20];
  for (auto& each : silent)
    each.connect(srv.where().port());
  CAF_CHECK(works(srv, secure()));
  CAF_MESSAGE("they end with their server");
  srv.handle().close();
  for (auto& each : silent)
    each.wait_closed();
  CAF_CHECK_EQUAL(warnings.texts().size(), 0u);
}

CAF_TEST(containers end their handshakes) {
  auto home = make_container(any_port, secure());
  raw_socket silent;
  silent.connect(home.address().port());
  must(home.shutdown());
  silent.wait_closed();
  CAF_CHECK_EQUAL(home.handshakes_failed(), 0u);
}

CAF_TEST(the system ends in the middle of it) {
  raw_socket silent;
  address where{"127.0.0.1", silent.bind()};
  silent.listen(1);
  raw_socket client;
  std::unique_ptr<raw_socket> peer; // stays
  tally<std::string> seen;
  {
    config_type other_cfg;
    actor_system other{other_cfg};
    channel_server srv{other, any_port, secure()};
    client.connect(srv.where().port());
    channel::open_connection(other, where, secure())
      .notify([seen](expected<channel> what) {
        seen.add(what ? "connected" : describe(what.error()));
      });
    peer.reset(new raw_socket{silent.accept()});
    peer->wait(); // the client has begun
  }
  client.wait_closed();
  CAF_CHECK_EQUAL(seen.get(), "shut_down: Cannot connect to " + to_string(where)
                                + ": shut down");
}

CAF_TEST_FIXTURE_SCOPE_END()
