// Eight echo actors behind CAF's own network protocol, BASP: a client asks a
// ninth actor for them.
//
//     basp_server --listen tcp://127.0.0.1:0
//
// prints READY and its URL.

#include "basp.hpp"
#include "sockets.hpp"

#include <CLI/CLI.hpp>

#include <csignal>
#include <cstdint>
#include <iostream>
#include <string>

namespace {

caf::behavior echo(caf::event_based_actor*) {
  return {[](int64_t x) { return x; },
          [](std::string& x) { return std::move(x); }};
}

caf::behavior registry(caf::event_based_actor*, peers::actor_list actors) {
  return {[actors](caf::get_atom) { return actors; }};
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Eight echo actors behind CAF's own network."};
  std::string url = "tcp://127.0.0.1:0";
  app.add_option("--listen,-l", url, "where to listen")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  // The threads of the system inherit it.
  sigset_t stop{};
  sigaddset(&stop, SIGTERM);
  sigaddset(&stop, SIGINT);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);
  peers::basp_config cfg;
  caf::actor_system sys{cfg};
  peers::actor_list actors;
  for (auto i = 0; i < 8; ++i)
    actors.push_back(sys.spawn(echo));
  auto port = sys.middleman().publish(sys.spawn(registry, actors),
                                      peers::port_of(url), "127.0.0.1", true);
  if (!port) {
    std::cerr << sys.render(port.error()) << '\n';
    return 1;
  }
  std::cout << "READY tcp://127.0.0.1:" << *port << "/" << std::endl;
  auto signal = 0;
  sigwait(&stop, &signal);
  std::_Exit(0); // the actors never end
}
