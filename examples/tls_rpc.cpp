// Remote procedure calls over TLS, with contexts of one's own: the server
// speaks TLS 1.3 only, and gets a new certificate while it runs.
//
//     scripts/make-certs certs
//     tls_rpc --certs=certs

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

void caf_main(actor_system& sys, const config& cfg) {
  auto& dir = cfg.folder;
  aiomas::ssl_certs certs{dir + "/ca.pem", dir + "/device.pem",
                          dir + "/device.key"};
  aiomas::ssl_settings newest{aiomas::tls_version::tls_1_3,
                              aiomas::tls_version::tls_1_3};
  auto for_server = aiomas::make_ssl_server_context(certs, newest);
  auto for_client = aiomas::make_ssl_client_context(certs);
  if (!for_server || !for_client) {
    std::cerr << "no TLS without certificates: see scripts/make-certs\n";
    return;
  }
  aiomas::options opts;
  opts.ssl = aiomas::ssl_contexts{*for_server, *for_client};
  aiomas::hosted_service service{
    sys, {aiomas::expose("add", [](int x, int y) { return x + y; })}};
  auto server
    = aiomas::rpc::start_server(sys, {"localhost", 0}, service, {}, opts).get();
  if (!server) {
    std::cerr << aiomas::describe(server.error()) << '\n';
    return;
  }
  auto add = [&] {
    auto client
      = aiomas::rpc::open_connection(sys, server->address(), {}, opts).get();
    if (!client) {
      std::cerr << aiomas::describe(client.error()) << '\n';
      return;
    }
    auto version = client->channel().get_extra_info("ssl_version");
    if (auto sum = client->remote().call<int>("add", 3, 4).get())
      std::cout << "add(3, 4) = " << *sum << " over " << to_string(version)
                << std::endl;
  };
  add();
  // Here, the files may have been replaced.
  if (auto ok = for_server->reload())
    std::cout << "reloaded" << std::endl;
  else
    std::cerr << to_string(ok.error()) << '\n'; // the old ones stay
  add();
}

} // namespace

CAF_MAIN(aiomas::middleman)
