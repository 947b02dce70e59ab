// Cap'n Proto's side of echo_server: two-party RPC, one thread with one event
// loop.
//
//     capnp_server --listen tcp://127.0.0.1:0
//
// prints READY and its URL.

#include "sockets.hpp"

#include "echo.capnp.h"

#include <CLI/CLI.hpp>

#include <capnp/rpc-twoparty.h>
#include <kj/async-io.h>

#include <iostream>
#include <string>

namespace {

class echo final : public peers::schema::Echo::Server {
  kj::Promise<void> integer(IntegerContext context) override {
    context.getResults().setValue(context.getParams().getValue());
    return kj::READY_NOW;
  }

  kj::Promise<void> bytes(BytesContext context) override {
    auto x = context.getParams().getValue();
    // The size is known, so that one segment will do.
    capnp::MessageSize size{x.size() / sizeof(capnp::word) + 16, 0};
    context.getResults(size).setValue(x);
    return kj::READY_NOW;
  }
};

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Echoes by Cap'n Proto."};
  std::string url = "tcp://127.0.0.1:0";
  app.add_option("--listen,-l", url, "where to listen")->capture_default_str();
  CLI11_PARSE(app, argc, argv);
  auto io = kj::setupAsyncIo();
  auto where = io.provider->getNetwork()
                 .parseAddress("127.0.0.1", peers::port_of(url))
                 .wait(io.waitScope);
  auto listener = where->listen();
  capnp::TwoPartyServer server{kj::heap<echo>()};
  std::cout << "READY tcp://127.0.0.1:" << listener->getPort() << "/"
            << std::endl;
  server.listen(*listener).wait(io.waitScope);
}
