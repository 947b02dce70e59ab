#define CAF_SUITE tls_engine

#include "caf/aiomas/detail/tls_engine.hpp"

#include "caf/test/dsl.hpp"

#include "caf/aiomas/detail/tls_info.hpp"

#include "unit/certificates.hpp"

#include <algorithm>
#include <cstring>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;

namespace {

/// One end of a connection, and what has become of it.
struct end {
  std::unique_ptr<tls_engine> engine;
  std::string failure;
  std::string received;
  bool shaken = false;
  bool closed = false;

  end(const ssl_context& with, const std::string& host) {
    auto made = tls_engine::make(*with.impl(), host);
    if (made)
      engine = *std::move(made);
    else
      failure = made.error().text;
  }

  void look_at(tls_engine::verdict what) {
    if (what == tls_engine::verdict::failed)
      failure = engine->failure();
    closed = closed || what == tls_engine::verdict::closed;
  }

  /// Uses up what has arrived.
  void work() {
    if (!shaken) {
      auto verdict = engine->handshake();
      look_at(verdict);
      shaken = verdict == tls_engine::verdict::ok;
    }
    if (!shaken)
      return;
    std::byte plain[1000];
    size_t n = 0;
    tls_engine::verdict verdict;
    while ((verdict = engine->read(plain, n)) == tls_engine::verdict::ok)
      received.append(reinterpret_cast<char*>(plain), n);
    look_at(verdict);
  }

  void feed(std::span<const std::byte> what, size_t at_a_time) {
    while (!what.empty()) {
      auto room = engine->prepare();
      auto n = std::min({what.size(), room.size(), at_a_time});
      std::memcpy(room.data(), what.data(), n);
      engine->commit(n);
      what = what.subspan(n);
      work();
    }
  }

  size_t send(const std::string& text) {
    return engine->write(std::as_bytes(std::span{text}));
  }
};

struct pair {
  end client;
  end server;

  pair(const ssl_context& for_client, const ssl_context& for_server,
       const std::string& host = "localhost")
    : client(for_client, host), server(for_server, {}) {
    // nop
  }

  /// Carries bytes to and fro until there are none left.
  pair& run(size_t at_a_time = SIZE_MAX) {
    client.work();
    byte_buffer wire;
    while (client.engine->has_output() || server.engine->has_output()) {
      client.engine->take_output(wire);
      server.feed(wire, at_a_time);
      server.engine->take_output(wire);
      client.feed(wire, at_a_time);
    }
    return *this;
  }
};

struct fixture {
  certificate_authority ca;

  template <class T>
  static T must(outcome<T> x) {
    if (!x)
      CAF_FAIL("unexpected " << to_string(x.error()));
    return *std::move(x);
  }

  ssl_context server(const wanted_certificate& shown = {},
                     ssl_settings with = {}) {
    return must(make_ssl_server_context(ca.issue(shown), with));
  }

  ssl_context client(ssl_settings with = {}) {
    return must(make_ssl_client_context(ca.issue(), with));
  }

  /// What a client says of a server with this certificate.
  std::string verdict(const std::string& host,
                      const wanted_certificate& shown) {
    pair ends{client(), server(shown), host};
    if (!ends.client.engine)
      return ends.client.failure;
    ends.run();
    return ends.client.shaken ? "ok" : ends.client.failure;
  }
};

constexpr ssl_settings only_1_2{tls_version::tls_1_2, tls_version::tls_1_2};
constexpr ssl_settings only_1_3{tls_version::tls_1_3, tls_version::tls_1_3};

std::string version_of(const end& what) {
  return to_string(*tls_info{what.engine->native()}.get("ssl_version"));
}

std::string cipher_of(const end& what) {
  return to_string(*tls_info{what.engine->native()}.get("cipher"));
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(tls_engine_tests, fixture)

// -- handshakes ---------------------------------------------------------------

CAF_TEST(both versions) {
  pair newest{client(), server()};
  newest.run();
  CAF_CHECK(newest.client.shaken && newest.server.shaken);
  CAF_CHECK_EQUAL(version_of(newest.server), "'TLSv1.3'");
  CAF_CHECK_EQUAL(cipher_of(newest.client),
                  "['TLS_AES_256_GCM_SHA384', 'TLSv1.3', 256]");
  for (auto older_client : {true, false}) {
    pair older{client(older_client ? only_1_2 : ssl_settings{}),
               server({}, older_client ? ssl_settings{} : only_1_2)};
    older.run();
    CAF_CHECK(older.client.shaken && older.server.shaken);
    CAF_CHECK_EQUAL(version_of(older.client), "'TLSv1.2'");
    CAF_CHECK_EQUAL(cipher_of(older.server),
                    "['ECDHE-ECDSA-AES256-GCM-SHA384', 'TLSv1.2', 256]");
  }
}

CAF_TEST(no common version) {
  pair ends{client(only_1_2), server({}, only_1_3)};
  ends.run();
  CAF_CHECK_EQUAL(ends.server.failure, "unsupported protocol");
  CAF_CHECK_EQUAL(ends.client.failure,
                  "the peer ended TLS with the alert \"protocol version\"");
}

CAF_TEST(byte by byte) {
  for (auto with : {only_1_2, only_1_3}) {
    pair ends{client(with), server()};
    ends.run(1);
    CAF_CHECK_EQUAL(ends.client.send("ohai"), 4u);
    ends.server.send("cya");
    ends.run(1);
    CAF_CHECK_EQUAL(ends.server.received, "ohai");
    CAF_CHECK_EQUAL(ends.client.received, "cya");
  }
}

CAF_TEST(nothing is kept for later sessions) {
  pair ends{client(), server()};
  ends.client.work();
  byte_buffer wire;
  ends.client.engine->take_output(wire);
  ends.server.feed(wire, SIZE_MAX);
  ends.server.engine->take_output(wire);
  ends.client.feed(wire, SIZE_MAX);
  ends.client.engine->take_output(wire);
  ends.server.feed(wire, SIZE_MAX);
  CAF_CHECK(ends.server.shaken);
  CAF_MESSAGE("here, tickets would follow");
  CAF_CHECK(!ends.server.engine->has_output());
}

// -- bytes --------------------------------------------------------------------

CAF_TEST(more than a record) {
  std::string text;
  for (auto i = 0; i < 30'000; ++i)
    text += std::to_string(i);
  for (auto with : {only_1_2, only_1_3}) {
    pair ends{client(with), server()};
    ends.run();
    CAF_CHECK_EQUAL(ends.client.send(text), text.size());
    ends.run(1500);
    CAF_CHECK(ends.server.received == text);
    ends.server.send(text);
    ends.run();
    CAF_CHECK(ends.client.received == text);
  }
}

CAF_TEST(the end is told) {
  pair ends{client(), server()};
  ends.run();
  ends.client.send("last");
  ends.client.engine->shutdown();
  ends.run();
  CAF_CHECK_EQUAL(ends.server.received, "last");
  CAF_CHECK(ends.server.closed);
  CAF_CHECK(ends.server.failure.empty());
}

CAF_TEST(what is no TLS) {
  for (std::string text :
       {std::string{"\0\0\0\x2c[0, 0, [\"add\", [3, 4], {}]]", 32},
        std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string(20'000, 'x')}) {
    end victim{server(), {}};
    victim.feed(std::as_bytes(std::span{text}), SIZE_MAX);
    CAF_CHECK_EQUAL(victim.failure, "the peer does not speak TLS");
  }
}

CAF_TEST(damaged records) {
  pair ends{client(), server()};
  ends.run();
  ends.client.send("text");
  byte_buffer wire;
  ends.client.engine->take_output(wire);
  wire.back() ^= std::byte{1};
  ends.server.feed(wire, SIZE_MAX);
  CAF_CHECK_EQUAL(ends.server.received, "");
  CAF_CHECK_EQUAL(ends.server.failure, "decryption failed or bad record mac");
  CAF_MESSAGE("it is over for good");
  size_t n = 0;
  std::byte plain[10];
  CAF_CHECK(ends.server.engine->read(plain, n) == tls_engine::verdict::failed);
  CAF_CHECK_EQUAL(ends.server.send("text"), 0u);
  CAF_CHECK(!ends.server.engine->prepare().empty());
}

CAF_TEST(peers that make us write without end) {
  pair ends{client(), server()};
  ends.run();
  auto flood = const_cast<SSL*>(ends.client.engine->native());
  byte_buffer wire;
  auto i = 0;
  while (ends.server.failure.empty() && ++i < 100'000) {
    SSL_key_update(flood, SSL_KEY_UPDATE_REQUESTED);
    SSL_do_handshake(flood);
    ends.client.engine->take_output(wire);
    ends.server.feed(wire, SIZE_MAX); // whose answers nobody reads
  }
  CAF_CHECK_EQUAL(ends.server.failure,
                  "the peer makes us write more than it reads");
}

// -- certificates -------------------------------------------------------------

CAF_TEST(hosts) {
  CAF_CHECK_EQUAL(verdict("localhost", {}), "ok");
  CAF_CHECK_EQUAL(verdict("LocalHost.", {}), "ok");
  CAF_CHECK_EQUAL(verdict("127.0.0.1", {}), "ok");
  CAF_CHECK_EQUAL(verdict("::1", {}), "ok");
  CAF_CHECK_EQUAL(verdict("127.0.0.2", {}),
                  "certificate verify failed: IP address mismatch");
  CAF_CHECK_EQUAL(verdict("example.org", {}),
                  "certificate verify failed: hostname mismatch");
  wanted_certificate wild{"x", "DNS:*.example.org,DNS:a*.example.com"};
  CAF_CHECK_EQUAL(verdict("a.example.org", wild), "ok");
  for (auto host : {"a.b.example.org", "example.org", "ab.example.com"})
    CAF_CHECK_EQUAL(verdict(host, wild),
                    "certificate verify failed: hostname mismatch");
}

CAF_TEST(common names count without others) {
  CAF_CHECK_EQUAL(verdict("box", {"box", "IP:127.0.0.1"}), "ok");
  CAF_CHECK_EQUAL(verdict("box", {"box", "DNS:other"}),
                  "certificate verify failed: hostname mismatch");
  CAF_CHECK_EQUAL(verdict("127.0.0.1", {"127.0.0.1", "DNS:other"}),
                  "certificate verify failed: IP address mismatch");
}

CAF_TEST(hosts that would be any host) {
  using namespace std::literals;
  for (auto& host : {""s, "."s, "%eth0"s, "localhost\0.evil"s})
    CAF_CHECK_EQUAL(verdict(host, {}), "the host \"" + host
                                         + "\" cannot be looked for in a "
                                           "certificate");
}

CAF_TEST(what is known of the peer) {
  pair ends{client(), server()};
  ends.run();
  tls_info known{ends.client.engine->native()};
  auto cert = *known.get("peercert")->get_if<dict>();
  CAF_CHECK_EQUAL(to_string(*cert.find("subject")),
                  "[[['commonName', 'localhost']]]");
  CAF_CHECK_EQUAL(to_string(*cert.find("issuer")),
                  "[[['commonName', 'Test CA']]]");
  CAF_CHECK_EQUAL(to_string(*cert.find("version")), "3");
  CAF_CHECK_EQUAL(to_string(*cert.find("subjectAltName")),
                  "[['DNS', 'localhost'], ['IP Address', '127.0.0.1'], ['IP "
                  "Address', '::1']]");
  auto date = cert.find("notAfter")->get_if<std::string>();
  CAF_CHECK(date && date->size() == 24 && date->ends_with(" GMT"));
  auto& shown = known.certificate();
  CAF_REQUIRE(shown);
  CAF_CHECK_EQUAL(shown->common_name, "localhost");
  auto wanted = std::vector<std::string>{"localhost", "127.0.0.1", "::1"};
  CAF_CHECK(shown->alternative_names == wanted);
  CAF_CHECK(!known.get("peername"));
}

// -- files --------------------------------------------------------------------

CAF_TEST(files that cannot be used) {
  auto good = ca.issue();
  auto check = [](const ssl_certs& certs, const std::string& text) {
    auto made = make_ssl_server_context(certs);
    CAF_REQUIRE(!made);
    auto seen = to_string(made.error());
    CAF_CHECK_EQUAL(seen, "invalid_argument: Cannot use the " + text);
  };
  auto in = [](const char* what, const std::string& file, const char* why) {
    return std::string{what} + " in \"" + file + "\": " + why;
  };
  check({"/nope", good.certfile, good.keyfile},
        in("CA certificates", "/nope", "No such file or directory"));
  check({ca.file(), "", good.keyfile},
        in("certificate", "", "no file was given"));
  check({ca.file(), good.keyfile, good.keyfile},
        in("certificate", good.keyfile, "it is not in there"));
  check({good.keyfile, good.certfile, good.keyfile},
        in("CA certificates", good.keyfile, "it is not in there"));
  check({ca.file(), good.certfile, good.certfile},
        in("private key", good.certfile, "it is not in there"));
  auto other = ca.issue();
  auto why
    = "it does not belong to the certificate in \"" + good.certfile + "\"";
  check({ca.file(), good.certfile, other.keyfile},
        in("private key", other.keyfile, why.c_str()));
}

CAF_TEST(passphrases) {
  wanted_certificate locked;
  locked.passphrase = "sesame";
  auto certs = ca.issue(locked);
  auto failure = [&] {
    auto made = make_ssl_client_context(certs);
    auto text = made ? "ok" : made.error().text;
    return text.substr(text.rfind(": ") + 2);
  };
  CAF_CHECK_EQUAL(failure(), "it is encrypted, and there is no passphrase");
  certs.passphrase = [] { return std::string{"wrong"}; };
  CAF_CHECK_EQUAL(failure(), "the passphrase is wrong");
  certs.passphrase = [] { return std::string(5000, 'x'); };
  CAF_CHECK_EQUAL(failure(), "the passphrase is too long");
  certs.passphrase
    = []() -> std::string { throw std::runtime_error("nobody is there"); };
  CAF_CHECK_EQUAL(failure(), "nobody is there");
  certs.passphrase = [] { return std::string{"sesame"}; };
  CAF_CHECK(make_ssl_client_context(certs));
}

CAF_TEST(contexts that make no sense) {
  auto made = make_ssl_server_context(
    ca.issue(), {tls_version::tls_1_3, tls_version::tls_1_2});
  CAF_REQUIRE(!made);
  CAF_CHECK_EQUAL(made.error().text,
                  "The lowest version of TLS is above the highest");
  CAF_CHECK(!ssl_context::server_of(nullptr));
  CAF_CHECK(!ssl_context{}.reload());
  own_context own{TLS_server_method()};
  auto mine = must(ssl_context::server_of(own.get()));
  auto failed = mine.reload();
  CAF_REQUIRE(!failed);
  CAF_CHECK_EQUAL(failed.error().text, "The context was not made of files");
}

CAF_TEST_FIXTURE_SCOPE_END()
