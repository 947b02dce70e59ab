#define CAF_SUITE channel

#include "fixture.hpp"

#include <atomic>
#include <stdexcept>
#include <thread>
#include <vector>

namespace {

struct fixture : system_fixture {
  channel_pair ends = connect_channels();
  channel& client = ends.client;
  channel& server_end = ends.server;

  /// Sends `content`, lets `answer` handle the request, and returns the result.
  template <class F>
  expected<value> exchange(value content, F answer) {
    auto result = begin(client.send(std::move(content)));
    answer(must(server_end.recv()));
    return result.get();
  }
};

/// Answers each request with its content, until the connection ends.
void echo(event_based_actor* self, channel ch) {
  ch.recv().then(
    self,
    [self, ch](request req) {
      req.reply(req.content());
      echo(self, ch);
    },
    [](error&) {});
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(channel_tests, fixture)

// -- requests and replies -----------------------------------------------------

CAF_TEST(requests and replies) {
  auto sent = value{list{1, "two", dict{{"three", 4.5}}, value{}}};
  std::string seen;
  auto reply = exchange(sent, [&](request req) {
    seen = to_string(req.content());
    req.reply("reply");
  });
  CAF_CHECK_EQUAL(seen, to_string(sent));
  CAF_CHECK_EQUAL(must(std::move(reply)), value{"reply"});
}

CAF_TEST(both ends send requests) {
  auto to_server = begin(client.send("a"));
  auto to_client = begin(server_end.send("b"));
  must(server_end.recv()).reply(1);
  must(client.recv()).reply(2);
  CAF_CHECK_EQUAL(must(to_server.get()), value{1});
  CAF_CHECK_EQUAL(must(to_client.get()), value{2});
}

CAF_TEST(replies in another order) {
  std::vector<decltype(begin(client.send(0)))> calls;
  for (auto i = 0; i < 5; ++i)
    calls.push_back(begin(client.send(i)));
  std::vector<request> requests;
  for (auto i = 0; i < 5; ++i) {
    requests.push_back(must(server_end.recv()));
    CAF_CHECK_EQUAL(requests.back().content(), value{i});
  }
  for (auto i : {3, 0, 4, 1, 2})
    requests[static_cast<size_t>(i)].reply(10 * i);
  for (auto i = 0; i < 5; ++i)
    CAF_CHECK_EQUAL(must(calls[static_cast<size_t>(i)].get()), value{10 * i});
}

CAF_TEST(replies from another thread) {
  auto reply = exchange(
    1, [](request req) { std::thread{[req] { req.reply(2); }}.join(); });
  CAF_CHECK_EQUAL(must(std::move(reply)), value{2});
}

CAF_TEST(only the first answer counts) {
  auto reply = exchange(1, [](request req) {
    req.reply("first");
    req.reply("second");
    req.fail(make_error(errc::timeout, std::string{"third"}));
  });
  CAF_CHECK_EQUAL(must(std::move(reply)), value{"first"});
  CAF_MESSAGE("nothing is left of the others");
  reply = exchange(2, [](request req) { req.reply("next"); });
  CAF_CHECK_EQUAL(must(std::move(reply)), value{"next"});
}

CAF_TEST(failing with an error) {
  auto fail_with = [this](error reason) {
    return failure(exchange(1, [&](request req) { req.fail(reason); }));
  };
  auto what = fail_with(make_error(errc::timeout, std::string{"too slow"}));
  CAF_CHECK_EQUAL(code_of(what), errc::remote_exception);
  CAF_CHECK_EQUAL(last_line(what), "TimeoutError: too slow");
  CAF_CHECK(text_of(what).starts_with("Traceback (most recent call last):\n"));
  auto port = client.get_extra_info("peername").get_if<list>()->at(1);
  CAF_CHECK_EQUAL(origin_of(what), "('127.0.0.1', " + to_string(port) + ")");
  CAF_CHECK_EQUAL(describe(what),
                  "Origin: " + origin_of(what) + "\n" + text_of(what));
  auto named = make_error(errc::handler_failed, std::string{"'k'"},
                          std::string{"KeyError"});
  CAF_CHECK_EQUAL(last_line(fail_with(named)), "KeyError: 'k'");
  auto of_caf = last_line(fail_with(make_error(sec::bad_function_call)));
  CAF_CHECK(of_caf.starts_with("CafError: "));
}

CAF_TEST(failing with an exception) {
  auto fail_with = [this](auto reason) {
    return last_line(failure(exchange(
      1, [&](request req) { req.fail(std::make_exception_ptr(reason)); })));
  };
  CAF_CHECK_EQUAL(fail_with(std::out_of_range{"x"}), "IndexError: x");
  CAF_CHECK_EQUAL(fail_with(python_error{"KeyError", "'k'"}), "KeyError: 'k'");
  CAF_CHECK_EQUAL(fail_with(42), "Exception: an exception of unknown type");
}

CAF_TEST(a request that is dropped is answered) {
  auto reply = exchange(1, [](request) {});
  CAF_CHECK_EQUAL(last_line(failure(std::move(reply))),
                  "RuntimeError: the request was dropped without a reply");
  CAF_MESSAGE("its last handle counts");
  auto result = begin(client.send(2));
  auto req = must(server_end.recv());
  { auto copy = req; }
  req.reply("kept");
  CAF_CHECK_EQUAL(must(result.get()), value{"kept"});
}

CAF_TEST(content that has no encoding) {
  CAF_CHECK_EQUAL(code_of(failure(client.send(byte_buffer(3)))),
                  errc::serialization_error);
  auto reply = exchange(1, [](request req) { req.reply(byte_buffer(3)); });
  CAF_CHECK(last_line(failure(std::move(reply)))
              .starts_with("aiomas.exceptions.SerializationError: "));
  CAF_MESSAGE("the connection stays");
  reply = exchange(2, [](request req) { req.reply(3); });
  CAF_CHECK_EQUAL(must(std::move(reply)), value{3});
}

// -- receiving ----------------------------------------------------------------

CAF_TEST(requests wait for recv) {
  auto first = begin(client.send(1));
  auto second = begin(client.send(2));
  auto req = must(server_end.recv());
  CAF_CHECK_EQUAL(req.content(), value{1});
  req.reply(1);
  must(first.get()); // by now, the second one is there
  req = must(server_end.recv());
  CAF_CHECK_EQUAL(req.content(), value{2});
  req.reply(2);
  must(second.get());
}

CAF_TEST(one recv at a time) {
  auto waiting = begin(server_end.recv());
  auto what = failure(server_end.recv());
  CAF_CHECK_EQUAL(describe(what),
                  "already_receiving: recv() called while another coroutine is "
                  "already waiting for incoming data.");
  CAF_MESSAGE("the one that waits is not disturbed");
  auto result = begin(client.send(1));
  must(waiting.get()).reply(2);
  CAF_CHECK_EQUAL(must(result.get()), value{2});
}

CAF_TEST(a recv that ends in time loses nothing) {
  CAF_CHECK_EQUAL(code_of(failure(server_end.recv().get(1ms))), errc::timeout);
  auto reply = exchange(1, [](request req) { req.reply(2); });
  CAF_CHECK_EQUAL(must(std::move(reply)), value{2});
}

CAF_TEST(receiving in actors) {
  run_in_actor([ch = server_end](event_based_actor* self) { echo(self, ch); });
  for (auto i = 0; i < 10; ++i)
    CAF_CHECK_EQUAL(must(client.send(i)), value{i});
}

CAF_TEST(sending in actors) {
  later<std::vector<std::string>> seen;
  run_in_actor([seen, ch = client](event_based_actor* self) {
    auto log = std::make_shared<std::vector<std::string>>();
    ch.send("first").await(self,
                           [log](value x) { log->push_back(to_string(x)); });
    ch.send("second").then(
      self, [](value) {},
      [=](error& reason) {
        log->push_back(last_line(reason));
        seen.set(*log);
      });
  });
  auto first = must(server_end.recv());
  auto second = must(server_end.recv());
  CAF_MESSAGE("what is awaited comes first");
  second.fail(make_error(errc::timeout, std::string{"x"}));
  first.reply("reply");
  auto log = seen.get();
  CAF_REQUIRE_EQUAL(log.size(), 2u);
  CAF_CHECK_EQUAL(log[0], "'reply'");
  CAF_CHECK_EQUAL(log[1], "TimeoutError: x");
}

CAF_TEST(an error without a handler goes to that of the actor) {
  later<std::string> seen;
  run_in_actor([seen, ch = client](event_based_actor* self) {
    self->set_error_handler([seen](scheduled_actor* who, error& reason) {
      seen.set(last_line(reason));
      who->quit();
    });
    ch.send(1).then(self, [](value) {});
  });
  must(server_end.recv()).fail(make_error(errc::timeout, std::string{"x"}));
  CAF_CHECK_EQUAL(seen.get(), "TimeoutError: x");
}

// -- time limits --------------------------------------------------------------

CAF_TEST(a call that takes too long) {
  CAF_CHECK_EQUAL(code_of(failure(client.send(1).get(1ms))), errc::timeout);
  CAF_MESSAGE("its late reply is dropped");
  must(server_end.recv()).reply("late");
  auto reply = exchange(2, [](request req) { req.reply("in time"); });
  CAF_CHECK_EQUAL(must(std::move(reply)), value{"in time"});
}

CAF_TEST(blocking where one must not block) {
  auto code = in_actor([ch = client](event_based_actor*) {
    return code_of(ch.send(1).get().error());
  });
  CAF_CHECK_EQUAL(code, errc::would_deadlock);
  code = in_actor([ch = client](event_based_actor*) {
    return code_of(ch.recv().start().get().error());
  });
  CAF_CHECK_EQUAL(code, errc::would_deadlock);
  code = in_actor([this](event_based_actor*) {
    return code_of(channel::start_server(sys, any_port, echo).get().error());
  });
  CAF_CHECK_EQUAL(code, errc::would_deadlock);
  CAF_MESSAGE("our own threads must not block either");
  later<errc> seen;
  client.send(2).notify([seen, ch = client](expected<value>) {
    seen.set(code_of(ch.send(3).get().error()));
  });
  must(server_end.recv()).reply(1);
  CAF_CHECK_EQUAL(seen.get(), errc::would_deadlock);
}

// -- properties ---------------------------------------------------------------

CAF_TEST(properties) {
  CAF_CHECK(client);
  CAF_CHECK(!channel{});
  CAF_CHECK_EQUAL(client.codec().name(), std::string{"json"});
  CAF_CHECK_EQUAL(client.get_extra_info("peername"),
                  server_end.get_extra_info("sockname"));
  CAF_CHECK_EQUAL(client.get_extra_info("sockname"),
                  server_end.get_extra_info("peername"));
  auto peer = client.get_extra_info("peername");
  CAF_CHECK_EQUAL(peer.get_if<list>()->at(0), value{"127.0.0.1"});
  CAF_CHECK_NOT_EQUAL(client.get_extra_info("peername"),
                      client.get_extra_info("sockname"));
  CAF_CHECK(client.get_extra_info("nope").is_null());
  CAF_CHECK_EQUAL(client.get_extra_info("nope", 7), value{7});
}

CAF_TEST_FIXTURE_SCOPE_END()
