// Drives the agents of another container, those of echo_server or of
// echo_agents.py, by the public API alone:
//
//     interop_client tcp://127.0.0.1:5555/ msgpack
//
// The codec is "json" if none is given.
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

int run(actor_system& sys, std::string base_url, std::string codec) {
  auto home
    = aiomas::container::create(sys, {"127.0.0.1", 0}, echo_options(codec));
  if (!home) {
    std::cerr << describe(home.error()) << '\n';
    return 1;
  }
  auto remote = home->connect(base_url + "0").get(limit);
  if (!remote) {
    std::cerr << describe(remote.error()) << '\n';
    return 1;
  }
  context ctx{sys, *home, std::move(base_url), *remote, std::move(codec)};
  check_calls(ctx);
  check_values(ctx);
  if (ctx.codec != "json")
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
  std::string codec = argc > 2 ? argv[2] : "json";
  if (argc < 2 || argc > 3 || !aiomas::codec_by_name(codec)) {
    std::cerr << "usage: interop_client tcp://HOST:PORT/ [CODEC]\n";
    return 2;
  }
  alarm(total_limit); // whatever hangs, hangs no longer than this
  aiomas::config cfg;
  cfg.load<aiomas::middleman>();
  actor_system sys{cfg};
  return run(sys, argv[1], codec);
}
