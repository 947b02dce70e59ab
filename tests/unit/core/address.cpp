#define CAF_SUITE address

#include "caf/aiomas/address.hpp"

#include "caf/test/dsl.hpp"

#include <set>
#include <string>
#include <string_view>

using caf::aiomas::address;
using caf::aiomas::errc;

namespace {

using transport = address::transport;

std::string parse_and_render(std::string_view text) {
  auto x = address::parse(text);
  return x ? to_string(*x) : to_string(x.error());
}

} // namespace

CAF_TEST(properties) {
  address tcp{"localhost", 5555};
  CAF_CHECK(tcp.how() == transport::tcp);
  CAF_CHECK_EQUAL(tcp.host(), "localhost");
  CAF_CHECK_EQUAL(tcp.port(), 5555u);
  auto ipc = address::make(transport::ipc, "/tmp/a");
  CAF_CHECK(ipc.how() == transport::ipc);
  CAF_CHECK_EQUAL(ipc.path(), "/tmp/a");
  CAF_CHECK_EQUAL(ipc.port(), 0u);
  auto local = address::make(transport::local, "queue");
  CAF_CHECK(local.how() == transport::local);
  CAF_CHECK_EQUAL(local.path(), "queue");
  CAF_CHECK_EQUAL(local.port(), 0u);
}

CAF_TEST(queues) {
  auto queue = caf::aiomas::get_queue("spam");
  CAF_CHECK(queue == address::make(address::transport::local, "spam"));
  CAF_CHECK_EQUAL(caf::aiomas::to_string(queue), "local://spam");
}

CAF_TEST(rendering) {
  CAF_CHECK_EQUAL(to_string(address{"localhost", 5555}),
                  "tcp://localhost:5555");
  CAF_CHECK_EQUAL(to_string(address{"127.0.0.1", 0}), "tcp://127.0.0.1:0");
  CAF_CHECK_EQUAL(to_string(address{"::1", 65535}), "tcp://[::1]:65535");
  CAF_CHECK_EQUAL(to_string(address::make(transport::ipc, "/tmp/a")),
                  "ipc://[/tmp/a]");
  CAF_CHECK_EQUAL(to_string(address::make(transport::local, "queue")),
                  "local://queue");
}

CAF_TEST(parsing) {
  auto x = address::parse("tcp://localhost:5555");
  CAF_REQUIRE(x);
  CAF_CHECK(*x == address("localhost", 5555));
  x = address::parse("tcp://[::1]:80");
  CAF_REQUIRE(x);
  CAF_CHECK(*x == address("::1", 80));
  x = address::parse("ipc://[/tmp/a]");
  CAF_REQUIRE(x);
  CAF_CHECK(*x == address::make(transport::ipc, "/tmp/a"));
  x = address::parse("local://queue");
  CAF_REQUIRE(x);
  CAF_CHECK(*x == address::make(transport::local, "queue"));
}

CAF_TEST(a slash at the end) {
  CAF_CHECK_EQUAL(parse_and_render("tcp://h:1/"), "tcp://h:1");
  CAF_CHECK_EQUAL(parse_and_render("ipc://[a/b]/"), "ipc://[a/b]");
  CAF_CHECK_EQUAL(parse_and_render("local://q/"), "local://q");
}

CAF_TEST(brackets around hosts) {
  CAF_CHECK_EQUAL(parse_and_render("tcp://::1:5555"), "tcp://[::1]:5555");
  CAF_CHECK_EQUAL(parse_and_render("tcp://[::1]:5555"), "tcp://[::1]:5555");
  CAF_CHECK_EQUAL(parse_and_render("tcp://[localhost]:1"), "tcp://localhost:1");
}

CAF_TEST(what is rendered can be parsed) {
  for (auto& x :
       {address{"localhost", 1}, address{"::", 0}, address{"fe80::1%eth0", 80},
        address::make(transport::ipc, "/tmp/a b"),
        address::make(transport::ipc, "a]b"),
        address::make(transport::local, "a:b"),
        address::make(transport::local, "")}) {
    auto again = address::parse(to_string(x));
    CAF_CHECK(again && *again == x);
  }
}

CAF_TEST(what is refused) {
  for (auto text : {"",
                    "/",
                    "localhost",
                    "localhost:5555",
                    "tcp://",
                    "tcp://localhost",
                    "tcp://localhost:",
                    "tcp://:5555",
                    "tcp://localhost:x",
                    "tcp://localhost:65536",
                    "tcp://localhost:-1",
                    "tcp://h:1/0",
                    "tcp://h:1//",
                    "http://h:1",
                    "ipc://",
                    "ipc://a",
                    "ipc://[a",
                    "ipc://[a]/0",
                    "local://q/0",
                    "local://q//"}) {
    auto x = address::parse(text);
    CAF_REQUIRE(!x);
    CAF_CHECK(x.error().code == errc::invalid_url);
    CAF_CHECK_EQUAL(x.error().text,
                    "Cannot parse address \"" + std::string{text}
                      + "\": expected tcp://host:port, ipc://[path] or "
                        "local://id");
  }
}

CAF_TEST(equality and order) {
  CAF_CHECK(address("h", 1) == address("h", 1));
  CAF_CHECK(address("h", 1) != address("h", 2));
  CAF_MESSAGE("names are compared as they are written");
  CAF_CHECK(address("localhost", 1) != address("127.0.0.1", 1));
  CAF_MESSAGE("the same name means something else for each transport");
  std::set<address> all{address{"a", 0}, address::make(transport::ipc, "a"),
                        address::make(transport::local, "a"), address{"a", 1},
                        address{"a", 0}};
  CAF_CHECK_EQUAL(all.size(), 4u);
}
