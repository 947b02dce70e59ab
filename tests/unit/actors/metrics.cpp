#define CAF_SUITE metrics

#include "container_fixture.hpp"

#include "caf/aiomas/metrics.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

struct fixture : container_fixture {
  metrics_snapshot metrics() {
    return middleman::of(sys).metrics();
  }
};

/// A system whose logger writes a file, and what that says in the end.
class logged {
public:
  explicit logged(atom_value verbosity)
    : file_(std::filesystem::temp_directory_path()
            / ("aiomas-log-" + std::to_string(::getpid()))) {
    std::filesystem::remove(file_);
    cfg_.set("logger.file-name", file_.string());
    cfg_.set("logger.verbosity", verbosity);
    cfg_.set("logger.file-format", "%p %c %m%n");
  }

  ~logged() {
    std::filesystem::remove(file_);
  }

  /// Returns the lines of our component.
  template <class F>
  std::vector<std::string> run(F f) {
    {
      actor_system sys{cfg_};
      f(sys);
    }
    std::ifstream in{file_};
    std::vector<std::string> result;
    for (std::string line; std::getline(in, line);)
      if (line.find(" aiomas ") != std::string::npos)
        result.push_back(line);
    return result;
  }

private:
  std::filesystem::path file_;
  aiomas::config cfg_;
};

bool has(const std::vector<std::string>& lines, const std::string& begin,
         const std::string& end) {
  return std::any_of(lines.begin(), lines.end(), [&](auto& line) {
    return line.starts_with(begin) && line.ends_with(end);
  });
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(metrics_tests, fixture)

CAF_TEST(connections and calls) {
  auto far = make_container();
  auto callee = far.spawn<echo_agent>();
  {
    auto near = make_container();
    auto remote = must(near.connect(callee.addr())); // asks for the agent
    must(remote.call("service", 1));
    failure(remote.call("fail", "text"));
    auto x = metrics();
    CAF_CHECK_EQUAL(x.connections, 2u);
    CAF_CHECK_EQUAL(x.connections_opened, 1u);
    CAF_CHECK_EQUAL(x.connections_accepted, 1u);
    CAF_CHECK_EQUAL(x.calls_succeeded, 2u);
    CAF_CHECK(x.calls_failed == (error_counts{{errc::remote_exception, 1}}));
    CAF_CHECK_EQUAL(x.call_latency.count(), 3u);
    CAF_CHECK(x.call_latency.sum > 0s);
    CAF_CHECK_EQUAL(x.requests_received, 3u);
    CAF_CHECK_EQUAL(x.requests_succeeded, 2u);
    CAF_CHECK_EQUAL(x.requests_failed, 1u);
    CAF_CHECK_EQUAL(x.request_latency.count(), 3u);
    CAF_CHECK(x.request_latency.sum <= x.call_latency.sum);
    CAF_CHECK_EQUAL(x.frames_received, 6u);
    CAF_CHECK_EQUAL(x.frames_sent, 6u);
    CAF_CHECK_EQUAL(x.bytes_sent, x.bytes_received);
    auto open = remote.call("never").start();
    CAF_CHECK(eventually([&] { return metrics().requests_pending == 1; }));
    x = metrics();
    CAF_CHECK_EQUAL(x.calls_pending, 1u);
  }
  // What is gone has ended: nothing is counted as under way for ever.
  CAF_CHECK(eventually([&] { return metrics().connections == 0; }));
  auto x = metrics();
  CAF_CHECK(x.connections_ended
            == (error_counts{{errc::connection_closed, 2}}));
  CAF_CHECK_EQUAL(x.calls_pending, 0u);
  CAF_CHECK_EQUAL(x.requests_pending, 0u);
  CAF_CHECK_EQUAL(x.outbound_bytes, 0u);
  CAF_CHECK_EQUAL(x.calls_failed.at(errc::connection_closed), 1u);
}

CAF_TEST(connects that fail) {
  auto near = make_container();
  reserved_port nobody;
  failure(near.connect(to_string(nobody.where()) + "/0"));
  auto x = metrics();
  CAF_CHECK(x.connects_failed == (error_counts{{errc::cannot_connect, 1}}));
  CAF_CHECK_EQUAL(x.connections_opened, 0u);
}

CAF_TEST(connections that are refused) {
  options opts;
  opts.max_connections = 0;
  auto far = make_container(any_port, opts);
  auto near = make_container();
  failure(near.connect(to_string(far.address()) + "/0"));
  auto x = metrics();
  CAF_CHECK_EQUAL(x.connections_refused, 1u);
  CAF_CHECK_EQUAL(x.connections_accepted, 0u);
}

CAF_TEST(the reasons for which connections end) {
  auto far = make_container();
  raw_socket peer;
  peer.connect(far.address().port());
  peer.send("\xff\xff\xff\xff");
  CAF_CHECK(eventually([&] { return !metrics().connections_ended.empty(); }));
  auto x = metrics();
  CAF_CHECK_EQUAL(x.connections_accepted, 1u);
  CAF_CHECK_EQUAL(x.connections, 0u);
  CAF_CHECK(x.connections_ended
            == (error_counts{{errc::message_too_large, 1}}));
}

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST(events go to the log of CAF) {
  std::string where;
  std::string full;
  auto lines = logged{atom("debug")}.run([&](actor_system& sys) {
    options opts;
    auto far = must(container::create(sys, any_port));
    where = to_string(far.address());
    auto callee = far.spawn<echo_agent>();
    auto near = must(container::create(sys, any_port));
    must(near.connect(callee.addr()));
    must(near.shutdown());
    auto& mm = middleman::of(sys);
    if (!eventually([&] { return mm.metrics().connections == 0; }))
      CAF_FAIL("a connection stays");
    opts.max_connections = 0;
    auto refuses = must(container::create(sys, any_port, opts));
    full = to_string(refuses.address());
    failure(far.connect(full + "/0"));
    must(refuses.shutdown());
    reserved_port nobody;
    failure(far.connect(to_string(nobody.where()) + "/0"));
  });
  for (auto& line : lines)
    CAF_MESSAGE(line);
  CAF_CHECK(has(lines, "INFO aiomas listening at=", where));
  CAF_CHECK(has(lines, "INFO aiomas connection_opened peer=", where));
  CAF_CHECK(
    has(lines, "INFO aiomas connection_accepted peer=tcp://127.0.0.1:", ""));
  CAF_CHECK(has(lines, "INFO aiomas connection_ended peer=" + where,
                " reason=connection_closed text=\"Connection closed\""));
  CAF_CHECK(has(lines, "WARN aiomas connection_refused at=tcp://127.0.0.1:",
                " counted_as=127.0.0.1 reason=too_many"));
  CAF_CHECK(has(lines, "INFO aiomas connect_attempt_failed peer=", ""));
  CAF_CHECK(has(lines, "WARN aiomas connect_failed peer=tcp://127.0.0.1:",
                "Connection refused\""));
  auto ends = "INFO aiomas listening_ended at=" + full;
  CAF_CHECK_EQUAL(std::count(lines.begin(), lines.end(), ends), 1);
}

CAF_TEST(the verbosity of the log holds) {
  auto lines = logged{atom("warning")}.run([](actor_system& sys) {
    auto c = must(container::create(sys, any_port));
    reserved_port nobody;
    failure(c.connect(to_string(nobody.where()) + "/0"));
  });
  CAF_REQUIRE_EQUAL(lines.size(), 1u);
  CAF_CHECK(lines.front().starts_with("WARN aiomas connect_failed "));
}

CAF_TEST(a log that cannot be written holds nobody up) {
  aiomas::config cfg;
  cfg.set("logger.file-name", "/nowhere/to/be/found");
  cfg.set("logger.verbosity", atom("debug"));
  actor_system sys{cfg};
  auto c = must(container::create(sys, any_port));
  reserved_port nobody;
  // More events than the queue of CAF's logger takes.
  for (auto i = 0; i < 200; ++i)
    failure(c.connect(to_string(nobody.where()) + "/0"));
  auto x = middleman::of(sys).metrics();
  CAF_CHECK_EQUAL(x.connects_failed.at(errc::cannot_connect), 200u);
}

CAF_TEST(numbers may be asked for while they change) {
  aiomas::config cfg;
  actor_system sys{cfg};
  auto far = must(container::create(sys, any_port));
  auto callee = far.spawn<echo_agent>();
  auto near = must(container::create(sys, any_port));
  auto remote = must(near.connect(callee.addr()));
  std::atomic<bool> done = false;
  std::thread reader{[&] {
    uint64_t last = 0;
    while (!done) {
      auto x = middleman::of(sys).metrics();
      if (x.calls_succeeded < last)
        std::abort();
      last = x.calls_succeeded;
    }
  }};
  for (auto i = 0; i < 200; ++i)
    must(remote.call("service", i));
  done = true;
  reader.join();
  auto x = middleman::of(sys).metrics();
  CAF_CHECK_EQUAL(x.calls_succeeded, 201u);
}
