#include "command.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/external_clock.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/node.hpp"
#include "caf/aiomas/plugin.hpp"
#include "caf/aiomas/simulation_clock.hpp"

#include <CLI/CLI.hpp>
#include <caf/actor_system.hpp>

#include <chrono>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace caf::aiomas::tool {

namespace {

constexpr const char* footer = R"(Examples:
  $ aiomas node tcp://127.0.0.1:5555 --plugin ./agents.so
  READY tcp://127.0.0.1:5555/
  $ aiomas call tcp://127.0.0.1:5555/0 spawn '["demo:Counter", 5]'
  [{"__type__":[1,"agents/1"]},"tcp://127.0.0.1:5555/1"]
  $ aiomas call tcp://127.0.0.1:5555/0 stop
  null

A node is a container in which others start agents. Its manager, the agent with
the id 0, has the functions spawn(NAME, ...), set_time(SECONDS) and stop(). What
can be spawned is in plug-ins: shared libraries with AIOMAS_REGISTER_AGENT. The
time can be set if there is a --start-date. With --simulated, a program with a
simulation_master lets it pass instead, in this node and others alike.

READY and the URL are printed once the node serves; port 0 takes a free one. It
ends when stop() is called, and by SIGINT or SIGTERM, after it has answered what
it was asked; by a second signal at once.

Whoever can connect can start agents, and stop the node: listen where only
friends are, or use TLS.)";

/// Longer than anyone waits.
constexpr double longest_timeout = 1e8;

struct settings {
  std::string where;
  std::string codec = "json";
  std::optional<std::string> start_date;
  bool simulated = false;
  std::vector<std::string> plugins;
  std::vector<std::string> folders;
  std::optional<double> shutdown_timeout;
  ssl_certs certs;
};

exit_code refuse(const std::string& why) {
  complain(why);
  return usage_error;
}

/// Loads all plug-ins. Complains and returns false if one does not work.
bool load_plugins(const settings& with) {
  auto failed = [](const auto& loaded) {
    if (!loaded)
      complain(text_of(loaded.error()));
    return !loaded;
  };
  for (auto& path : with.plugins)
    if (failed(load_plugin(path)))
      return false;
  for (auto& path : with.folders)
    if (failed(load_plugins_in(path)))
      return false;
  return true;
}

exit_code serve(const address& where, options opts) {
  config cfg;
  actor_system sys{cfg};
  auto n = start_node(sys, where, std::move(opts));
  if (!n) {
    complain(text_of(n.error()));
    return code_of(n.error()) == errc::invalid_argument ? usage_error
                                                        : no_connection;
  }
  auto result = success;
  aiomas::run(sys, [&] {
    if (std::cout << "READY " << n->base_url() << std::endl)
      return;
    complain("cannot write READY to the standard output");
    result = no_connection;
    n->container().shutdown_async().detach();
  });
  if (auto done = n->shutdown(); !done)
    complain(text_of(done.error()));
  return result;
}

exit_code run(const settings& with) {
  auto where = address::parse(with.where);
  if (!where)
    return refuse(where.error().text);
  if (where->how() == address::transport::local)
    return refuse(with.where + " cannot be reached by other processes");
  options opts;
  opts.codec = codec_by_name(with.codec);
  if (!with.certs.cafile.empty())
    opts.ssl = with.certs;
  if (with.start_date) {
    try {
      if (with.simulated)
        opts.clock = std::make_shared<simulation_clock>(*with.start_date);
      else
        opts.clock = std::make_shared<external_clock>(*with.start_date);
    } catch (const std::exception& ex) {
      return refuse("--start-date: " + std::string{ex.what()});
    }
  }
  if (with.shutdown_timeout) {
    if (!(*with.shutdown_timeout >= 0
          && *with.shutdown_timeout <= longest_timeout))
      return refuse("--shutdown-timeout must be from 0 to 1e8 seconds");
    opts.shutdown_timeout = std::chrono::duration_cast<options::duration>(
      std::chrono::duration<double>{*with.shutdown_timeout});
  }
  // Before there are any threads.
  if (!load_plugins(with))
    return usage_error;
  return serve(*where, std::move(opts));
}

} // namespace

void add_node(CLI::App& app, command& selected) {
  auto with = std::make_shared<settings>();
  auto cmd = app.add_subcommand("node",
                                "Runs a container that others start agents "
                                "in.");
  cmd
    ->add_option("ADDRESS", with->where,
                 "where to listen: tcp://HOST:PORT or ipc://[PATH]")
    ->required();
  add_codec_option(*cmd, with->codec);
  cmd
    ->add_option("--start-date,-s", with->start_date,
                 "agents go by a simulated time, which begins with this date, "
                 "such as 2024-02-29T12:00:00+00:00, and which others set")
    ->type_name("DATE");
  cmd
    ->add_flag("--simulated", with->simulated,
               "that time passes as soon as all agents are idle, led by a "
               "simulation_master")
    ->needs("--start-date");
  cmd
    ->add_option("--plugin,-p", with->plugins,
                 "shared library with agents; may be given several times")
    ->type_name("PATH")
    ->expected(1)
    ->take_all();
  cmd
    ->add_option("--plugin-dir", with->folders,
                 "folder whose shared libraries (*.so) all have agents")
    ->type_name("DIR")
    ->expected(1)
    ->take_all();
  cmd
    ->add_option("--shutdown-timeout", with->shutdown_timeout,
                 "how long requests that are being worked on may take when it "
                 "ends, in seconds; default: 2")
    ->type_name("S");
  add_tls_options(*cmd, with->certs);
  cmd->footer(footer);
  cmd->callback(
    [with, &selected] { selected = [with] { return run(*with); }; });
}

} // namespace caf::aiomas::tool
