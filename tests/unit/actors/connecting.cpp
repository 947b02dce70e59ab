#define CAF_SUITE connecting

#include "fixture.hpp"

#include <optional>

namespace {

/// Counts how often an operation ends, and with what.
class ending : public tally<errc> {
public:
  template <class T>
  void watch(pending<T> what) {
    std::move(what).notify([seen = tally{*this}](expected<T> x) {
      seen.add(x ? errc::none : code_of(x.error()));
    });
  }
};

struct fixture : system_fixture {
  pending<channel> connect(const address& where,
                           options::duration timeout = 0s) {
    options opts;
    opts.connect_timeout = timeout;
    return channel::open_connection(sys, where, opts);
  }

  pending<server> listen(const address& where) {
    return channel::start_server(sys, where, [](event_based_actor*, channel) {
      // Closes the channel.
    });
  }

  /// Waits until the I/O thread has done what it was told before.
  void settle() {
    reserved_port nobody;
    failure(connect(nobody.where()));
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(connecting_tests, fixture)

// -- servers ------------------------------------------------------------------

CAF_TEST(servers know their port) {
  auto srv = must(listen(any_port));
  CAF_CHECK(srv);
  CAF_CHECK_EQUAL(srv.address().host(), "127.0.0.1");
  CAF_CHECK_NOT_EQUAL(srv.address().port(), 0u);
  CAF_CHECK(must(connect(srv.address())));
}

CAF_TEST(a port that is in use) {
  auto srv = must(listen(any_port));
  auto what = failure(listen(srv.address()));
  CAF_CHECK_EQUAL(describe(what), "cannot_listen: Cannot listen on "
                                    + to_string(srv.address())
                                    + ": Address already in use");
  CAF_MESSAGE("an address that is not ours");
  what = failure(listen({"192.0.2.1", 0}));
  CAF_CHECK_EQUAL(code_of(what), errc::cannot_listen);
}

CAF_TEST(closing a server) {
  channel_server srv{sys};
  auto client = must(connect(srv.where()));
  auto accepted = srv.next();
  must(srv.handle().wait_closed());
  CAF_CHECK_EQUAL(code_of(failure(connect(srv.where()))), errc::cannot_connect);
  CAF_MESSAGE("its port is free");
  auto next = must(listen(srv.where()));
  CAF_CHECK_EQUAL(next.address().port(), srv.where().port());
  CAF_MESSAGE("connections live on");
  auto call = begin(client.send(1));
  must(accepted.recv()).reply(2);
  CAF_CHECK_EQUAL(must(call.get()), value{2});
  CAF_MESSAGE("closing again does nothing");
  srv.handle().close();
  must(srv.handle().wait_closed());
  must(server{}.wait_closed());
  CAF_CHECK(must(connect(next.address())));
}

CAF_TEST(a server closes with its last handle) {
  auto srv = must(listen(any_port));
  auto where = srv.address();
  std::optional<server> copy = srv;
  srv = {};
  CAF_CHECK(must(connect(where)));
  copy.reset();
  CAF_CHECK_EQUAL(code_of(failure(connect(where))), errc::cannot_connect);
}

// -- clients ------------------------------------------------------------------

CAF_TEST(nobody listens) {
  reserved_port nobody;
  auto what = failure(connect(nobody.where()));
  CAF_CHECK_EQUAL(describe(what), "cannot_connect: Cannot connect to "
                                    + to_string(nobody.where())
                                    + ": Connection refused");
  CAF_MESSAGE("a negative timeout means one attempt, too");
  what = failure(connect(nobody.where(), -1s));
  CAF_CHECK_EQUAL(code_of(what), errc::cannot_connect);
}

CAF_TEST(a client gives up after its timeout) {
  reserved_port nobody;
  auto start = std::chrono::steady_clock::now();
  auto what = failure(connect(nobody.where(), 100ms));
  CAF_CHECK_EQUAL(code_of(what), errc::cannot_connect);
  CAF_MESSAGE("not earlier, and after a second attempt");
  CAF_CHECK(std::chrono::steady_clock::now() - start >= 400ms);
}

CAF_TEST(a client waits for its server) {
  reserved_port port;
  auto result = begin(connect(port.where(), options::forever));
  settle();
  auto srv = must(listen(port.where()));
  auto client = must(result.get());
  CAF_CHECK_EQUAL(client.get_extra_info("peername"),
                  value(list{"127.0.0.1", srv.address().port()}));
}

CAF_TEST(connecting with a deadline) {
  reserved_port nobody;
  auto what = failure(connect(nobody.where(), options::forever).get(1ms));
  CAF_CHECK_EQUAL(code_of(what), errc::timeout);
}

CAF_TEST(a client that still tries when the system ends) {
  reserved_port nobody;
  ending end;
  {
    system_fixture other;
    options opts;
    opts.connect_timeout = options::forever;
    end.watch(channel::open_connection(other.sys, nobody.where(), opts));
  }
  CAF_CHECK_EQUAL(end.get(), errc::shut_down);
  CAF_CHECK_EQUAL(end.count(), 1);
}

CAF_TEST(an attempt that gets no answer) {
  full_port silent;
  aiomas::config impatient;
  put(impatient.content, "caf.aiomas.connect-attempt-timeout", timespan{20ms});
  actor_system other{impatient};
  auto text = "cannot_connect: Cannot connect to " + to_string(silent.where())
              + ": timed out";
  auto what = failure(channel::open_connection(other, silent.where()));
  CAF_CHECK_EQUAL(describe(what), text);
  CAF_MESSAGE("within the time that one connection has");
  options opts;
  opts.connect_attempt_timeout = 20ms;
  what = failure(channel::open_connection(sys, silent.where(), opts));
  CAF_CHECK_EQUAL(describe(what), text);
}

CAF_TEST(names that have no address) {
  address nowhere{"nosuch.invalid", 5555};
  auto text = describe(failure(connect(nowhere)));
  CAF_CHECK(
    text.starts_with("cannot_connect: Cannot connect to "
                     "tcp://nosuch.invalid:5555: Host not found"));
  CAF_MESSAGE("waiting for them");
  auto start = std::chrono::steady_clock::now();
  text = describe(failure(connect(nowhere, 400ms)));
  CAF_CHECK(text.find(": Host not found") != std::string::npos);
  CAF_CHECK(std::chrono::steady_clock::now() - start > 400ms);
}

CAF_TEST(names that have addresses) {
  auto srv = must(listen({"localhost", 0}));
  CAF_CHECK_EQUAL(srv.address().host(), "localhost");
  auto port = srv.address().port();
  CAF_CHECK(must(connect({"localhost", port})));
  CAF_CHECK(must(connect({"127.0.0.1", port})));
  CAF_MESSAGE("a client tries each of them");
  auto of_one_family = must(listen(any_port));
  CAF_CHECK(must(connect({"localhost", of_one_family.address().port()})));
}

CAF_TEST(all interfaces) {
  auto srv = must(listen({"", 0}));
  auto port = srv.address().port();
  CAF_CHECK_NOT_EQUAL(port, 0u);
  CAF_CHECK(must(connect({"127.0.0.1", port})));
}

CAF_TEST(connecting in an actor) {
  auto srv = must(listen(any_port));
  later<expected<channel>> result;
  later<expected<channel>> failed;
  reserved_port nobody;
  run_in_actor([&](event_based_actor* self) {
    pass_on(self, connect(srv.address()), result);
    pass_on(self, connect(nobody.where()), failed);
  });
  CAF_CHECK(result.get());
  CAF_CHECK_EQUAL(code_of(failed.get().error()), errc::cannot_connect);
}

// -- the end of a connection --------------------------------------------------

CAF_TEST(closing ends what is pending once) {
  auto [client, accepted] = connect_channels();
  ending calls[3];
  for (auto& call : calls)
    call.watch(client.send(1));
  ending receiver;
  receiver.watch(client.recv());
  auto seen = must(accepted.recv());
  client.close();
  for (auto& call : calls)
    CAF_CHECK_EQUAL(call.get(), errc::connection_closed);
  CAF_CHECK_EQUAL(receiver.get(), errc::connection_closed);
  CAF_CHECK(client.closed());
  CAF_MESSAGE("later calls fail, closing again does nothing");
  CAF_CHECK_EQUAL(describe(failure(client.send(2))),
                  "connection_closed: Connection closed");
  CAF_CHECK_EQUAL(describe(failure(client.recv())),
                  "connection_closed: Connection closed");
  client.close();
  settle();
  for (auto& call : calls)
    CAF_CHECK_EQUAL(call.count(), 1);
  CAF_CHECK_EQUAL(receiver.count(), 1);
  CAF_MESSAGE("answers go nowhere");
  seen.reply("too late");
}

CAF_TEST(the peer closes) {
  auto [client, accepted] = connect_channels();
  ending calls[2];
  for (auto& call : calls)
    call.watch(client.send(1));
  ending receiver;
  receiver.watch(client.recv());
  auto first = must(accepted.recv());
  auto second = must(accepted.recv());
  accepted.close();
  for (auto& call : calls)
    CAF_CHECK_EQUAL(call.get(), errc::connection_closed);
  CAF_CHECK_EQUAL(receiver.get(), errc::connection_closed);
  auto text = "connection_closed: Connection closed by peer";
  CAF_CHECK_EQUAL(describe(failure(client.recv())), text);
  CAF_CHECK_EQUAL(code_of(failure(client.send(2))), errc::connection_closed);
  CAF_CHECK(client.closed());
  settle();
  for (auto& call : calls)
    CAF_CHECK_EQUAL(call.count(), 1);
  CAF_CHECK_EQUAL(receiver.count(), 1);
}

CAF_TEST(requests that nobody received end with the connection) {
  auto [client, accepted] = connect_channels();
  auto call = begin(client.send(1));
  auto served = begin(client.send(2));
  auto seen = must(accepted.recv());
  client.close();
  failure(call.get());
  failure(served.get());
  while (accepted.recv().get(patience)) {
    // What came before the end may still be received.
  }
  CAF_CHECK(accepted.closed());
  CAF_CHECK_EQUAL(code_of(failure(accepted.recv())), errc::connection_closed);
}

CAF_TEST(a connection closes with its last handle) {
  auto [client, accepted] = connect_channels();
  auto receiver = begin(accepted.recv());
  auto copy = client;
  client = {};
  auto call = begin(copy.send(1));
  must(receiver.get()).reply(2);
  CAF_CHECK_EQUAL(must(call.get()), value{2});
  receiver = begin(accepted.recv());
  copy = {};
  CAF_CHECK_EQUAL(code_of(failure(receiver.get())), errc::connection_closed);
}

CAF_TEST(whoever waits keeps the connection) {
  auto [client, accepted] = connect_channels();
  auto call = begin(client.send(1));
  client = {};
  auto req = must(accepted.recv());
  req.reply(2);
  CAF_CHECK_EQUAL(must(call.get()), value{2});
  CAF_CHECK_EQUAL(code_of(failure(accepted.recv())), errc::connection_closed);
}

CAF_TEST(channels that outlive their system) {
  channel_pair kept;
  ending receiver;
  {
    system_fixture other;
    kept = other.connect_channels();
    receiver.watch(kept.client.recv());
  }
  CAF_CHECK_EQUAL(receiver.get(), errc::shut_down);
  CAF_CHECK(kept.client.closed());
  CAF_CHECK(!kept.client.send(1).get(patience));
  kept.client.close();
}

CAF_TEST(actors of clients end with the system) {
  later<bool> waiting;
  later<bool> gone;
  {
    system_fixture other;
    auto srv = must(channel::start_server(
      other.sys, any_port, [=](event_based_actor* self, channel ch) {
        self->attach_functor([gone](const error&) { gone.set(true); });
        ch.recv().then(
          self, [](request) {}, [ch](error&) {});
        waiting.set(true);
      }));
    auto client = must(channel::open_connection(other.sys, srv.address()));
    waiting.get();
  }
  CAF_CHECK(gone.get());
}

CAF_TEST_FIXTURE_SCOPE_END()
