#define CAF_SUITE agent_url

#include "caf/aiomas/agent_url.hpp"

#include "caf/test/dsl.hpp"

#include <string>
#include <string_view>

using namespace caf::aiomas;
using namespace std::string_literals;

namespace {

using transport = address::transport;

/// Parses `url` and renders what it consists of.
std::string parts_of(std::string_view url) {
  auto x = agent_url::parse(url);
  if (!x)
    return to_string(x.error());
  auto how = x->where.how();
  auto scheme = how == transport::tcp   ? "tcp"
                : how == transport::ipc ? "ipc"
                                        : "local";
  auto result = scheme + " "s + x->where.path();
  if (how == transport::tcp)
    result += " " + std::to_string(x->where.port());
  return result + " " + x->agent_id;
}

/// Returns the reason for which `url` is refused.
std::string reason_of(std::string_view url) {
  auto x = agent_url::parse(url);
  if (x)
    return "it was parsed";
  auto& what = x.error();
  auto start = "Cannot parse agent URL \"" + std::string{url} + "\": ";
  if (what.code != errc::invalid_url || !what.text.starts_with(start))
    return "unexpected: " + to_string(what);
  return what.text.substr(start.size());
}

constexpr auto cannot_split = "not enough values to unpack (expected 2, got 1)";

} // namespace

// -- what is accepted ---------------------------------------------------------

CAF_TEST(hosts of tcp) {
  CAF_CHECK_EQUAL(parts_of("tcp://localhost:5555/0"), "tcp localhost 5555 0");
  CAF_CHECK_EQUAL(parts_of("tcp://127.0.0.1:1/7"), "tcp 127.0.0.1 1 7");
  CAF_MESSAGE("IPv6 addresses do with and without brackets");
  CAF_CHECK_EQUAL(parts_of("tcp://[::1]:5555/0"), "tcp ::1 5555 0");
  CAF_CHECK_EQUAL(parts_of("tcp://::1:5555/0"), "tcp ::1 5555 0");
  CAF_CHECK_EQUAL(parts_of("tcp://fe80::1:2:80/0"), "tcp fe80::1:2 80 0");
  CAF_MESSAGE("a lone bracket is part of the host");
  CAF_CHECK_EQUAL(parts_of("tcp://[:5555/0"), "tcp [ 5555 0");
  CAF_CHECK_EQUAL(parts_of("tcp://[::1:5555/0"), "tcp [::1 5555 0");
}

CAF_TEST(the id is all that follows the first slash) {
  CAF_CHECK_EQUAL(parts_of("tcp://h:1/0/sub/x"), "tcp h 1 0/sub/x");
  CAF_CHECK_EQUAL(parts_of("tcp://h:1//"), "tcp h 1 /");
  CAF_CHECK_EQUAL(parts_of("tcp://h:1/a b:c"), "tcp h 1 a b:c");
  CAF_CHECK_EQUAL(parts_of("tcp://h:1/tcp://x:2/3"), "tcp h 1 tcp://x:2/3");
  CAF_CHECK_EQUAL(parts_of("local://q/0/sub"), "local q 0/sub");
  CAF_CHECK_EQUAL(parts_of("ipc://[x]/0/]/1"), "ipc x 0/]/1");
}

CAF_TEST(ports are read as by int of Python) {
  CAF_CHECK_EQUAL(parts_of("tcp://h:0/0"), "tcp h 0 0");
  CAF_CHECK_EQUAL(parts_of("tcp://h:65535/0"), "tcp h 65535 0");
  CAF_CHECK_EQUAL(parts_of("tcp://h:+5/0"), "tcp h 5 0");
  CAF_CHECK_EQUAL(parts_of("tcp://h:-0/0"), "tcp h 0 0");
  CAF_CHECK_EQUAL(parts_of("tcp://h: 55 /0"), "tcp h 55 0");
  CAF_CHECK_EQUAL(parts_of("tcp://h:\t55\r\n/0"), "tcp h 55 0");
  CAF_CHECK_EQUAL(parts_of("tcp://h:5_5/0"), "tcp h 55 0");
  CAF_CHECK_EQUAL(parts_of("tcp://h:0055/0"), "tcp h 55 0");
}

CAF_TEST(paths of ipc) {
  CAF_CHECK_EQUAL(parts_of("ipc://[/tmp/a.sock]/0"), "ipc /tmp/a.sock 0");
  CAF_CHECK_EQUAL(parts_of("ipc://[a.sock]/0"), "ipc a.sock 0");
  CAF_CHECK_EQUAL(parts_of("ipc://[a]b]/0"), "ipc a]b 0");
  CAF_CHECK_EQUAL(parts_of("ipc://[[a]/0"), "ipc [a 0");
}

CAF_TEST(ids of local queues) {
  CAF_CHECK_EQUAL(parts_of("local://queue/0"), "local queue 0");
  CAF_CHECK_EQUAL(parts_of("local://a:b/0"), "local a:b 0");
  CAF_CHECK_EQUAL(parts_of("local:///0"), "local  0");
}

// -- what is refused ----------------------------------------------------------

CAF_TEST(an agent has an id) {
  auto no_id = "No agent ID specified.";
  CAF_CHECK_EQUAL(reason_of("tcp://localhost:5555/"), no_id);
  CAF_CHECK_EQUAL(reason_of("ipc://[a]/"), no_id);
  CAF_CHECK_EQUAL(reason_of("local://q/"), no_id);
}

CAF_TEST(parts that are missing) {
  CAF_CHECK_EQUAL(reason_of(""), cannot_split);
  CAF_CHECK_EQUAL(reason_of("tcp"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("localhost:5555/0"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("tcp:/localhost:5555/0"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("tcp://"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("tcp://localhost:5555"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("tcp://localhost/0"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("tcp:///0"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("ipc://[a"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("ipc://[a]"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("ipc://[a]0"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("local://"), cannot_split);
  CAF_CHECK_EQUAL(reason_of("local://q"), cannot_split);
}

CAF_TEST(hosts and paths that are empty) {
  auto nothing_there = "string index out of range";
  CAF_CHECK_EQUAL(reason_of("tcp://:5555/0"), nothing_there);
  CAF_CHECK_EQUAL(reason_of("ipc://"), nothing_there);
  CAF_MESSAGE("the original has no text for a missing bracket");
  CAF_CHECK_EQUAL(reason_of("ipc://a/0"), "");
  CAF_CHECK_EQUAL(reason_of("ipc:///tmp/a/0"), "");
}

CAF_TEST(ports that are no numbers) {
  auto check = [](std::string port) {
    CAF_CHECK_EQUAL(reason_of("tcp://h:" + port + "/0"),
                    "invalid literal for int() with base 10: '" + port + "'");
  };
  for (auto port : {"x", "", " ", "+", "-", "+-5", "--5", "5x", "x5", "0x10",
                    "1.5", "1e3", "_5", "5_", "5__5", "+_5", "5 5", "1,0"})
    check(port);
}

CAF_TEST(ports beyond the range) {
  auto out_of_range = "port must be 0-65535";
  for (auto port : {"-1", "65536", "99999", "6_5536", "-65536",
                    "18446744073709551616", "99999999999999999999999999"})
    CAF_CHECK_EQUAL(reason_of("tcp://h:" + std::string{port} + "/0"),
                    out_of_range);
}

CAF_TEST(schemes that are unknown) {
  CAF_CHECK_EQUAL(reason_of("http://localhost:5555/0"),
                  "http not in {'ipc', 'local', 'tcp'}");
  CAF_CHECK_EQUAL(reason_of("TCP://localhost:5555/0"),
                  "TCP not in {'ipc', 'local', 'tcp'}");
  CAF_CHECK_EQUAL(reason_of(" tcp://localhost:5555/0"),
                  " tcp not in {'ipc', 'local', 'tcp'}");
  CAF_CHECK_EQUAL(reason_of("://localhost:5555/0"),
                  " not in {'ipc', 'local', 'tcp'}");
}

CAF_TEST(the text of an error names the URL) {
  auto x = agent_url::parse("tcp://localhost:x/0");
  CAF_REQUIRE(!x);
  CAF_CHECK_EQUAL(to_string(x.error()),
                  "invalid_url: Cannot parse agent URL "
                  "\"tcp://localhost:x/0\": invalid literal for int() with "
                  "base 10: 'x'");
}

// -- rendering ----------------------------------------------------------------

CAF_TEST(rendering and parsing again) {
  for (auto text : {"tcp://localhost:5555/0", "tcp://[::1]:5555/0",
                    "tcp://h:0/a/b", "ipc://[/tmp/a.sock]/0", "ipc://[rel]/x/y",
                    "local://queue/12", "local:///0"}) {
    auto x = agent_url::parse(text);
    CAF_REQUIRE(x);
    CAF_CHECK_EQUAL(to_string(*x), text);
    auto again = agent_url::parse(to_string(*x));
    CAF_CHECK(again && *again == *x);
  }
  CAF_MESSAGE("what has several spellings is rendered in one");
  auto render = [](std::string_view text) {
    auto x = agent_url::parse(text);
    return x ? to_string(*x) : to_string(x.error());
  };
  CAF_CHECK_EQUAL(render("tcp://::1:5555/0"), "tcp://[::1]:5555/0");
  CAF_CHECK_EQUAL(render("tcp://h: +5_5/0"), "tcp://h:55/0");
}
