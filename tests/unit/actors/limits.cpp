#define CAF_SUITE limits

#include "container_fixture.hpp"
#include "limited.hpp"

#include <string>
#include <vector>

namespace {

options short_payload() {
  return limited([](session_limits& x) { x.max_payload = 1000; });
}

options shallow() {
  return limited([](session_limits& x) { x.max_nesting = 3; });
}

/// A list of lists, `depth` of them.
value nested(int depth) {
  value result = list{};
  while (--depth > 0)
    result = list{std::move(result)};
  return result;
}

bool lost(const error& what) {
  return code_of(what) == errc::connection_closed
         || code_of(what) == errc::connection_reset;
}

const std::string short_text(500, 'x');
const std::string long_text(2000, 'x');

struct fixture : container_fixture {
  channel connect(const channel_server& srv) {
    return must(channel::open_connection(sys, srv.where()));
  }

  /// Whether `client` gets an answer from `far`.
  bool works(const channel& client, const channel& far) {
    auto call = begin(client.send("ping"));
    must(far.recv()).reply("pong");
    return must(call.get()) == value{"pong"};
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(limits_tests, fixture)

// -- connections --------------------------------------------------------------

CAF_TEST(connections of a server) {
  options opts;
  opts.max_connections = 2;
  channel_server srv{sys, any_port, opts};
  auto first = connect(srv);
  auto far_first = srv.next();
  auto second = connect(srv);
  auto far_second = srv.next();
  for (auto i = 0; i < 3; ++i)
    CAF_CHECK(lost(failure(connect(srv).recv())));
  CAF_CHECK_EQUAL(srv.accepted(), 2u);
  CAF_CHECK_EQUAL(srv.handle().refused(), 3u);
  CAF_MESSAGE("the others are not affected");
  CAF_CHECK(works(first, far_first));
  CAF_CHECK(works(second, far_second));
  CAF_MESSAGE("when one has gone, there is room for another");
  second.close();
  failure(far_second.recv());
  channel third;
  CAF_CHECK(eventually([&] {
    third = connect(srv);
    return eventually([&] { return third.closed() || srv.accepted() == 3; })
           && srv.accepted() == 3;
  }));
  CAF_CHECK(works(third, srv.next()));
}

CAF_TEST(connections from one address) {
  options opts;
  opts.max_connections_per_peer = 1;
  channel_server srv{sys, any_port, opts};
  auto first = connect(srv);
  auto far_first = srv.next();
  CAF_CHECK(lost(failure(connect(srv).recv())));
  CAF_CHECK(works(first, far_first));
  CAF_CHECK_EQUAL(srv.accepted(), 1u);
  CAF_CHECK_EQUAL(srv.handle().refused(), 1u);
}

CAF_TEST(connections that are reset at once do not count for ever) {
  options opts;
  opts.max_connections_per_peer = 8;
  auto far = make_container(any_port, opts);
  auto url = far.spawn<echo_agent>().addr();
  for (auto i = 0; i < 2000; ++i) {
    raw_socket peer;
    peer.connect(far.address().port());
    peer.reset();
  }
  auto near = make_container();
  CAF_CHECK(eventually(
    [&] { return static_cast<bool>(near.connect(url).get(patience)); }));
}

CAF_TEST(connections that were refused) {
  options opts;
  opts.max_connections = 1;
  channel_server srv{sys, any_port, opts};
  auto first = connect(srv);
  CAF_CHECK_EQUAL(srv.handle().refused(), 0u);
  for (auto i = 1u; i <= 3; ++i) {
    CAF_CHECK(lost(failure(connect(srv).recv())));
    CAF_CHECK_EQUAL(srv.handle().refused(), i);
  }
  CAF_MESSAGE("a server that is closed still knows");
  must(srv.handle().wait_closed());
  CAF_CHECK_EQUAL(srv.handle().refused(), 3u);
}

CAF_TEST(connections of a container) {
  options opts;
  opts.max_connections = 1;
  auto far = make_container(any_port, opts);
  auto url = far.spawn<echo_agent>().addr();
  auto near = make_container();
  auto remote = must(near.connect(url));
  CAF_CHECK_EQUAL(far.refused(), 0u);
  auto refused = make_container();
  CAF_CHECK(lost(failure(refused.connect(url))));
  CAF_CHECK_EQUAL(far.refused(), 1u);
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
  must(near.shutdown());
  CAF_CHECK(eventually(
    [&] { return static_cast<bool>(refused.connect(url).get(patience)); }));
}

// -- payloads -----------------------------------------------------------------

CAF_TEST(requests that are too long to send) {
  auto [client, far] = connect_channels(short_payload());
  CAF_CHECK_EQUAL(code_of(failure(client.send(long_text))),
                  errc::message_too_large);
  CAF_CHECK(works(client, far));
  auto call = begin(client.send(short_text));
  must(far.recv()).reply(1);
  must(call.get());
}

CAF_TEST(requests that are too long to receive) {
  auto [client, far] = connect_channels({}, short_payload());
  auto receiver = begin(far.recv());
  CAF_CHECK(lost(failure(client.send(long_text))));
  CAF_CHECK_EQUAL(code_of(failure(receiver.get())), errc::message_too_large);
  CAF_CHECK(client.closed());
}

CAF_TEST(replies that are too long to send) {
  auto [client, far] = connect_channels({}, short_payload());
  auto call = begin(client.send(1));
  must(far.recv()).reply(long_text);
  auto what = failure(call.get());
  CAF_CHECK_EQUAL(code_of(what), errc::remote_exception);
  CAF_CHECK_EQUAL(last_line(what),
                  "ValueError: message is longer than 1000 bytes");
  CAF_CHECK(works(client, far));
}

CAF_TEST(replies that are too long to receive) {
  auto [client, far] = connect_channels(short_payload());
  auto call = begin(client.send(1));
  auto other = begin(client.send(2));
  must(far.recv()).reply(long_text);
  CAF_CHECK_EQUAL(code_of(failure(call.get())), errc::message_too_large);
  CAF_CHECK_EQUAL(code_of(failure(other.get())), errc::message_too_large);
  CAF_CHECK(client.closed());
}

CAF_TEST(long messages of agents) {
  auto far = make_container();
  auto url = far.spawn<echo_agent>().addr();
  auto near = make_container(any_port, short_payload());
  auto remote = must(near.connect(url));
  CAF_CHECK_EQUAL(code_of(failure(remote.call("service", long_text))),
                  errc::message_too_large);
  CAF_CHECK_EQUAL(must(remote.call("service", short_text)), value{short_text});
  CAF_MESSAGE("a result that is too long");
  auto a = far.spawn([](agent_ptr) {
    return agent_behavior{expose("long", [] { return long_text; })};
  });
  auto wordy = must(near.connect(a.addr()));
  CAF_CHECK_EQUAL(code_of(failure(wordy.call("long"))),
                  errc::message_too_large);
  CAF_MESSAGE("the next connect opens a new connection");
  CAF_CHECK(!remote.connected());
  CAF_CHECK_EQUAL(must(must(near.connect(url)).call<int>("add", 1)), 11);
}

// -- nesting ------------------------------------------------------------------

CAF_TEST(nesting of what is sent) {
  auto [client, far] = connect_channels(shallow());
  CAF_CHECK_EQUAL(code_of(failure(client.send(nested(4)))),
                  errc::serialization_error);
  CAF_CHECK(works(client, far));
  auto call = begin(client.send(nested(3)));
  must(far.recv()).reply(1);
  must(call.get());
}

CAF_TEST(nesting of what is received) {
  auto [client, far] = connect_channels({}, shallow());
  auto text = last_line(client.send(nested(4)));
  CAF_CHECK(text.starts_with("aiomas.exceptions.SerializationError: "));
  CAF_CHECK(works(client, far));
  CAF_MESSAGE("in a reply");
  auto call = begin(far.send(1));
  must(client.recv()).reply(nested(4));
  CAF_CHECK_EQUAL(code_of(failure(call.get())), errc::deserialization_error);
  CAF_CHECK(works(client, far));
}

// -- requests -----------------------------------------------------------------

CAF_TEST(requests in flight wait their turn) {
  auto one_at_a_time
    = limited([](session_limits& x) { x.max_inbound_requests = 1; });
  auto [client, far] = connect_channels({}, one_at_a_time);
  std::vector<decltype(begin(client.send(0)))> calls;
  for (auto i = 0; i < 20; ++i)
    calls.push_back(begin(client.send(i)));
  for (auto i = 0; i < 20; ++i) {
    auto req = must(far.recv());
    CAF_CHECK_EQUAL(req.content(), value{i});
    req.reply(i);
  }
  for (auto i = 0; i < 20; ++i)
    CAF_CHECK_EQUAL(must(calls[static_cast<size_t>(i)].get()), value{i});
}

CAF_TEST(requests in flight while a reply is awaited) {
  auto one_at_a_time
    = limited([](session_limits& x) { x.max_inbound_requests = 1; });
  auto [client, far] = connect_channels({}, one_at_a_time);
  auto call = begin(far.send("call"));
  auto pending_request = must(client.recv());
  auto first = begin(client.send(1));
  auto kept = must(far.recv());
  CAF_CHECK_EQUAL(last_line(client.send(2)),
                  "aiomas.exceptions.OverloadedError: too many requests are "
                  "waiting, the peer is overloaded");
  kept.reply(3);
  must(first.get());
  pending_request.reply(4);
  CAF_CHECK_EQUAL(must(call.get()), value{4});
  CAF_CHECK(works(client, far));
}

CAF_TEST(a deadline for all calls of a channel) {
  options opts;
  opts.call_timeout = 10ms;
  auto [client, far] = connect_channels(opts);
  later<errc> seen;
  client.send(1).notify([seen](expected<value> x) {
    seen.set(x ? errc::none : code_of(x.error()));
  });
  CAF_CHECK_EQUAL(seen.get(), errc::timeout);
  CAF_MESSAGE("accepted connections have it, too");
  auto ends = connect_channels({}, opts);
  later<errc> accepted;
  ends.server.send(1).notify([accepted](expected<value> x) {
    accepted.set(x ? errc::none : code_of(x.error()));
  });
  CAF_CHECK_EQUAL(accepted.get(), errc::timeout);
}

CAF_TEST_FIXTURE_SCOPE_END()
