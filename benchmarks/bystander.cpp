// What a client notices of slow peers of its server: makes calls one after the
// other while nobody else is there, and while some peers read or write slowly.
//
//     bystander --rounds 7 --secs 1
//
// starts an echo_server of its own, and prints a table.

#include "load_run.hpp"
#include "load_server.hpp"
#include "slow_peers.hpp"

#include "caf/aiomas/all.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <iostream>
#include <string>
#include <vector>

namespace aiomas = caf::aiomas;

namespace {

struct settings {
  std::string server;
  size_t rounds = 5;
  size_t peers = 4;
  double secs = 1;
  load::slow_habits habits;
};

/// Who else is there, and what the bystander noticed, round by round.
struct situation {
  situation(const char* who, const load::slow_habits& what)
    : name(who), others(what) {
    // nop
  }

  const char* name;
  load::slow_habits others;
  std::array<std::vector<double>, 3> quantiles_us; // 50, 99, 99.9 %
  size_t calls = 0;
  size_t errors = 0;
  std::string first_error;

  void add(const load::result& what) {
    quantiles_us[0].push_back(what.quantile_us(0.5));
    quantiles_us[1].push_back(what.quantile_us(0.99));
    quantiles_us[2].push_back(what.quantile_us(0.999));
    calls += what.calls;
    errors += what.errors;
    if (first_error.empty())
      first_error = what.first_error;
  }
};

double median(std::vector<double> xs) {
  if (xs.empty())
    return 0;
  std::sort(xs.begin(), xs.end());
  return (xs[(xs.size() - 1) / 2] + xs[xs.size() / 2]) / 2;
}

std::vector<situation> make_situations(const settings& what) {
  load::slow_habits readers = what.habits;
  readers.never_read = readers.read_slowly = what.peers;
  load::slow_habits writers = what.habits;
  writers.write_bytes = writers.never_end = what.peers;
  load::slow_habits both = readers;
  both.write_bytes = both.never_end = what.peers;
  return {{"quiet", what.habits},
          {"slow readers", readers},
          {"slow writers", writers},
          {"both", both}};
}

void print(const std::vector<situation>& all) {
  auto& quiet = all.front();
  std::printf(
    "| others | calls | p50 us | p99 us | p99 of single rounds | "
    "p99.9 us | p50 / quiet | p99 / quiet |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n");
  for (auto& x : all) {
    auto p50 = median(x.quantiles_us[0]);
    auto p99 = median(x.quantiles_us[1]);
    auto [least, most]
      = std::minmax_element(x.quantiles_us[1].begin(), x.quantiles_us[1].end());
    std::printf(
      "| %s | %zu | %.1f | %.1f | %.1f to %.1f | %.1f | %.2f | "
      "%.2f |\n",
      x.name, x.calls, p50, p99, *least, *most, median(x.quantiles_us[2]),
      p50 / median(quiet.quantiles_us[0]), p99 / median(quiet.quantiles_us[1]));
  }
}

/// Measures once. Returns what is wrong, or an empty string.
std::string measure(caf::actor_system& sys, const aiomas::address& where,
                    const load::plan& how, situation& what) {
  load::slow_peers others{where, what.others};
  auto result = load::run(sys, where, how);
  if (!result)
    return aiomas::describe(result.error());
  what.add(*result);
  if (what.errors > 0)
    return what.first_error;
  if (others.lost() > 0)
    return "slow peers were closed: use fewer seconds";
  return result->calls > 0 ? "" : "no calls";
}

int run(caf::actor_system& sys, const aiomas::address& where,
        const settings& what) {
  load::plan how;
  how.depth = 1;
  how.agents = 1;
  how.warmup = load::seconds{what.secs / 10};
  how.window = load::seconds{what.secs};
  auto all = make_situations(what);
  for (size_t round = 0; round < what.rounds; ++round)
    for (auto& x : all)
      if (auto wrong = measure(sys, where, how, x); !wrong.empty()) {
        std::cerr << x.name << ": " << wrong << '\n';
        return 1;
      }
  print(all);
  return 0;
}

} // namespace

int main(int argc, char** argv) {
  CLI::App app{"Measures what a client notices of slow peers of its server."};
  settings what;
  app.add_option("--server", what.server, "program to start")
    ->default_str("the echo_server of this build");
  app
    .add_option("--rounds,-r", what.rounds,
                "how often to measure each situation")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app
    .add_option("--secs,-s", what.secs,
                "seconds of each; less than the server's limits")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app
    .add_option("--peers,-p", what.peers,
                "slow peers of each kind: that never read, read slowly, write "
                "bytes one by one, never end a frame")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app
    .add_option("--text", what.habits.text_size,
                "characters in the replies to slow readers")
    ->check(CLI::PositiveNumber)
    ->capture_default_str();
  app.add_flag(
    "--at-once", [&what](auto) { what.habits.settle = false; },
    "measure before the server stops to read from slow readers, too");
  CLI11_PARSE(app, argc, argv);
  try {
    if (what.server.empty())
      what.server = load::server_process::default_program();
    load::server_process server{what.server};
    auto where = aiomas::address::parse(server.url());
    if (!where) {
      std::cerr << where.error().text << '\n';
      return 1;
    }
    aiomas::config cfg;
    caf::actor_system sys{cfg};
    return run(sys, *where, what);
  } catch (std::exception& err) {
    std::cerr << err.what() << '\n';
    return 1;
  }
}
