// How many calls a server answers, and what they cost: keeps calls of
// `agents/<k>/service` pending on some connections and counts the replies.
//
//     load --conns 8 --depth 1,64 --codec json,msgpack
//
// starts an echo_server of its own for each of the four lines that it prints.
//
//     load --url tcp://127.0.0.1:5555/ --conns 8 --depth 64

#include "load_local.hpp"
#include "load_main.hpp"
#include "load_run.hpp"
#include "load_server.hpp"

#include "caf/aiomas/all.hpp"

#include <optional>
#include <stdexcept>
#include <string>

namespace aiomas = caf::aiomas;

namespace {

load::result measure(const load::plan& how, const std::string& url,
                     pid_t server) {
  aiomas::config cfg;
  cfg.load<aiomas::middleman>();
  // Otherwise, client and server have one each.
  if (url.empty())
    caf::put(cfg.content, "caf.aiomas.io-threads", size_t{2});
  if (auto err = cfg.parse(how.others))
    throw std::runtime_error{caf::actor_system_config::render(err)};
  caf::actor_system sys{cfg};
  std::optional<aiomas::container> local;
  auto where = aiomas::get_queue("load");
  if (url.empty()) {
    local = load::serve_locally(sys, how);
  } else {
    auto parsed = aiomas::address::parse(url);
    if (!parsed)
      throw std::runtime_error{parsed.error().text};
    where = *parsed;
  }
  auto result = load::run(sys, where, how, server);
  if (local)
    local->shutdown();
  if (!result)
    throw std::runtime_error{aiomas::describe(result.error())};
  return std::move(*result);
}

} // namespace

int main(int argc, char** argv) {
  load::client what;
  what.description
    = "Counts the calls that a server answers, and what they "
      "cost. Several values of an option, separated by commas, "
      "make a line each.";
  what.server = load::server_process::default_program();
  what.has_local = true;
  what.has_tls = true;
  what.has_rate = true;
  what.has_others = true;
  what.run = measure;
  return load::run_client(argc, argv, what);
}
