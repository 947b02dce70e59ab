#define CAF_SUITE rpc_connections

#include "fixture.hpp"

#include "caf/aiomas/rpc.hpp"

namespace {

/// Watches for the loss of a connection.
class reset_counter : public tally<std::string> {
public:
  void watch(const rpc_client& client) {
    client.on_connection_reset(
      [seen = tally{*this}](const error& what) { seen.add(describe(what)); });
  }
};

hosted_service adder(actor_system& sys) {
  return hosted_service::make<routing_dict>(
    sys, std::initializer_list<exposed>{
           expose("add", [](int x, int y) { return x + y; }),
         });
}

value add_request() {
  return list{"add", list{1, 2}, dict{}};
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(connection_tests, system_fixture)

// -- on top of channels -------------------------------------------------------

CAF_TEST(channels that become RPC connections) {
  auto [near, far] = connect_channels();
  auto hosted = adder(sys);
  auto served = rpc_service(hosted, far);
  rpc_client client{near};
  CAF_CHECK_EQUAL(must(client.remote().call<int>("add", 1, 2)), 3);
  CAF_MESSAGE("what belongs to them");
  CAF_CHECK(served.service().host() == hosted.host());
  CAF_CHECK(!client.service());
  CAF_CHECK(client);
  CAF_CHECK(!rpc_client{});
  CAF_CHECK_EQUAL(client.channel().get_extra_info("peername"),
                  far.get_extra_info("sockname"));
}

CAF_TEST(both ends serve) {
  auto [near, far] = connect_channels();
  auto server_end = rpc_service(adder(sys), far);
  auto client_end = rpc_service(adder(sys), near);
  CAF_CHECK_EQUAL(must(client_end.remote().call<int>("add", 1, 2)), 3);
  CAF_CHECK_EQUAL(must(server_end.remote().call<int>("add", 3, 4)), 7);
}

CAF_TEST(requests that came before the service) {
  auto [near, far] = connect_channels();
  auto first = begin(near.send(add_request()));
  auto second = begin(near.send("no request"));
  auto taken = must(far.recv());
  auto served = rpc_service(adder(sys), far);
  CAF_CHECK_EQUAL(last_line(failure(second.get())),
                  "TypeError: a request must be a list of path, arguments and "
                  "keyword arguments");
  taken.reply("answered by hand");
  CAF_CHECK_EQUAL(must(first.get()), value{"answered by hand"});
  CAF_CHECK_EQUAL(must(near.send(add_request())), value{3});
}

CAF_TEST(requests in the wrong shape) {
  auto [near, far] = connect_channels();
  auto served = rpc_service(adder(sys), far);
  auto answer = [near = near](value content) {
    return last_line(near.send(std::move(content)));
  };
  auto shape
    = "TypeError: a request must be a list of path, arguments and "
      "keyword arguments";
  CAF_CHECK_EQUAL(answer(value{}), shape);
  CAF_CHECK_EQUAL(answer("add"), shape);
  CAF_CHECK_EQUAL(answer(dict{}), shape);
  CAF_CHECK_EQUAL(answer(list{}), shape);
  CAF_CHECK_EQUAL(answer(list{"add", list{1, 2}}), shape);
  CAF_CHECK_EQUAL(answer(list{"add", list{1, 2}, dict{}, 1}), shape);
  CAF_CHECK_EQUAL(answer(list{1, list{}, dict{}}),
                  "TypeError: the path must be a str, not int");
  CAF_CHECK_EQUAL(answer(list{"add", value{}, dict{}}),
                  "TypeError: the arguments must be a list, not NoneType");
  CAF_CHECK_EQUAL(answer(list{"add", list{}, value{}}),
                  "TypeError: the keyword arguments must be a dict, not "
                  "NoneType");
  CAF_MESSAGE("the connection stays");
  CAF_CHECK_EQUAL(must(near.send(add_request())), value{3});
}

CAF_TEST(content that has no encoding) {
  auto [near, far] = connect_channels();
  auto served = rpc_service(adder(sys), far);
  rpc_client client{near};
  CAF_CHECK_EQUAL(code_of(failure(client.remote().call("add", byte_buffer(2)))),
                  errc::serialization_error);
  CAF_CHECK_EQUAL(must(client.remote().call<int>("add", 1, 2)), 3);
}

// -- lost connections ---------------------------------------------------------

CAF_TEST(a lost connection is told once) {
  auto [near, far] = connect_channels();
  rpc_client client{near};
  reset_counter first;
  reset_counter second;
  first.watch(client);
  second.watch(client);
  auto call = begin(client.remote().call("slow"));
  auto kept = must(far.recv());
  far.close();
  CAF_CHECK_EQUAL(first.get(), "connection_closed: Connection closed by peer");
  CAF_CHECK_EQUAL(second.get(), first.get());
  CAF_CHECK_EQUAL(code_of(failure(call.get())), errc::connection_closed);
  CAF_CHECK(!client.remote().connected());
  CAF_MESSAGE("at once if it is lost already");
  reset_counter late;
  late.watch(client);
  CAF_CHECK_EQUAL(late.get(), first.get());
  CAF_MESSAGE("later calls fail, and nothing is told again");
  CAF_CHECK_EQUAL(code_of(failure(client.remote().call("x"))),
                  errc::connection_closed);
  client.close();
  failure(client.remote().call("x"));
  CAF_CHECK_EQUAL(first.count(), 1);
  CAF_CHECK_EQUAL(second.count(), 1);
  CAF_CHECK_EQUAL(late.count(), 1);
}

CAF_TEST(a channel that was lost before) {
  auto [near, far] = connect_channels();
  far.close();
  failure(near.recv());
  rpc_client client{near};
  reset_counter resets;
  resets.watch(client);
  CAF_CHECK_EQUAL(resets.get(), "connection_closed: Connection closed by peer");
  CAF_CHECK(!client.remote().connected());
  CAF_CHECK(ends(client.remote().as_actor()));
}

CAF_TEST(our own close is not told) {
  auto [near, far] = connect_channels();
  rpc_client client{near};
  near = {};
  reset_counter resets;
  resets.watch(client);
  auto call = begin(client.remote().call("slow"));
  auto kept = must(far.recv());
  client.close();
  CAF_CHECK_EQUAL(describe(failure(call.get())),
                  "connection_closed: Connection closed");
  CAF_CHECK_EQUAL(code_of(failure(far.recv())), errc::connection_closed);
  failure(client.remote().call("x"));
  CAF_CHECK_EQUAL(resets.count(), 0);
  CAF_MESSAGE("nor to those who ask later");
  reset_counter late;
  late.watch(client);
  failure(client.remote().call("x"));
  CAF_CHECK_EQUAL(late.count(), 0);
}

CAF_TEST(letting go of the last handle is our own close too) {
  auto [near, far] = connect_channels();
  rpc_client client{near};
  near = {};
  reset_counter resets;
  resets.watch(client);
  client = {};
  CAF_CHECK_EQUAL(code_of(failure(far.recv())), errc::connection_closed);
  CAF_CHECK_EQUAL(resets.count(), 0);
}

CAF_TEST(the server sees its clients go) {
  later<rpc_client> welcomed;
  auto srv
    = must(rpc::start_server(sys, any_port, adder(sys),
                             [welcomed](event_based_actor*, rpc_client client) {
                               welcomed.set(client);
                             }));
  auto client = must(rpc::open_connection(sys, srv.address()));
  auto other_end = welcomed.get();
  reset_counter resets;
  resets.watch(other_end);
  CAF_CHECK_EQUAL(must(client.remote().call<int>("add", 1, 2)), 3);
  client.close();
  CAF_CHECK_EQUAL(resets.get(), "connection_closed: Connection closed by peer");
}

CAF_TEST(a connection ends with its last handle or proxy) {
  auto [near, far] = connect_channels();
  auto served = rpc_service(adder(sys), far);
  rpc_client client{near};
  near = {};
  reset_counter resets;
  resets.watch(served);
  auto remote = client.remote();
  client = {};
  CAF_CHECK_EQUAL(must(remote.call<int>("add", 1, 2)), 3);
  proxy below = remote["below"];
  remote = {};
  CAF_CHECK(below.connected());
  CAF_CHECK_EQUAL(resets.count(), 0);
  below = {};
  CAF_CHECK_EQUAL(resets.get(), "connection_closed: Connection closed by peer");
}

CAF_TEST(whoever waits for a result keeps the connection) {
  auto [near, far] = connect_channels();
  auto call = [&] {
    rpc_client client{near};
    near = {};
    return begin(client.remote().call<int>("slow"));
  }();
  must(far.recv()).reply(1);
  CAF_CHECK_EQUAL(must(call.get()), 1);
  CAF_CHECK_EQUAL(code_of(failure(far.recv())), errc::connection_closed);
}

CAF_TEST(closing the server keeps its connections) {
  auto srv = must(rpc::start_server(sys, any_port, adder(sys)));
  auto client = must(rpc::open_connection(sys, srv.address()));
  must(client.remote().call<int>("add", 1, 2));
  must(srv.wait_closed());
  srv = {};
  CAF_CHECK_EQUAL(must(client.remote().call<int>("add", 1, 2)), 3);
}

CAF_TEST(opening connections that fail) {
  reserved_port nobody;
  CAF_CHECK_EQUAL(code_of(failure(rpc::open_connection(sys, nobody.where()))),
                  errc::cannot_connect);
  auto srv = must(rpc::start_server(sys, any_port, {}));
  CAF_CHECK_EQUAL(code_of(failure(rpc::start_server(sys, srv.address(), {}))),
                  errc::cannot_listen);
}

CAF_TEST_FIXTURE_SCOPE_END()
