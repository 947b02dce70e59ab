// Agents in two containers that talk over TLS, and one that nobody trusts.
//
//     scripts/make-certs certs
//     tls_agents --certs=certs

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

class greeter : public aiomas::agent {
public:
  greeter(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("greet", [](std::string name) { return "Hello, " + name + "!"; });
  }

  aiomas::task<void> meet(std::string addr) {
    auto remote = co_await container().connect(addr);
    auto text = co_await remote.call<std::string>("greet", "stranger");
    aout(this) << text << std::endl;
  }
};

void caf_main(actor_system& sys, const config& cfg) {
  auto& dir = cfg.folder;
  aiomas::options opts;
  // For all connections, those that come in and those that go out.
  opts.ssl = aiomas::ssl_certs{dir + "/ca.pem", dir + "/device.pem",
                               dir + "/device.key"};
  auto home = aiomas::container::create(sys, {"localhost", 0}, opts);
  auto away = aiomas::container::create(sys, {"127.0.0.1", 0}, opts);
  if (!home || !away) {
    std::cerr << aiomas::describe(home ? away.error() : home.error()) << '\n';
    return;
  }
  auto a = home->spawn<greeter>();
  auto b = away->spawn<greeter>();
  if (auto ok = aiomas::run(a, &greeter::meet, b.addr()); !ok)
    std::cerr << aiomas::describe(ok.error()) << '\n';
  auto plain = aiomas::container::create(sys, {"localhost", 0});
  if (!plain)
    return;
  auto refused = plain->connect(b.addr()).get();
  if (!refused)
    std::cout << "without TLS: " << aiomas::describe(refused.error())
              << std::endl;
}

} // namespace

CAF_MAIN(aiomas::middleman)
