#define CAF_SUITE addresses

#include "container_fixture.hpp"

#include <string>

CAF_TEST_FIXTURE_SCOPE(addresses_tests, container_fixture)

CAF_TEST(all interfaces are shown as the name of the host) {
  std::string host;
  for (auto all : {"", "0.0.0.0", "::"}) {
    auto made = container::create(sys, {all, 0});
    if (!made && std::string{all} == "::")
      continue; // this machine has no IPv6
    auto c = must(std::move(made));
    auto port = ":" + std::to_string(c.address().port()) + "/";
    auto url = c.base_url();
    CAF_CHECK(url.ends_with(port));
    auto shown = url.substr(0, url.size() - port.size());
    CAF_CHECK(shown.size() > std::string{"tcp://"}.size());
    CAF_CHECK(shown.find("0.0.0.0") == std::string::npos);
    CAF_CHECK(shown.find("::") == std::string::npos);
    if (!host.empty())
      CAF_CHECK_EQUAL(shown, host);
    host = shown;
    if (std::string{all} == "::")
      continue; // takes IPv6 only, as in the original
    c.spawn<echo_agent>();
    must(make_container().connect("tcp://127.0.0.1" + port + "0"));
  }
}

CAF_TEST(ports of a range) {
  options opts;
  opts.ports = port_range{20'000, 60'000};
  auto c = make_container(any_port, opts);
  auto port = c.address().port();
  CAF_CHECK(port >= 20'000 && port <= 60'000);
  CAF_CHECK_EQUAL(c.base_url(),
                  "tcp://127.0.0.1:" + std::to_string(port) + "/");
  channel_server srv{sys, any_port, opts};
  CAF_CHECK(srv.where().port() >= 20'000 && srv.where().port() <= 60'000);
  opts.ports = port_range{port, port};
  auto why = failure(container::create(sys, any_port, opts));
  CAF_CHECK_EQUAL(code_of(why), errc::cannot_listen);
  opts.ports = port_range{2, 1};
  why = failure(container::create(sys, any_port, opts));
  CAF_CHECK_EQUAL(code_of(why), errc::invalid_argument);
}

CAF_TEST_FIXTURE_SCOPE_END()
