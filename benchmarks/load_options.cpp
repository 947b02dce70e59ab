#include "load_options.hpp"

#include <CLI/CLI.hpp>

#include <iostream>

namespace load {

namespace {

using words = std::vector<std::string>;

/// The options that may have several values, which make a sweep.
struct lists {
  words conns{"1"};
  words depth{"64"};
  words agents{"8"};
  words payload{"int"};
  words codec{"json"};
  words transport{"tcp"};
  words work{"0"};
  words dispatch{""};
};

// CLI11's own print their whole range, which has hundreds of digits.

std::string positive(const std::string& text) {
  double x = 0;
  return CLI::detail::lexical_cast(text, x) && x > 0
           ? ""
           : text + " is not a positive number";
}

std::string not_negative(const std::string& text) {
  double x = 0;
  return CLI::detail::lexical_cast(text, x) && x >= 0
           ? ""
           : text + " is a negative number or none";
}

std::string natural(const std::string& text) {
  size_t x = 0;
  return CLI::detail::lexical_cast(text, x) && x > 0
           ? ""
           : text + " is not a positive number";
}

std::string a_payload(const std::string& text) {
  return payload::parse(text) ? "" : "unknown payload: " + text;
}

CLI::Option* add_list(CLI::App& app, const char* name, words& into,
                      const std::string& help) {
  return app.add_option(name, into, help)
    ->delimiter(',')
    ->allow_extra_args(false)
    ->capture_default_str();
}

size_t number(const std::string& text) {
  return static_cast<size_t>(std::stoull(text));
}

void add_aiomas_options(CLI::App& app, const client& what, lists& all,
                        plan& base) {
  words transports{"tcp", "ipc"};
  if (what.has_local)
    transports.push_back("local");
  if (what.has_tls)
    transports.push_back("tls");
  add_list(app, "--agents,-a", all.agents, "agents to call, from 0 on")
    ->check(natural);
  add_list(app, "--transport,-t", all.transport,
           "how to reach the server: " + CLI::detail::join(transports, ", ")
             + (what.has_local ? "; local is inside of this process" : ""))
    ->check(CLI::IsMember(transports));
  add_list(app, "--work", all.work,
           "microseconds for which the agent's function is busy")
    ->check(not_negative);
  if (what.has_rate)
    app
      .add_option("--rate", base.rate,
                  "calls to begin per second, if no more than --depth of a "
                  "connection are pending, instead of one for each reply")
      ->check(positive);
  add_list(app, "--dispatch", all.dispatch,
           "how the server runs its agents: scheduled, inlined")
    ->check(CLI::IsMember(words{"", "scheduled", "inlined"}));
  if (what.has_tls)
    app.add_option("--certs", base.certs,
                   "folder with ca.pem, device.pem and device.key, for tls");
}

void add_options(CLI::App& app, const client& what, settings& into, lists& all,
                 plan& base) {
  app.add_option("--url", into.url,
                 "the container to call; own server if none");
  app
    .add_option("--server", into.server,
                "program to start if there is no URL, with its own options")
    ->default_str("the one of this build");
  add_list(app, "--conns,-c", all.conns, "connections")->check(natural);
  add_list(app, "--depth,-d", all.depth, "pending calls of each connection")
    ->check(natural);
  app
    .add_option_function<double>(
      "--secs,-s", [&base](double x) { base.window = seconds{x}; },
      "seconds in which replies count")
    ->check(positive)
    ->default_str("2");
  app
    .add_option_function<double>(
      "--warmup,-w", [&base](double x) { base.warmup = seconds{x}; },
      "seconds before")
    ->check(not_negative)
    ->default_str("0.5");
  add_list(app, "--payload,-p", all.payload,
           "what is echoed: int, string:N for N characters, bytes:N"
             + std::string{what.is_aiomas ? ", or dict" : ""})
    ->check(a_payload);
  add_list(app, "--codec", all.codec,
           what.is_aiomas ? "json, msgpack or msgpack_blosc" : what.codec);
  if (what.has_calls)
    app.add_option("--calls", base.calls,
                   "make so many calls in all, without warm-up");
  app.add_flag("--json", into.as_json, "print lines of JSON");
  if (what.is_aiomas)
    add_aiomas_options(app, what, all, base);
}

/// Calls `f` with a plan for each value in each list.
template <class F>
void for_each_plan(const lists& all, plan x, F f) {
  for (auto& transport : all.transport)
    for (auto& dispatch : all.dispatch)
      for (auto& codec : all.codec)
        for (auto& name : all.payload)
          for (auto& agents : all.agents)
            for (auto& work : all.work)
              for (auto& conns : all.conns)
                for (auto& depth : all.depth) {
                  x.transport = transport;
                  x.dispatch = dispatch;
                  x.codec = codec;
                  x.payload_name = name;
                  x.payload = *payload::parse(name);
                  x.agents = number(agents);
                  x.work_us = number(work);
                  x.conns = number(conns);
                  x.depth = number(depth);
                  f(x);
                }
}

/// Returns what is wrong, or an empty string.
std::string check(const plan& x, const settings& with, const client& what) {
  if (!what.codec.empty() && x.codec != what.codec)
    return "unknown codec: " + x.codec + "; known is " + what.codec;
  if (x.codec == "json" && x.payload.what == payload::kind::bytes)
    return "JSON has no bytes";
  if (!what.is_aiomas && x.payload.what == payload::kind::dict)
    return "this protocol has no dict";
  if (x.transport == "tls" && x.certs.empty())
    return "tls needs --certs; scripts/make-certs makes some";
  if (x.transport == "local" && !with.url.empty())
    return "local has no URL";
  return {};
}

} // namespace

settings parse_options(int argc, char** argv, const client& what) {
  CLI::App app{what.description};
  settings result;
  result.server = what.server;
  lists all;
  plan base;
  if (!what.codec.empty())
    all.codec = {what.codec};
  add_options(app, what, result, all, base);
  app.allow_extras(what.has_others);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& err) {
    result.exit_code = app.exit(err);
    return result;
  }
  base.others = app.remaining();
  for_each_plan(all, base, [&](const plan& x) {
    if (auto wrong = check(x, result, what); !wrong.empty()) {
      std::cerr << wrong << '\n';
      result.exit_code = 2;
    }
    result.plans.push_back(x);
  });
  return result;
}

} // namespace load
