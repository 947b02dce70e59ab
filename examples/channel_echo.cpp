// A channel without agents or functions: requests and replies, nothing else.

#include "caf/aiomas/all.hpp"

#include <iostream>
#include <string>

using namespace caf;

namespace {

/// The body of an actor that is spawned for each client.
void handle_client(event_based_actor* self, aiomas::channel ch) {
  ch.recv().then(self, [ch](aiomas::request req) {
    std::cout << "server got " << to_string(req.content()) << std::endl;
    req.reply("cya");
    ch.close();
  });
}

void caf_main(actor_system& sys, const aiomas::config&) {
  using aiomas::channel;
  auto server
    = channel::start_server(sys, {"localhost", 0}, handle_client).get();
  if (!server) {
    std::cerr << aiomas::describe(server.error()) << '\n';
    return;
  }
  auto ch = channel::open_connection(sys, server->address()).get();
  if (!ch) {
    std::cerr << aiomas::describe(ch.error()) << '\n';
    return;
  }
  auto reply = ch->send("ohai").get();
  if (reply)
    std::cout << "client got " << to_string(*reply) << std::endl;
  else
    std::cerr << aiomas::describe(reply.error()) << '\n';
  ch->close();
  server->wait_closed().get();
}

} // namespace

CAF_MAIN(aiomas::middleman)
