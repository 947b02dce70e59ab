#define CAF_SUITE prometheus

#include "caf/aiomas/prometheus.hpp"

#include "unit/actors/container_fixture.hpp"

#include <prometheus/metric_family.h>

#include <set>

namespace {

struct fixture : container_fixture {
  std::string text() {
    return prometheus_text(middleman::of(sys).metrics());
  }

  bool says(const std::string& line) {
    return ("\n" + text()).find("\n" + line + "\n") != std::string::npos;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(prometheus_tests, fixture)

CAF_TEST(a system that has done nothing shows zeros) {
  CAF_CHECK(says("aiomas_connections 0"));
  CAF_CHECK(says("aiomas_calls_succeeded_total 0"));
  CAF_CHECK(says("aiomas_call_duration_seconds_bucket{le=\"+Inf\"} 0"));
  CAF_CHECK(says("# TYPE aiomas_connections gauge"));
  CAF_CHECK(says("# TYPE aiomas_calls_failed_total counter"));
  CAF_CHECK(says("# TYPE aiomas_request_duration_seconds histogram"));
}

CAF_TEST(calls and errors are counted by kind) {
  auto near = make_container();
  auto far = make_container();
  auto callee = far.spawn<echo_agent>();
  auto remote = must(near.connect(callee.addr()));
  must(remote.call("service", 1));
  must(remote.call("service", 2));
  failure(remote.call("fail", "text"));
  // "validate_aid" is a call as well.
  CAF_CHECK(says("aiomas_calls_succeeded_total 3"));
  CAF_CHECK(
    says("aiomas_calls_failed_total{reason=\"remote_exception\"} 1"));
  CAF_CHECK(says("aiomas_call_duration_seconds_count 4"));
  CAF_CHECK(says("aiomas_call_duration_seconds_bucket{le=\"+Inf\"} 4"));
  CAF_CHECK(says("aiomas_requests_received_total 4"));
  CAF_CHECK(says("aiomas_connections 2"));
}

CAF_TEST(buckets are cumulative and in seconds) {
  metrics_snapshot x;
  x.call_latency.counts = {};
  x.call_latency.counts.front() = 3;
  x.call_latency.counts.back() = 4;
  x.call_latency.sum = 1500ms;
  auto text = "\n" + prometheus_text(x);
  auto says = [&](const std::string& line) {
    return text.find("\naiomas_call_duration_seconds_" + line + "\n")
           != std::string::npos;
  };
  CAF_CHECK(says("bucket{le=\"2e-05\"} 3"));
  CAF_CHECK(says("bucket{le=\"10\"} 3"));
  CAF_CHECK(says("bucket{le=\"+Inf\"} 7"));
  CAF_CHECK(says("sum 1.5"));
  CAF_CHECK(says("count 7"));
}

CAF_TEST(each family has a name of its own and a text) {
  std::set<std::string> names;
  for (auto& family : prometheus_families({})) {
    CAF_CHECK(names.insert(family.name).second);
    CAF_CHECK(family.name.starts_with("aiomas_"));
    CAF_CHECK(!family.help.empty());
  }
  CAF_CHECK_EQUAL(names.size(), 24u);
}

CAF_TEST_FIXTURE_SCOPE_END()
