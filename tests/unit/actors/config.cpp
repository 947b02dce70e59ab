#define CAF_SUITE config

#include "fixture.hpp"

#include "caf/aiomas/container.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

/// What the middleman makes of a configuration, in the order of its options.
std::string settings_of(aiomas::config& cfg) {
  actor_system sys{cfg};
  auto& mm = middleman::of(sys);
  auto& bounds = mm.limits();
  std::string result;
  for (auto n : {mm.loops().size(), bounds.max_payload, bounds.max_nesting,
                 bounds.max_inbound_requests, bounds.max_inbound_bytes,
                 bounds.max_outbound_bytes, mm.max_connections(),
                 mm.max_connections_per_peer()})
    result += std::to_string(n) + " ";
  auto timeout = std::chrono::duration_cast<std::chrono::milliseconds>(
    mm.connect_attempt_timeout());
  return result + std::to_string(timeout.count());
}

constexpr auto default_settings
  = "1 67108864 64 1024 67108864 16777216 1024 1024 10000";

constexpr auto other_settings = "2 1001 7 5 1002 1003 8 9 2500";

std::vector<std::string> other_arguments() {
  std::vector<std::string> result;
  for (auto text :
       {"io-threads=2", "max-payload=1001", "max-nesting=7",
        "max-inbound-requests=5", "max-inbound-bytes=1002",
        "max-outbound-bytes=1003", "max-connections=8",
        "max-connections-per-peer=9", "connect-attempt-timeout=2500ms"})
    result.push_back("--caf.aiomas." + std::string{text});
  return result;
}

constexpr auto other_file = R"(
caf {
  aiomas {
    io-threads = 2
    max-payload = 1001
    max-nesting = 7
    max-inbound-requests = 5
    max-inbound-bytes = 1002
    max-outbound-bytes = 1003
    max-connections = 8
    max-connections-per-peer = 9
    connect-attempt-timeout = 2500ms
  }
}
)";

/// Parses arguments and the content of a file.
std::string parse(aiomas::config& cfg, std::vector<std::string> args,
                  const std::string& content = "") {
  std::istringstream file{content};
  if (auto err = cfg.parse(std::move(args), file))
    return actor_system_config::render(err);
  return "ok";
}

} // namespace

// -- options ------------------------------------------------------------------

CAF_TEST(defaults) {
  aiomas::config cfg;
  CAF_CHECK_EQUAL(settings_of(cfg), default_settings);
  aiomas::config parsed;
  CAF_CHECK_EQUAL(parse(parsed, {}), "ok");
  CAF_CHECK_EQUAL(settings_of(parsed), default_settings);
}

CAF_TEST(options on the command line) {
  aiomas::config cfg;
  CAF_CHECK_EQUAL(parse(cfg, other_arguments()), "ok");
  CAF_CHECK_EQUAL(settings_of(cfg), other_settings);
}

CAF_TEST(options in a configuration file) {
  aiomas::config cfg;
  CAF_CHECK_EQUAL(parse(cfg, {}, other_file), "ok");
  CAF_CHECK_EQUAL(settings_of(cfg), other_settings);
  CAF_MESSAGE("that is named on the command line");
  char path[] = "/tmp/aiomas-config-XXXXXX";
  ::close(::mkstemp(path));
  std::ofstream{path} << other_file;
  aiomas::config named;
  auto err = named.parse({"--config-file=" + std::string{path}});
  std::remove(path);
  CAF_CHECK(!err);
  CAF_CHECK_EQUAL(settings_of(named), other_settings);
}

CAF_TEST(options set by the program) {
  aiomas::config cfg;
  put(cfg.content, "caf.aiomas.max-payload", 1234);
  CAF_CHECK(settings_of(cfg).starts_with("1 1234 64 "));
}

CAF_TEST(the command line comes before the file) {
  aiomas::config cfg;
  CAF_CHECK_EQUAL(parse(cfg, {"--caf.aiomas.max-nesting=33"}, other_file),
                  "ok");
  CAF_CHECK(settings_of(cfg).starts_with("2 1001 33 5 "));
}

CAF_TEST(options that make no sense) {
  for (auto text :
       {"max-payload=x", "max-payload=-1", "max-payload=", "max-payload=1.5",
        "connect-attempt-timeout=10", "no-such-option=1"}) {
    aiomas::config cfg;
    CAF_CHECK_NOT_EQUAL(parse(cfg, {"--caf.aiomas." + std::string{text}}),
                        "ok");
  }
}

CAF_TEST(options have an effect) {
  aiomas::config cfg;
  CAF_CHECK_EQUAL(parse(cfg, {"--caf.aiomas.max-payload=1000",
                              "--caf.aiomas.max-connections=1"}),
                  "ok");
  actor_system sys{cfg};
  system_fixture::channel_server srv{sys};
  auto client = must(channel::open_connection(sys, srv.where()));
  auto far = srv.next();
  CAF_CHECK_EQUAL(code_of(failure(client.send(std::string(2000, 'x')))),
                  errc::message_too_large);
  auto refused = must(channel::open_connection(sys, srv.where()));
  failure(refused.recv());
  CAF_CHECK_EQUAL(srv.accepted(), 1u);
  CAF_MESSAGE("options of a connection come first");
  options opts;
  opts.limits = session_limits{};
  opts.max_connections = 2;
  system_fixture::channel_server other{sys, any_port, opts};
  auto wide = must(channel::open_connection(sys, other.where(), opts));
  far = other.next();
  auto call = begin(wide.send(std::string(2000, 'x')));
  must(far.recv()).reply(1);
  CAF_CHECK_EQUAL(must(call.get()), value{1});
  CAF_CHECK(must(channel::open_connection(sys, other.where())));
  other.next();
}

CAF_TEST(several threads for input and output) {
  aiomas::config cfg;
  CAF_CHECK_EQUAL(parse(cfg, {"--caf.aiomas.io-threads=3"}), "ok");
  actor_system sys{cfg};
  system_fixture::channel_server srv{sys};
  std::vector<channel> clients;
  std::vector<channel> accepted;
  for (auto i = 0; i < 6; ++i) {
    clients.push_back(must(channel::open_connection(sys, srv.where())));
    accepted.push_back(srv.next());
  }
  for (auto i = 0u; i < 6; ++i) {
    auto call = begin(clients[i].send(i));
    must(accepted[i].recv()).reply(i);
    CAF_CHECK_EQUAL(must(call.get()), value{i});
  }
}

CAF_TEST(the policy of the scheduler) {
  auto policy = [](const aiomas::config& cfg) {
    return get_or(cfg, "scheduler.policy", atom("none"));
  };
  aiomas::config cfg;
  CAF_CHECK(policy(cfg) == atom("sharing"));
  CAF_CHECK_EQUAL(parse(cfg, {}), "ok");
  CAF_CHECK(policy(cfg) == atom("sharing"));
  CAF_MESSAGE("users may have another");
  aiomas::config other;
  CAF_CHECK_EQUAL(parse(other, {"--scheduler.policy='stealing'"}), "ok");
  CAF_CHECK(policy(other) == atom("stealing"));
  aiomas::config from_file;
  CAF_CHECK_EQUAL(parse(from_file, {}, "scheduler { policy = 'stealing' }"),
                  "ok");
  CAF_CHECK(policy(from_file) == atom("stealing"));
}

// -- errors -------------------------------------------------------------------

CAF_TEST(rendering of errors) {
  aiomas::config cfg;
  actor_system sys{cfg};
  CAF_CHECK_EQUAL(sys.render(make_error(errc::timeout, std::string{"text"})),
                  "timeout: text");
  CAF_CHECK_EQUAL(
    sys.render(make_error(errc::handler_failed, std::string{"'k'"},
                          std::string{"KeyError"})),
    "KeyError: 'k'");
  CAF_CHECK_EQUAL(sys.render(make_error(errc::remote_exception,
                                        std::string{"ValueError: x\n"},
                                        std::string{"('127.0.0.1', 1)"})),
                  "Origin: ('127.0.0.1', 1)\nValueError: x\n");
  CAF_MESSAGE("those of CAF stay as they are");
  auto of_caf = make_error(sec::bad_function_call);
  CAF_CHECK_EQUAL(sys.render(of_caf), actor_system_config::render(of_caf));
}

// -- the module ---------------------------------------------------------------

CAF_TEST(systems without a middleman) {
  actor_system_config cfg;
  actor_system sys{cfg};
  auto text = [](auto f) -> std::string {
    try {
      f();
      return "no exception";
    } catch (const std::logic_error& x) {
      return x.what();
    }
  };
  auto expected_text
    = "this actor system has no caf::aiomas::middleman: load "
      "it with cfg.load<caf::aiomas::middleman>()";
  CAF_CHECK_EQUAL(text([&] { middleman::of(sys); }), expected_text);
  CAF_CHECK_EQUAL(text([&] { (void) container::create(sys, any_port); }),
                  expected_text);
  CAF_CHECK_EQUAL(text([&] { (void) channel::open_connection(sys, any_port); }),
                  expected_text);
  CAF_CHECK_EQUAL(text([&] { aiomas::run(sys); }), expected_text);
}

CAF_TEST(a configuration of the user with our middleman) {
  actor_system_config cfg;
  cfg.load<middleman>();
  CAF_CHECK(!cfg.parse(std::vector<std::string>{}));
  actor_system sys{cfg};
  CAF_CHECK(must(container::create(sys, any_port)));
}

CAF_TEST(the middleman may be loaded twice) {
  aiomas::config cfg;
  cfg.load<middleman>();
  actor_system sys{cfg};
  CAF_CHECK(must(container::create(sys, any_port)));
}

CAF_TEST(several systems in one process) {
  system_fixture first;
  system_fixture second;
  system_fixture::channel_server srv{first.sys};
  auto client = must(channel::open_connection(second.sys, srv.where()));
  auto call = begin(client.send(1));
  must(srv.next().recv()).reply(2);
  CAF_CHECK_EQUAL(must(call.get()), value{2});
}
