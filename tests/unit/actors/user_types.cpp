// Types of users between two ends: objects, dates, and what does not fit.

#define CAF_SUITE user_types

#include "container_fixture.hpp"

#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/date_time.hpp"
#include "caf/aiomas/serializable.hpp"
#include "caf/aiomas/serializers.hpp"

#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace geo {

struct point {
  int x = 0;
  int y = 0;

  bool operator==(const point&) const = default;
};

AIOMAS_SERIALIZABLE(point, x, y)

struct empty {};

AIOMAS_SERIALIZABLE(empty)

/// Has functions of its own.
struct path {
  std::vector<point> points;
};

AIOMAS_OBJECT(path)

any_serializer path_serializer() {
  return aiomas::serializer<path>(
    [](const path& x) { return x.points; },
    [](value x) -> outcome<path> {
      auto points = from_value<std::vector<point>>(std::move(x));
      if (!points)
        return std::move(points).error();
      if (points->empty())
        throw std::invalid_argument("a path needs points");
      return path{*std::move(points)};
    });
}

} // namespace geo

namespace {

using geo::empty;
using geo::path;
using geo::point;

class surveyor : public agent {
public:
  surveyor(actor_config& cfg, aiomas::container c) : agent(cfg, std::move(c)) {
    expose("echo", [](value x) { return x; });
    expose("mirror", [](point p) { return point{p.y, p.x}; });
    expose("length", [](const path& p) { return p.points.size(); });
    expose("walk", [](std::vector<point> xs) { return path{std::move(xs)}; });
    expose("later", [](date_time when, double seconds) {
      return when + std::chrono::duration<double>{seconds};
    });
    expose("unknown", [] { return value{object::make(1.5f)}; });
    expose("literal", [](std::string key) {
      dict result;
      result.set(std::move(key), 1);
      return result;
    });
  }
};

options with_types() {
  options result;
  result.serializers = {aiomas::serializer<point>(),
                        aiomas::serializer<empty>(), geo::path_serializer()};
  return result;
}

/// A peer that sends whatever it likes, with the same type ids.
options without_checks() {
  options result;
  result.codec = [] {
    auto codec = json_codec::make();
    codec->types(serializers{serializers::mode::keep});
    return codec;
  };
  return result;
}

struct fixture : container_fixture {
  proxy connect(address where) {
    server = make_container(std::move(where), with_types());
    client = make_container(any_port, with_types());
    auto hdl = server.spawn<surveyor>();
    return must(client.connect(hdl.addr()));
  }

  /// Calls `name` of an agent as a peer that writes objects by hand.
  pending<value> call_raw(std::string name, value arg) {
    return raw.send(list{"agents/0/" + name, list{std::move(arg)}, dict{}});
  }

  void connect_raw() {
    server = make_container(any_port, with_types());
    server.spawn<surveyor>();
    raw
      = must(channel::open_connection(sys, server.address(), without_checks()));
  }

  void check_types(const proxy& remote) {
    CAF_CHECK(must(remote.call<point>("mirror", point{1, 2})) == (point{2, 1}));
    auto x = must(remote.call("echo", std::vector{point{1, 2}, point{3, 4}}));
    CAF_CHECK(must(from_value<std::vector<point>>(x))
              == (std::vector{point{1, 2}, point{3, 4}}));
    must(remote.call<empty>("echo", empty{}));
    CAF_CHECK_EQUAL(must(remote.call<size_t>("length", path{{{1, 2}}})), 1u);
    auto walked = must(remote.call<path>("walk", std::vector{point{1, 2}}));
    CAF_CHECK(walked.points == (std::vector{point{1, 2}}));
  }

  container server;
  container client;
  channel raw;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(user_types_tests, fixture)

CAF_TEST(user types over TCP) {
  check_types(connect(any_port));
}

CAF_TEST(user types inside of the process) {
  check_types(connect(address::make(address::transport::local, "user_types")));
}

CAF_TEST(dates) {
  auto remote = connect(any_port);
  auto when = must(date_time::parse("2015-01-01T23:59:59.5+01:00"));
  auto moved = must(remote.call<date_time>("later", when, 0.75));
  CAF_CHECK_EQUAL(to_string(moved), "2015-01-02T00:00:00.250000+01:00");
  std::chrono::system_clock::time_point epoch;
  CAF_CHECK(must(remote.call<date_time>("later", epoch, 1)) - epoch == 1s);
  CAF_CHECK_EQUAL(last_line(remote.call("later", when, 1e300)),
                  "ValueError: date out of range: years are 1 to 9999");
}

CAF_TEST(the wrong object) {
  auto remote = connect(any_port);
  auto text = last_line(remote.call("mirror", empty{}));
  CAF_CHECK(text.starts_with("TypeError: "));
  CAF_CHECK(text.find("expected point, got empty") != std::string::npos);
  text = last_line(remote.call("mirror", dict{{"x", 1}, {"y", 2}}));
  CAF_CHECK(text.find("expected point, got dict") != std::string::npos);
  auto what = failure(remote.call<point>("echo", empty{}));
  CAF_CHECK(code_of(what) == errc::type_error);
  CAF_CHECK(text_of(what).find("expected point, got empty")
            != std::string::npos);
}

CAF_TEST(objects that have no serializer) {
  auto remote = connect(any_port);
  auto what = failure(remote.call("echo", value{object::make(1.5f)}));
  CAF_CHECK(code_of(what) == errc::serialization_error);
  CAF_CHECK_EQUAL(text_of(what),
                  "Could not serialize object \"<float object>\": No "
                  "serializer found for type \"float\"");
  CAF_CHECK_EQUAL(last_line(remote.call("unknown")),
                  "aiomas.exceptions.SerializationError: Could not serialize "
                  "object \"<float object>\": No serializer found for type "
                  "\"float\"");
  CAF_CHECK_EQUAL(must(remote.call<int>("echo", 1)), 1);
}

CAF_TEST(dicts that look like objects) {
  auto remote = connect(any_port);
  auto look_alike = dict{{"__type__", list{0, "2015-01-01"}}};
  auto what = failure(remote.call("echo", look_alike));
  CAF_CHECK(code_of(what) == errc::serialization_error);
  CAF_CHECK(text_of(what).starts_with("A dict with the key \"__type__\""));
  auto text = last_line(remote.call("literal", "__type__"));
  CAF_CHECK(text.starts_with(
    "aiomas.exceptions.SerializationError: A dict with the key"));
  CAF_CHECK_EQUAL(must(remote.call<int>("echo", 1)), 1);
}

CAF_TEST(bad objects fail the request and leave the connection) {
  connect_raw();
  CAF_CHECK(must(call_raw("echo", tagged{1, dict{{"x", 1}, {"y", 2}}}))
            == (value{tagged{1, dict{{"x", 1}, {"y", 2}}}}));
  CAF_CHECK(must(call_raw("echo", tagged{0, 0}))
            == (value{tagged{0, "1970-01-01T00:00:00+00:00"}}));
  const std::pair<value, const char*> requests[] = {
    {tagged{5, 1}, "No serializer found for type id 5"},
    {tagged{-1, 1}, "No serializer found for type id -1"},
    {tagged{1, dict{{"x", 1}}}, "point lacks 'y'"},
    {tagged{1, dict{{"x", 1}, {"y", 2}, {"z", 3}}}, "point has no member 'z'"},
    {tagged{1, dict{{"x", 1}, {"y", "2"}}}, "point.y: expected int, got str"},
    {tagged{1, 1}, "expected dict, got int"},
    {tagged{0, "soon"}, "'soon' is not a date"},
    {tagged{0, nullptr}, "expected a date"},
    {tagged{3, list{}}, "a path needs points"},
    {tagged{4, 1}, "The path of a proxy must be a str"},
    {dict{{"__type__", 1}}, "needs a list of a type id and an object"},
    {dict{{"__type__", list{1}}}, "needs a list of a type id and an object"},
  };
  for (auto& [arg, reason] : requests) {
    CAF_MESSAGE(reason);
    auto text = last_line(call_raw("echo", arg));
    CAF_CHECK(text.find(reason) != std::string::npos);
  }
  CAF_CHECK_EQUAL(must(call_raw("echo", 1)), value{1});
  CAF_CHECK(!raw.closed());
}

CAF_TEST(bad objects in a reply fail the call) {
  channel_server srv{sys, any_port, without_checks()};
  auto client = must(channel::open_connection(sys, srv.where(), with_types()));
  auto peer = srv.next();
  auto first = begin(client.send(1));
  must(peer.recv()).reply(tagged{0, dict{}});
  auto what = failure(first.get());
  CAF_CHECK(code_of(what) == errc::deserialization_error);
  CAF_CHECK(text_of(what).find("point lacks 'x', 'y'") != std::string::npos);
  auto second = begin(client.send(2));
  must(peer.recv()).reply(3);
  CAF_CHECK_EQUAL(must(second.get()), value{3});
}

CAF_TEST(type ids count from dates to proxies) {
  connect_raw();
  CAF_CHECK(must(call_raw("mirror", tagged{1, dict{{"x", 1}, {"y", 2}}}))
            == (value{tagged{1, dict{{"x", 2}, {"y", 1}}}}));
  // Plain RPC connections have no dates, and proxies come last, too.
  auto host
    = sys.spawn([](event_based_actor*) -> behavior { return {[](int) {}}; });
  auto ends = connect_channels(without_checks(), with_types());
  rpc_client served{ends.server};
  auto sent = begin(served.remote().call("f", point{1, 2}, path{{{3, 4}}}));
  auto got = must(ends.client.recv());
  auto p = [](int x, int y) {
    return value{tagged{0, dict{{"x", x}, {"y", y}}}};
  };
  CAF_CHECK(
    got.content()
    == (value{list{"f", list{p(1, 2), tagged{2, list{p(3, 4)}}}, dict{}}}));
  got.reply(nullptr);
  must(sent.get());
}

CAF_TEST(the codec may have serializers of its own) {
  auto opts = with_types();
  opts.serializers.erase(opts.serializers.begin());
  opts.codec = [] {
    auto codec = json_codec::make();
    (void) codec->add_serializer(aiomas::serializer<point>());
    return codec;
  };
  server = make_container(any_port, opts);
  client = make_container(any_port, with_types());
  auto hdl = server.spawn<surveyor>();
  check_types(must(client.connect(hdl.addr())));
}

CAF_TEST(a type with two serializers) {
  auto refused = [](const error& what) {
    CAF_CHECK(code_of(what) == errc::invalid_argument);
    return text_of(what);
  };
  auto twice = with_types();
  twice.serializers.push_back(aiomas::serializer<point>());
  const std::string text
    = "There is already a serializer for type \"geo::point\"";
  CAF_CHECK_EQUAL(refused(failure(container::create(sys, any_port, twice))),
                  text);
  CAF_CHECK_EQUAL(
    refused(failure(channel::open_connection(sys, any_port, twice))), text);
  CAF_CHECK_EQUAL(refused(failure(channel::start_server(
                    sys, any_port, [](event_based_actor*, channel) {}, twice))),
                  text);
  CAF_CHECK_EQUAL(
    refused(failure(rpc::open_connection(sys, any_port, {}, twice))), text);
  CAF_CHECK_EQUAL(
    refused(failure(rpc::start_server(sys, any_port, {}, {}, twice))), text);
  options dates;
  dates.serializers = {date_serializer()};
  CAF_CHECK_EQUAL(refused(failure(container::create(sys, any_port, dates))),
                  "There is already a serializer for type "
                  "\"caf::aiomas::date_time\"");
  options fallback;
  fallback.serializers = {fallback_serializer({}, {})};
  CAF_CHECK_EQUAL(
    refused(failure(rpc::open_connection(sys, any_port, {}, fallback))),
    "There is already a serializer for type \"object\"");
}

CAF_TEST(a channel with a fallback has no room for proxies) {
  options fallback;
  fallback.serializers = {fallback_serializer(
    [](const object&) -> outcome<value> { return value{"?"}; },
    [](value x) -> outcome<value> { return x; })};
  auto ends = connect_channels(fallback, fallback);
  auto call = begin(ends.client.send(value{object::make(1.5f)}));
  auto got = must(ends.server.recv());
  CAF_CHECK_EQUAL(got.content(), value{"?"});
  got.reply(nullptr);
  must(call.get());
  rpc_client client{ends.client};
  auto what = failure(client.remote().call("f"));
  CAF_CHECK(code_of(what) == errc::invalid_argument);
  CAF_CHECK_EQUAL(text_of(what),
                  "There is already a serializer for type \"object\"");
}

CAF_TEST(a serializer that makes calls does not disturb what is encoded) {
  proxy peer; // of the serializer, by the same connection
  options opts;
  opts.codec = codec_by_name("msgpack");
  auto same = opts;
  auto read = [](value x) -> outcome<point> {
    auto number = from_value<int>(std::move(x));
    return point{number ? *number : 0, 0};
  };
  opts.serializers = {aiomas::serializer<point>(
    [&peer](const point& p) {
      if (peer)
        peer.call("service", 1).detach();
      return p.x;
    },
    read)};
  same.serializers
    = {aiomas::serializer<point>([](const point& p) { return p.x; }, read)};
  opts.dispatch = dispatch_mode::inlined; // replies in the I/O thread
  auto server = make_container(any_port, opts);
  auto client = make_container(any_port, same);
  auto agent = server.spawn([&peer](agent_ptr) -> agent_behavior {
    return {expose("take", [&peer](proxy p) { peer = std::move(p); }),
            expose("give", [] {
              return std::vector<point>(3, {5, 0});
            })};
  });
  auto remote = must(client.connect(agent.addr()));
  must(remote.call<void>("take", client.spawn<echo_agent>()));
  for (auto i = 0; i < 10; ++i)
    CAF_CHECK(must(remote.call<std::vector<point>>("give"))
              == std::vector<point>(3, {5, 0}));
  must(server.shutdown_async());
}

CAF_TEST_FIXTURE_SCOPE_END()
