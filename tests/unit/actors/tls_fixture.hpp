#pragma once

/// What the suites of TLS share. To be included after CAF_SUITE is defined.

#include "container_fixture.hpp"

#include "unit/certificates.hpp"

#include "caf/aiomas/ssl.hpp"

#include "warning_log.hpp"

namespace aiomas_test {

struct tls_fixture : container_fixture {
  warning_log warnings;
  certificate_authority ca;
  ssl_certs certs = ca.issue();

  static options with(ssl_choice tls) {
    options result;
    result.ssl = std::move(tls);
    return result;
  }

  /// What both ends have that trust each other.
  options secure() const {
    return with(certs);
  }

  static channel open(actor_system& sys, const address& where, options opts) {
    return must(channel::open_connection(sys, where, std::move(opts)));
  }

  /// Whether requests and replies get through.
  static bool works(const channel& client, const channel& server) {
    auto reply = begin(client.send("ohai"));
    must(server.recv()).reply("cya");
    return must(reply.get()) == value{"cya"};
  }

  bool works(channel_server& srv, options opts) {
    auto client = open(sys, srv.where(), std::move(opts));
    return works(client, srv.next());
  }

  /// Waits for the first warning of a server and returns what it says of why.
  std::string refusal() {
    if (!eventually([this] { return !warnings.texts().empty(); }))
      CAF_FAIL("no warning");
    auto text = warnings.texts().front();
    auto begin = text.find(": refused 127.0.0.1: ");
    return begin == std::string::npos ? text : text.substr(begin + 21);
  }

  /// The text of an error of connecting without what all of them have.
  static std::string why_not(const error& what, const address& where) {
    auto text = describe(what);
    auto usual = "cannot_connect: Cannot connect to " + to_string(where) + ": ";
    return text.starts_with(usual) ? text.substr(usual.size()) : text;
  }

  std::string why_not(const channel_server& srv, options opts) {
    return why_not(
      failure(channel::open_connection(sys, srv.where(), std::move(opts))),
      srv.where());
  }
};

} // namespace aiomas_test
