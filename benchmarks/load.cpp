// How many calls a server answers: keeps calls of `agents/<k>/service` pending
// on some connections and counts the replies.
//
//     load --url tcp://127.0.0.1:5555/ --conns 8 --depth 64
//
// Without a URL, it starts an echo_server of its own.

#include "load_run.hpp"
#include "load_server.hpp"

#include "caf/aiomas/all.hpp"

#include <CLI/CLI.hpp>

#include <nlohmann/json.hpp>

#include <cstdio>
#include <iostream>
#include <optional>
#include <string>

namespace aiomas = caf::aiomas;

namespace {

struct settings {
  std::string url;
  std::string server;
  std::string payload = "int";
  std::string codec = "json";
  bool as_json = false;
  load::plan plan;
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

void add_options(CLI::App& app, settings& into) {
  auto& plan = into.plan;
  app.add_option("--url", into.url,
                 "the container to call; own server if none");
  app
    .add_option("--server", into.server, "program to start if there is no URL")
    ->default_str("the echo_server of this build");
  app.add_option("--conns,-c", plan.conns, "connections")
    ->check(positive)
    ->capture_default_str();
  app.add_option("--depth,-d", plan.depth, "pending calls of each connection")
    ->check(positive)
    ->capture_default_str();
  app.add_option("--agents,-a", plan.agents, "agents to call, from 0 on")
    ->check(positive)
    ->capture_default_str();
  app
    .add_option_function<double>(
      "--secs,-s", [&plan](double x) { plan.window = load::seconds{x}; },
      "seconds in which replies count")
    ->check(positive)
    ->default_str("2");
  app
    .add_option_function<double>(
      "--warmup,-w", [&plan](double x) { plan.warmup = load::seconds{x}; },
      "seconds before")
    ->check(not_negative)
    ->default_str("0.5");
  app
    .add_option("--payload,-p", into.payload,
                "what is echoed: int, or string:N for N characters")
    ->capture_default_str();
  app
    .add_option("--codec", into.codec,
                "how messages are encoded: " + aiomas::codec_names())
    ->capture_default_str();
  app.add_flag("--json", into.as_json, "print one line of JSON");
  app.allow_extras(); // CAF's own options, such as --caf.aiomas.io-threads=2
}

/// Returns what is wrong with the settings, or an empty string.
std::string complete(settings& what) {
  what.plan.codec = aiomas::codec_by_name(what.codec);
  if (!what.plan.codec)
    return "unknown codec: " + what.codec + "; known are "
           + aiomas::codec_names();
  if (what.payload == "int")
    return {};
  size_t size = 0;
  char rest = 0;
  if (std::sscanf(what.payload.c_str(), "string:%zu%c", &size, &rest) != 1)
    return "unknown payload: " + what.payload;
  what.plan.string_size = size;
  return {};
}

void print(const settings& what, const load::result& result) {
  auto rate = static_cast<double>(result.calls) / what.plan.window.count();
  auto p50 = result.quantile_us(0.5);
  auto p99 = result.quantile_us(0.99);
  auto p999 = result.quantile_us(0.999);
  if (what.as_json) {
    nlohmann::ordered_json line{{"conns", what.plan.conns},
                                {"depth", what.plan.depth},
                                {"agents", what.plan.agents},
                                {"payload", what.payload},
                                {"codec", what.codec},
                                {"secs", what.plan.window.count()},
                                {"calls", result.calls},
                                {"calls_per_s", rate},
                                {"p50_us", p50},
                                {"p99_us", p99},
                                {"p99_9_us", p999},
                                {"errors", result.errors}};
    std::cout << line.dump() << std::endl;
    return;
  }
  std::printf(
    "%zu x %zu, %s, %s: %.0f calls/s, p50 %.1f us, p99 %.1f us, "
    "p99.9 %.1f us, %zu errors\n",
    what.plan.conns, what.plan.depth, what.payload.c_str(), what.codec.c_str(),
    rate, p50, p99, p999, result.errors);
}

int measure(caf::actor_system& sys, const settings& what) {
  auto where = aiomas::address::parse(what.url);
  if (!where) {
    std::cerr << where.error().text << '\n';
    return 2;
  }
  auto result = load::run(sys, *where, what.plan);
  if (!result) {
    std::cerr << aiomas::describe(result.error()) << '\n';
    return 1;
  }
  print(what, *result);
  if (result->errors > 0)
    std::cerr << "first error: " << result->first_error << '\n';
  return result->errors == 0 && result->calls > 0 ? 0 : 1;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Counts the calls that a server answers."};
  settings what;
  add_options(app, what);
  CLI11_PARSE(app, argc, argv);
  if (auto wrong = complete(what); !wrong.empty()) {
    std::cerr << wrong << '\n';
    return 2;
  }
  aiomas::config cfg;
  cfg.load<aiomas::middleman>();
  if (auto err = cfg.parse(app.remaining())) {
    std::cerr << caf::actor_system_config::render(err) << '\n';
    return 2;
  }
  try {
    std::optional<load::server_process> server;
    if (what.url.empty()) {
      if (what.server.empty())
        what.server = load::server_process::default_program();
      what.url = server.emplace(what.server).url();
    }
    caf::actor_system sys{cfg};
    return measure(sys, what);
  } catch (std::exception& err) {
    std::cerr << err.what() << '\n';
    return 1;
  }
}
