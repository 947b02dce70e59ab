// Drives the agents of another container, those of echo_server or of
// echo_agents.py, by the public API alone:
//
//     interop_client tcp://127.0.0.1:5555/ msgpack
//     interop_client 'ipc://[/tmp/echo]/'
//
// The codec is "json" if none is given. With a folder of certificates as the
// third argument, see scripts/make-certs, it uses TLS. Its own containers
// listen on the same transport.
//
// Prints "OK <name>" or "FAIL <name>: why" for each check and exits with 0 if
// there was no failure.

#include "interop_agents.hpp"
#include "interop_callbacks.hpp"
#include "interop_calls.hpp"
#include "interop_msgpack.hpp"
#include "interop_types.hpp"
#include "interop_values.hpp"

#include <iostream>
#include <string>

#include <unistd.h>

namespace {

using namespace interop;

/// For the whole program, in seconds.
constexpr unsigned total_limit = 60;

int run(context ctx) {
  auto home = aiomas::container::create(ctx.sys, ctx.new_address(),
                                        echo_options(ctx.args));
  if (!home) {
    std::cerr << describe(home.error()) << '\n';
    return 1;
  }
  auto remote = home->connect(ctx.url_of(0)).get(limit);
  if (!remote) {
    std::cerr << describe(remote.error()) << '\n';
    return 1;
  }
  ctx.home = *home;
  ctx.remote = *remote;
  check_calls(ctx);
  check_values(ctx);
  if (ctx.args.codec != "json")
    check_msgpack(ctx);
  check_user_types(ctx);
  check_callbacks(ctx);
  check_agents(ctx);
  check_timeout(ctx);
  ctx.check("call after the end", [&] {
    auto ended = ctx.home.shutdown();
    return all(ended ? verdict{} : describe(ended.error()),
               fails(ctx.remote.call("none").get(limit),
                     aiomas::errc::connection_closed));
  });
  return ctx.ok ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  auto args = arguments::parse(argc, argv);
  if (!args) {
    std::cerr << "usage: interop_client URL [CODEC [CERTS]]\n";
    return 2;
  }
  alarm(total_limit); // whatever hangs, hangs no longer than this
  aiomas::config cfg;
  cfg.load<aiomas::middleman>();
  actor_system sys{cfg};
  return run({sys, *args});
}
