#define CAF_SUITE config

#include "fixture.hpp"

#include "caf/aiomas/container.hpp"

#include "unit/keepalive_of.hpp"
#include "unit/name_table.hpp"

#include <cstdio>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

/// What the middleman makes of a configuration.
std::string settings_of(aiomas::config& cfg) {
  actor_system sys{cfg};
  auto& mm = middleman::of(sys);
  auto opts = mm.complete({});
  auto& bounds = opts.limits.value();
  std::string result;
  for (auto n : {mm.loops().size(), bounds.max_payload, bounds.max_nesting,
                 bounds.max_inbound_requests, bounds.max_inbound_bytes,
                 bounds.max_outbound_bytes, bounds.max_values,
                 bounds.max_waiting_calls, opts.max_connections.value(),
                 opts.max_connections_per_peer.value()})
    result += std::to_string(n) + " ";
  auto& probing = opts.keepalive.value();
  for (options::duration x :
       {options::duration{bounds.frame_timeout},
        options::duration{bounds.frame_timeout_per_mib},
        options::duration{bounds.write_timeout},
        options::duration{bounds.close_timeout},
        options::duration{bounds.idle_timeout}, opts.shutdown_timeout.value(),
        opts.connect_attempt_timeout.value(), opts.connect_retry_min.value(),
        opts.connect_retry_max.value(), opts.tls_handshake_timeout.value(),
        options::duration{probing.idle}, options::duration{probing.interval},
        opts.call_timeout.value_or(0s)})
    result += std::to_string(x / 1ms) + " ";
  result += std::to_string(probing.probes);
  return result
         + (bounds.overflow == overflow_policy::reject ? " reject" : " wait");
}

constexpr auto default_settings
  = "1 67108864 64 1024 67108864 16777216 4194304 65536 1024 1024 "
    "15000 1000 30000 5000 0 2000 10000 500 30000 10000 30000 10000 0 3 wait";

constexpr auto other_settings
  = "2 1001 7 5 1002 1003 1004 6 8 9 "
    "2001 2002 2003 2004 2010 2009 2500 2005 2006 2008 11000 12000 2007 4 reject";

std::vector<std::string> other_arguments() {
  std::vector<std::string> result;
  for (auto text : {"io-threads=2",
                    "max-payload=1001",
                    "max-nesting=7",
                    "max-inbound-requests=5",
                    "max-inbound-bytes=1002",
                    "max-outbound-bytes=1003",
                    "max-values=1004",
                    "max-waiting-calls=6",
                    "max-connections=8",
                    "max-connections-per-peer=9",
                    "frame-timeout=2001ms",
                    "frame-timeout-per-mib=2002ms",
                    "write-timeout=2003ms",
                    "close-timeout=2004ms",
                    "idle-timeout=2010ms",
                    "shutdown-timeout=2009ms",
                    "connect-attempt-timeout=2500ms",
                    "connect-retry-min=2005ms",
                    "connect-retry-max=2006ms",
                    "tls-handshake-timeout=2008ms",
                    "keepalive-idle=11s",
                    "keepalive-interval=12s",
                    "keepalive-probes=4",
                    "call-timeout=2007ms",
                    "reject-overflow"})
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
    max-values = 1004
    max-waiting-calls = 6
    max-connections = 8
    max-connections-per-peer = 9
    frame-timeout = 2001ms
    frame-timeout-per-mib = 2002ms
    write-timeout = 2003ms
    close-timeout = 2004ms
    idle-timeout = 2010ms
    shutdown-timeout = 2009ms
    connect-attempt-timeout = 2500ms
    connect-retry-min = 2005ms
    connect-retry-max = 2006ms
    tls-handshake-timeout = 2008ms
    keepalive-idle = 11s
    keepalive-interval = 12s
    keepalive-probes = 4
    call-timeout = 2007ms
    reject-overflow = true
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
        "connect-attempt-timeout=10", "close-timeout=soon", "call-timeout=5",
        "keepalive-probes=many", "reject-overflow=maybe", "no-such-option=1"}) {
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

CAF_TEST(a deadline for all calls) {
  aiomas::config cfg;
  put(cfg.content, "caf.aiomas.call-timeout", timespan{10ms});
  actor_system sys{cfg};
  system_fixture::channel_server srv{sys};
  options opts;
  opts.call_timeout = options::forever;
  auto patient = must(channel::open_connection(sys, srv.where(), opts));
  auto far = srv.next();
  later<expected<value>> answer;
  patient.send(1).notify([answer](expected<value> x) { answer.set(x); });
  auto req = must(far.recv());
  CAF_MESSAGE("connections have it at both ends");
  auto client = must(channel::open_connection(sys, srv.where()));
  for (auto& end : {client, srv.next()}) {
    later<expected<value>> late;
    end.send(1).notify([late](expected<value> x) { late.set(x); });
    CAF_CHECK_EQUAL(code_of(failure(late.get())), errc::timeout);
  }
  CAF_MESSAGE("those that want none have none");
  req.reply(2);
  CAF_CHECK_EQUAL(must(answer.get()), value{2});
}

CAF_TEST(pauses between attempts to connect) {
  name_table names;
  auto attempts = [&names](actor_system& sys, options opts) {
    opts.connect_timeout = options::forever;
    auto near = must(container::create(sys, any_port, opts));
    auto before = names.asked("nowhere");
    auto attempt = begin(near.connect("tcp://nowhere:5555/0"));
    // With the pauses that are the default, this would take minutes.
    names.wait_asked("nowhere", before + 20);
    must(near.shutdown());
    return code_of(failure(attempt.get()));
  };
  aiomas::config cfg;
  put(cfg.content, "caf.aiomas.connect-retry-min", timespan{1ms});
  put(cfg.content, "caf.aiomas.connect-retry-max", timespan{2ms});
  actor_system hasty{cfg};
  CAF_CHECK_EQUAL(attempts(hasty, {}), errc::shut_down);
  CAF_MESSAGE("of one container");
  system_fixture other;
  options opts;
  opts.connect_retry_min = 1ms;
  opts.connect_retry_max = 2ms;
  CAF_CHECK_EQUAL(attempts(other.sys, opts), errc::shut_down);
}

CAF_TEST(probes of silent peers) {
  aiomas::config cfg;
  put(cfg.content, "caf.aiomas.keepalive-idle", timespan{41s});
  put(cfg.content, "caf.aiomas.keepalive-probes", 5);
  actor_system sys{cfg};
  system_fixture::channel_server srv{sys};
  options opts;
  opts.keepalive = keepalive{42s, 43s, 6};
  auto client = must(channel::open_connection(sys, srv.where(), opts));
  auto far = srv.next();
  auto port = [&client](const char* of) {
    auto ends = client.get_extra_info(of);
    auto number = (*ends.get_if<list>())[1].get_if<int64_t>();
    return static_cast<uint16_t>(*number);
  };
  auto near_port = port("sockname");
  auto far_port = port("peername");
  CAF_CHECK_EQUAL(keepalive_of(near_port, far_port), "42 43 6");
  CAF_CHECK_EQUAL(keepalive_of(far_port, near_port), "41 10 5");
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
