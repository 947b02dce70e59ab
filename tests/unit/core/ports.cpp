#define CAF_SUITE ports

#include "caf/aiomas/detail/transport.hpp"

#include "caf/test/dsl.hpp"

#include "loop_fixture.hpp"
#include "unit/name_table.hpp"
#include "unit/sockets.hpp"

#include <set>
#include <string>
#include <vector>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;

namespace {

struct fixture : loop_fixture {
  name_table names;
  listen_settings settings;
  std::vector<listener_ptr> listeners;

  ~fixture() {
    loop->stop(); // before the rest goes, which it uses
  }

  std::string listen(const address& where) {
    std::promise<std::string> bound;
    in_loop([&] {
      detail::listen(*loop, where, settings, [&](outcome<listener_ptr> what) {
        auto how = what ? "listening" : to_string(what.error());
        if (what)
          listeners.push_back(std::move(*what));
        bound.set_value(how);
      });
      return true;
    });
    return result_of(bound);
  }

  uint16_t last_port() const {
    return listeners.back()->where().port();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(ports_tests, fixture)

CAF_TEST(a range without a free port) {
  {
    raw_socket some;
    auto first = some.bind();
    settings.ports = port_range{first, first};
  }
  CAF_CHECK_EQUAL(listen({"127.0.0.1", 0}), "listening");
  CAF_CHECK_EQUAL(last_port(), settings.ports->first);
  auto port = std::to_string(settings.ports->first);
  CAF_CHECK_EQUAL(listen({"127.0.0.1", 0}),
                  "cannot_listen: Cannot listen on tcp://127.0.0.1:0: none of "
                  "the ports from "
                    + port + " to " + port + " is free");
}

CAF_TEST(ports that are taken are left out) {
  for (auto i = 0; i < 10; ++i) {
    reserved_port taken;
    auto first = taken.where().port();
    if (first > 65500)
      continue;
    settings.ports = port_range{first, static_cast<uint16_t>(first + 20)};
    std::set<uint16_t> found;
    for (auto n = 0; n < 5; ++n) {
      CAF_REQUIRE_EQUAL(listen({"127.0.0.1", 0}), "listening");
      CAF_CHECK(last_port() >= first && last_port() <= first + 20);
      CAF_CHECK(found.insert(last_port()).second);
    }
  }
}

CAF_TEST(ports are chosen at random) {
  settings.ports = port_range{20'000, 60'000};
  std::set<uint16_t> found;
  for (auto i = 0; i < 3; ++i) {
    CAF_REQUIRE_EQUAL(listen({"127.0.0.1", 0}), "listening");
    found.insert(last_port());
  }
  CAF_CHECK(*found.rbegin() - *found.begin() > 3);
}

CAF_TEST(all addresses of a name get the same port of a range) {
  names.add("both", {"127.0.0.1", "127.0.0.2"});
  settings.ports = port_range{20'000, 60'000};
  CAF_REQUIRE_EQUAL(listen({"both", 0}), "listening");
  raw_socket clients[2];
  clients[0].connect(last_port(), 1);
  clients[1].connect(last_port(), 2);
}

CAF_TEST(ranges count for port 0 only) {
  settings.ports = port_range{1, 1};
  uint16_t port = 0;
  {
    raw_socket some;
    port = some.bind();
  }
  CAF_REQUIRE_EQUAL(listen({"127.0.0.1", port}), "listening");
  CAF_CHECK_EQUAL(last_port(), port);
}

CAF_TEST(ranges that are none) {
  for (auto range : {port_range{0, 10}, port_range{11, 10}}) {
    settings.ports = range;
    CAF_CHECK_EQUAL(listen({"127.0.0.1", 0}),
                    "invalid_argument: Cannot listen on tcp://127.0.0.1:0: "
                    "there are no ports from "
                      + std::to_string(range.first) + " to "
                      + std::to_string(range.last));
  }
}

CAF_TEST(addresses that this machine does not have) {
  names.add("mixed", {"192.0.2.1", "127.0.0.1"});
  CAF_CHECK_EQUAL(listen({"mixed", 0}), "listening");
  CAF_MESSAGE("none is left");
  settings.ports = port_range{20'000, 60'000};
  CAF_CHECK_EQUAL(listen({"192.0.2.1", 0}),
                  "cannot_listen: Cannot listen on tcp://192.0.2.1:0: Cannot "
                  "assign requested address");
}

CAF_TEST_FIXTURE_SCOPE_END()
