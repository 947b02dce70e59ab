#define CAF_SUITE stalls

#include "fixture.hpp"
#include "limited.hpp"
#include "residents.hpp"

#include <string>

namespace {

/// More than the system keeps for a connection whose peer does not read.
const std::string too_much(size_t{16} << 20, 'x');

options short_frame_timeout() {
  return limited([](session_limits& x) { x.frame_timeout = 20ms; });
}

options short_write_timeout() {
  return limited([](session_limits& x) { x.write_timeout = 50ms; });
}

options narrow(overflow_policy policy) {
  auto result = limited([](session_limits& x) { x.max_outbound_bytes = 1000; });
  result.limits->overflow = policy;
  return result;
}

/// Has a peer read no more until it has answered.
options one_at_a_time() {
  return limited([](session_limits& x) { x.max_inbound_requests = 1; });
}

struct fixture : system_fixture {
  channel_pair ends;
  std::optional<request> unanswered;

  /// Connects channels and has the server stop reading.
  void block(options client_opts) {
    ends = connect_channels(std::move(client_opts), one_at_a_time());
    ends.client.send("first").detach();
    unanswered = must(ends.server.recv());
  }

  /// Answers the next request with how long it is.
  void answer_next() {
    auto req = must(ends.server.recv());
    req.reply(req.content().get_if<std::string>()->size());
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(stall_tests, fixture)

// -- peers that do not send ---------------------------------------------------

CAF_TEST(frames that do not arrive) {
  channel_server srv{sys, any_port, short_frame_timeout()};
  using namespace std::string_view_literals;
  for (auto begun : {"\0"sv, "\0\0\0\6"sv, "\0\0\0\6[0,1,"sv}) {
    raw_socket peer;
    peer.connect(srv.where().port());
    auto far = srv.next();
    peer.send(begun);
    CAF_CHECK_EQUAL(describe(failure(far.recv())),
                    "stalled: A message of the peer took too long to arrive");
    peer.wait_closed();
    CAF_CHECK(far.closed());
  }
}

CAF_TEST(frames after which nothing arrives) {
  channel_server srv{sys, any_port, short_frame_timeout()};
  raw_socket slow;
  slow.connect(srv.where().port());
  auto far = srv.next();
  slow.send(std::string_view{"\0\0\0\7[0,1,2]", 11});
  auto req = must(far.recv());
  CAF_CHECK_EQUAL(req.content(), value{2});
  CAF_MESSAGE("another connection stalls meanwhile");
  raw_socket stalled;
  stalled.connect(srv.where().port());
  auto other = srv.next();
  stalled.send(std::string_view{"\0", 1});
  failure(other.recv());
  CAF_CHECK(!far.closed());
}

// -- peers that do not read ---------------------------------------------------

CAF_TEST(requests that are not read) {
  block(short_write_timeout());
  CAF_CHECK_EQUAL(describe(failure(ends.client.send(too_much))),
                  "stalled: The peer took no bytes for too long");
  CAF_CHECK(ends.client.closed());
}

CAF_TEST(replies that are not read) {
  channel_server srv{sys, any_port, short_write_timeout()};
  raw_socket peer;
  peer.connect(srv.where().port());
  auto far = srv.next();
  peer.send(std::string_view{"\0\0\0\7[0,1,2]", 11});
  must(far.recv()).reply(too_much);
  CAF_CHECK_EQUAL(describe(failure(far.recv())),
                  "stalled: The peer took no bytes for too long");
  CAF_CHECK(far.closed());
}

CAF_TEST(peers that do not read have had their time) {
  auto opts = short_write_timeout();
  opts.limits->close_timeout = 1h;
  channel_server srv{sys, any_port, opts};
  raw_socket peer;
  peer.connect(srv.where().port());
  auto far = srv.next();
  peer.send(std::string_view{"\0\0\0\7[0,1,2]", 11});
  must(far.recv()).reply(too_much);
  failure(far.recv());
  CAF_MESSAGE("only the listener is left");
  CAF_CHECK(eventually([this] { return residents_of(sys) == 1; }));
}

CAF_TEST(output that is not read at the end) {
  auto begin = std::chrono::steady_clock::now();
  block(limited([](session_limits& x) { x.close_timeout = 20ms; }));
  ends.client.send(too_much).detach();
  ends.client.close();
  ends.client = {};
  CAF_MESSAGE("soon, only the other end is left");
  CAF_CHECK(eventually([this] { return residents_of(sys) == 1; }));
  CAF_CHECK(std::chrono::steady_clock::now() - begin < 4s);
}

// -- too much to send ---------------------------------------------------------

CAF_TEST(requests that are rejected while others wait to be read) {
  block(narrow(overflow_policy::reject));
  auto large = begin(ends.client.send(too_much));
  for (auto i = 0; i < 3; ++i)
    CAF_CHECK_EQUAL(describe(failure(ends.client.send("small"))),
                    "overloaded: Too many bytes wait to be sent");
  CAF_MESSAGE("when the peer reads again, there is room again");
  unanswered->reply(1);
  answer_next();
  CAF_CHECK_EQUAL(must(large.get()), value{too_much.size()});
  auto small = begin(ends.client.send("small"));
  answer_next();
  CAF_CHECK_EQUAL(must(small.get()), value{5});
}

CAF_TEST(requests that wait go out as soon as there is room) {
  // The system takes them all at once.
  ends = connect_channels(narrow(overflow_policy::wait), {});
  std::vector<decltype(begin(ends.client.send("")))> calls;
  for (auto i = 0; i < 10; ++i)
    calls.push_back(begin(ends.client.send(std::string(500, 'x'))));
  std::vector<request> all;
  for (auto i = 0; i < 10; ++i)
    all.push_back(must(ends.server.recv()));
  for (auto& x : all)
    x.reply(1);
  for (auto& x : calls)
    CAF_CHECK_EQUAL(must(x.get()), value{1});
}

CAF_TEST(requests that wait while others wait to be read) {
  block(narrow(overflow_policy::wait));
  auto large = begin(ends.client.send(too_much));
  auto small = begin(ends.client.send("small"));
  auto next = begin(ends.client.send("next one"));
  CAF_MESSAGE("their deadlines hold");
  CAF_CHECK_EQUAL(code_of(failure(ends.client.send("hasty").get(1ms))),
                  errc::timeout);
  unanswered->reply(1);
  CAF_MESSAGE("all others arrive, in order");
  for (auto i = 0; i < 3; ++i)
    answer_next();
  CAF_CHECK_EQUAL(must(large.get()), value{too_much.size()});
  CAF_CHECK_EQUAL(must(small.get()), value{5});
  CAF_CHECK_EQUAL(must(next.get()), value{8});
}

CAF_TEST_FIXTURE_SCOPE_END()
