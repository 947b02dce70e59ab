#define CAF_SUITE warnings

#include "container_fixture.hpp"
#include "warning_log.hpp"

#include <limits>

namespace {

options bounded(size_t connections) {
  options result;
  result.max_connections = connections;
  return result;
}

const auto too_many = bounded(std::numeric_limits<size_t>::max());

struct fixture : container_fixture {
  warning_log log;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(warning_tests, fixture)

CAF_TEST(servers that may run out of descriptors) {
  channel_server srv{sys, any_port, too_many};
  auto texts = log.texts();
  CAF_REQUIRE_EQUAL(texts.size(), 1u);
  auto expected = "server " + to_string(srv.where()) + ": at most ";
  CAF_CHECK_EQUAL(texts.front().substr(0, expected.size()), expected);
  CAF_MESSAGE("once, not for each connection");
  for (auto i = 0; i < 3; ++i) {
    auto client = must(channel::open_connection(sys, srv.where()));
    srv.next();
  }
  CAF_CHECK_EQUAL(log.texts().size(), 1u);
  CAF_MESSAGE("each of them");
  auto rpc_server = must(rpc::start_server(sys, any_port, {}, {}, too_many));
  CAF_CHECK_EQUAL(log.texts().size(), 2u);
  auto c = make_container(any_port, too_many);
  CAF_CHECK_EQUAL(log.texts().size(), 3u);
}

CAF_TEST(servers that have enough descriptors) {
  channel_server srv{sys, any_port, bounded(1)};
  CAF_CHECK(log.texts().empty());
}

CAF_TEST(servers that cannot listen) {
  auto srv = make_container(any_port, bounded(1));
  CAF_CHECK(!container::create(sys, srv.address(), too_many));
  CAF_CHECK(log.texts().empty());
}

CAF_TEST(warnings that nobody wants) {
  auto ours = on_warning({});
  channel_server srv{sys, any_port, too_many};
  CAF_MESSAGE("replacing the handler returns the one before");
  CAF_CHECK(!on_warning(std::move(ours)));
  CAF_CHECK(log.texts().empty());
  channel_server other{sys, any_port, too_many};
  CAF_CHECK_EQUAL(log.texts().size(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
