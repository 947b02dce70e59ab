// A channel over TLS. Both ends show certificates and check each other's.
//
//     scripts/make-certs certs
//     tls_channel --certs=certs

#include "caf/aiomas/all.hpp"

#include <iostream>
#include <string>

using namespace caf;

namespace {

struct config : aiomas::config {
  config() {
    opt_group{custom_options_, "global"}.add(
      folder, "certs", "folder with ca.pem, device.pem and device.key");
  }

  std::string folder = "certs";
};

/// Serves one client.
void handle_client(event_based_actor* self, aiomas::channel ch) {
  ch.recv().then(self, [ch](aiomas::request req) {
    std::cout << "server got " << to_string(req.content()) << std::endl;
    req.reply("cya");
    ch.close();
  });
}

void caf_main(actor_system& sys, const config& cfg) {
  using aiomas::channel;
  auto& dir = cfg.folder;
  aiomas::options opts;
  opts.ssl = aiomas::ssl_certs{dir + "/ca.pem", dir + "/device.pem",
                               dir + "/device.key"};
  auto server
    = channel::start_server(sys, {"localhost", 0}, handle_client, opts).get();
  if (!server) {
    std::cerr << aiomas::describe(server.error()) << '\n';
    return;
  }
  auto ch = channel::open_connection(sys, server->address(), opts).get();
  if (!ch) {
    std::cerr << aiomas::describe(ch.error()) << '\n';
    return;
  }
  std::cout << "connected with " << to_string(ch->get_extra_info("cipher"))
            << std::endl;
  if (auto reply = ch->send("ohai").get())
    std::cout << "client got " << to_string(*reply) << std::endl;
  // Who has no certificate is not let in.
  auto plain = channel::open_connection(sys, server->address()).get();
  if (plain)
    if (auto reply = plain->send("ohai").get(); !reply)
      std::cout << "without TLS: " << aiomas::describe(reply.error())
                << std::endl;
}

} // namespace

CAF_MAIN(aiomas::middleman)
