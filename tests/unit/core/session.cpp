#define CAF_SUITE session

#include "session_fixture.hpp"

#include "tiny_codec.hpp"

#include <limits>

using namespace caf::aiomas;
using namespace std::literals;

CAF_TEST_FIXTURE_SCOPE(session_tests, session_fixture)

// -- calls --------------------------------------------------------------------

CAF_TEST(calls are numbered from zero and end with their results) {
  CAF_CHECK_EQUAL(call("a"), 0u);
  CAF_CHECK_EQUAL(call(list{1, nullptr}), 1u);
  CAF_CHECK_EQUAL(uut->pending_calls(), 2u);
  CAF_CHECK_EQUAL(sent(), R"([0,0,"a"] [0,1,[1,null]])");
  feed(R"([1,1,"second"])", R"([1,0,{"x":1}])");
  CAF_CHECK_EQUAL(endings(), "1='second', 0={'x': 1}");
  CAF_CHECK_EQUAL(uut->pending_calls(), 0u);
  CAF_CHECK(closes.empty());
}

CAF_TEST(an exception ends a call with its text) {
  call("a");
  feed(R"([2,0,"Traceback: no\n"])");
  CAF_CHECK_EQUAL(endings(), "0=remote_exception: Traceback: no\n");
}

CAF_TEST(an exception may have any content) {
  call("a");
  call("b");
  feed(R"([2,0,{"why":[1]}])", "[2,1,null]");
  CAF_CHECK_EQUAL(endings(),
                  "0=remote_exception: {'why': [1]}, 1=remote_exception: None");
}

CAF_TEST(a call that cannot be encoded uses its number up) {
  call(byte_buffer{std::byte{1}});
  CAF_REQUIRE_EQUAL(ended.size(), 1u);
  CAF_CHECK(ended[0].starts_with("?=serialization_error: "));
  CAF_CHECK_EQUAL(call("b"), 1u);
  CAF_CHECK_EQUAL(sent(), R"([0,1,"b"])");
  CAF_CHECK_EQUAL(uut->pending_calls(), 1u);
  CAF_CHECK_EQUAL(traffic->requests_sent, 1u);
}

CAF_TEST(type and id of a reply compare as in Python) {
  for (int i = 0; i < 6; ++i)
    call(i);
  feed("[true,false,10]", "[1.0,1.0,11]", "[1,2.0e0,12]", "[2.0,3,13]",
       "[1,4,14]");
  CAF_CHECK_EQUAL(endings(), "0=10, 1=11, 2=12, 3=remote_exception: 13, 4=14");
  feed("[1,-0.0,15]", "[1,5,16]");
  CAF_CHECK_EQUAL(endings(), "5=16");
  CAF_CHECK_EQUAL(traffic->replies_dropped, 1u);
  CAF_CHECK(closes.empty());
}

CAF_TEST(a cancelled call ends at once and its reply is dropped) {
  auto first = call("a");
  auto second = call("b");
  CAF_CHECK(uut->cancel(first));
  CAF_CHECK_EQUAL(endings(), "0=cancelled: Request was cancelled");
  CAF_CHECK(!uut->cancel(first));
  CAF_CHECK(!uut->cancel(17));
  feed("[1,0,1]", "[1,1,2]");
  CAF_CHECK_EQUAL(endings(), "1=2");
  CAF_CHECK(!uut->cancel(second));
  CAF_CHECK_EQUAL(traffic->replies_dropped, 1u);
}

CAF_TEST(late and duplicate replies are dropped and counted) {
  call("a");
  for (int i = 0; i < 3; ++i)
    feed("[1,0,1]", R"([2,0,"again"])");
  CAF_CHECK_EQUAL(endings(), "0=1");
  CAF_CHECK_EQUAL(traffic->replies_received, 6u);
  CAF_CHECK_EQUAL(traffic->replies_dropped, 5u);
  CAF_CHECK(closes.empty());
}

// -- replies ------------------------------------------------------------------

CAF_TEST(requests reach the listener and are answered in any order) {
  feed(R"([0,0,"a"])", R"([0,1,["b"]])", R"([0,2,null])");
  CAF_CHECK_EQUAL(open_requests(), "'a', ['b'], None");
  CAF_CHECK_EQUAL(uut->pending_requests(), 3u);
  uut->reply(requests[2].first, "last", now);
  uut->fail(requests[0].first, "first", now);
  uut->fail_with(requests[1].first, list{1}, now);
  CAF_CHECK_EQUAL(sent(), R"([1,2,"last"] [2,0,"first"] [2,1,[1]])");
  CAF_CHECK_EQUAL(uut->pending_requests(), 0u);
}

CAF_TEST(request types compare as in Python) {
  feed("[false,0,1]", "[0.0,1,2]", "[-0.0,2,3]");
  CAF_CHECK_EQUAL(open_requests(), "1, 2, 3");
}

CAF_TEST(ids of requests are echoed as they are) {
  feed(R"([0,"id",1])", "[0,null,2]", "[0,[1,{}],3]", "[0,1.0,4]", "[0,-1,5]",
       "[0,9223372036854775808,6]", "[0,-1,7]", "[0,true,8]");
  while (!requests.empty())
    reply("x");
  CAF_CHECK_EQUAL(sent(), R"([1,"id","x"] [1,null,"x"] [1,[1,{}],"x"] )"
                          R"([1,1.0,"x"] [1,-1,"x"] )"
                          R"([1,9223372036854775808,"x"] [1,-1,"x"] )"
                          R"([1,true,"x"])");
}

CAF_TEST(a result that cannot be encoded becomes an exception) {
  feed("[0,0,1]", "[0,1,2]");
  reply(byte_buffer{std::byte{1}});
  auto text = sent();
  CAF_CHECK(text.starts_with(R"([2,0,"Traceback (most recent call last):\n)"
                             "aiomas.exceptions.SerializationError: "));
  reply("fine");
  CAF_CHECK_EQUAL(sent(), R"([1,1,"fine"])");
}

CAF_TEST(an exception that cannot be encoded becomes one that can) {
  feed("[0,0,1]");
  uut->fail_with(requests[0].first, byte_buffer{std::byte{1}}, now);
  CAF_CHECK(sent().starts_with(R"([2,0,"Traceback (most recent call last):\n)"
                               "aiomas.exceptions.SerializationError: "));
}

CAF_TEST(texts of exceptions need not be UTF - 8) {
  auto check = [this](std::string_view text, std::string_view expected) {
    feed("[0,0,1]");
    uut->fail(requests.back().first, text, now);
    CAF_CHECK_EQUAL(sent(), "[2,0,\"" + std::string{expected} + "\"]");
  };
  check("caf\xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80", "café € 😀");
  check("caf\xE9!", "caf\uFFFD!");
  check("\xC3", "\uFFFD");
  check("\xE2\x82", "\uFFFD\uFFFD");
  check("\xC0\x80", "\uFFFD\uFFFD"); // overlong
  check("\xED\xA0\x80", "\uFFFD\uFFFD\uFFFD"); // surrogate
  check("\xE0\x9F\xBF", "\uFFFD\uFFFD\uFFFD"); // overlong
  check("\xF4\x90\x80\x80", "\uFFFD\uFFFD\uFFFD\uFFFD"); // beyond U+10FFFF
  check("\xF0\x8F\xBF\xBF", "\uFFFD\uFFFD\uFFFD\uFFFD"); // overlong
  check("\xED\x9F\xBF\xF4\x8F\xBF\xBF", "\xED\x9F\xBF\xF4\x8F\xBF\xBF");
}

CAF_TEST(tracebacks look as those of Python) {
  CAF_CHECK_EQUAL(format_traceback("ValueError", "bad"),
                  "Traceback (most recent call last):\nValueError: bad\n");
  CAF_CHECK_EQUAL(format_traceback("KeyError", ""),
                  "Traceback (most recent call last):\nKeyError\n");
}

CAF_TEST(both sides number their requests on their own) {
  call("ours");
  feed(R"([0,0,"theirs"])");
  reply("to them");
  feed(R"([1,0,"to us"])");
  CAF_CHECK_EQUAL(sent(), R"([0,0,"ours"] [1,0,"to them"])");
  CAF_CHECK_EQUAL(endings(), "0='to us'");
}

// -- deadlines ----------------------------------------------------------------

CAF_TEST(a call ends when its deadline has passed and not before) {
  call("a", 5s);
  call("b", 3s);
  call("c");
  sent();
  CAF_CHECK(uut->deadline() == now + 3s);
  auto begin = now;
  now = begin + 3s - 1ns;
  uut->advance(now);
  CAF_CHECK_EQUAL(endings(), "");
  now = begin + 3s;
  uut->advance(now);
  CAF_CHECK_EQUAL(endings(), "1=timeout: No reply in time");
  CAF_CHECK(uut->deadline() == begin + 5s);
  feed("[1,1,1]");
  CAF_CHECK_EQUAL(traffic->replies_dropped, 1u);
  feed("[1,0,1]");
  CAF_CHECK_EQUAL(endings(), "0=1");
  CAF_CHECK(uut->deadline() == std::nullopt);
  CAF_CHECK_EQUAL(uut->pending_calls(), 1u);
}

CAF_TEST(calls may have any timeout) {
  call("a", 0s);
  call("b", -5s);
  call("c", session::clock::duration::max());
  call("d", session::clock::duration::min());
  sent();
  uut->advance(now);
  CAF_CHECK_EQUAL(endings(),
                  "0=timeout: No reply in time, 1=timeout: No reply "
                  "in time, 3=timeout: No reply in time");
  CAF_CHECK(uut->deadline() == std::nullopt);
}

CAF_TEST(calls that are due at once wait for the next turn) {
  auto rounds = 0;
  on_event = [&] {
    if (++rounds < 1000)
      call("again", 0s);
  };
  call("first", 0s);
  sent();
  uut->advance(now);
  CAF_CHECK_EQUAL(rounds, 1);
  CAF_CHECK(uut->deadline() == now);
  uut->advance(now);
  CAF_CHECK_EQUAL(rounds, 2);
  on_event = nullptr;
}

// -- end ----------------------------------------------------------------------

CAF_TEST(closing ends each call once and keeps what is encoded) {
  for (int i = 0; i < 20; ++i)
    call(i, i % 2 == 0 ? std::optional{1s} : std::nullopt);
  feed(R"([0,0,"open"])", R"([0,1,"done"])");
  uut->reply(requests[1].first, "ok", now);
  uut->close({errc::shut_down, "bye"});
  uut->close({errc::connection_reset, "again"});
  CAF_REQUIRE_EQUAL(ended.size(), 20u);
  for (size_t i = 0; i < 20; ++i)
    CAF_CHECK_EQUAL(ended[i], std::to_string(i) + "=shut_down: bye");
  CAF_CHECK_EQUAL(closes.size(), 1u);
  CAF_CHECK_EQUAL(closes.at(0), "shut_down: bye");
  CAF_CHECK(uut->closed());
  CAF_CHECK_EQUAL(uut->pending_calls(), 0u);
  CAF_CHECK_EQUAL(uut->pending_requests(), 0u);
  CAF_CHECK(uut->deadline() == std::nullopt);
  CAF_CHECK(uut->has_output());
  auto text = sent();
  CAF_CHECK(text.starts_with("[0,0,0] [0,1,1]"));
  CAF_CHECK(text.ends_with(R"([1,1,"ok"])"));
}

CAF_TEST(a closed session does nothing more) {
  feed(R"([0,0,"open"])", R"([0,1,"open"])");
  uut->close({errc::shut_down, "bye"});
  endings();
  call("late");
  CAF_CHECK_EQUAL(ended.at(0), "?=connection_closed: Connection closed");
  reply("late");
  uut->fail(requests[0].first, "late", now);
  uint64_t received = traffic->bytes_received;
  feed(R"([0,2,"late"])");
  CAF_CHECK_EQUAL(traffic->bytes_received, received);
  uut->advance(now + 24h);
  CAF_CHECK(!uut->has_output());
  CAF_CHECK(!uut->wants_input());
  CAF_CHECK(!uut->cancel(0));
  CAF_CHECK_EQUAL(requests.size(), 1u);
  CAF_CHECK_EQUAL(ended.size(), 1u);
  CAF_CHECK_EQUAL(closes.size(), 1u);
}

CAF_TEST(a broken session tells late callers why) {
  uut->close({errc::connection_reset, "broken"});
  call("late");
  CAF_CHECK_EQUAL(ended.at(0), "?=connection_reset: broken");
}

CAF_TEST(the destructor ends what is pending) {
  call("a");
  uut->cancel(call("b"));
  uut.reset();
  CAF_CHECK_EQUAL(endings(),
                  "1=cancelled: Request was cancelled, "
                  "0=connection_closed: Connection closed");
  CAF_CHECK(closes.empty());
}

// -- callbacks ----------------------------------------------------------------

CAF_TEST(listeners may answer at once) {
  on_event = [this] { reply("now"); };
  feed("[0,0,1]", "[0,1,2]", "[0,2,3]");
  CAF_CHECK_EQUAL(sent(), R"([1,0,"now"] [1,1,"now"] [1,2,"now"])");
}

CAF_TEST(callbacks do not pile up) {
  auto depth = 0;
  on_event = [&] {
    CAF_CHECK_EQUAL(++depth, 1);
    uut->commit(0, now);
    --depth;
  };
  feed("[0,0,1]", "[0,1,2]", "[0,2,3]");
  CAF_CHECK_EQUAL(open_requests(), "1, 2, 3");
}

CAF_TEST(handlers may make calls) {
  auto rounds = 0;
  on_event = [&] {
    if (++rounds < 3)
      call(rounds);
  };
  call(0);
  feed("[1,0,1]", "[1,1,2]", "[1,2,3]");
  CAF_CHECK_EQUAL(endings(), "0=1, 1=2, 2=3");
  CAF_CHECK_EQUAL(sent(), "[0,0,0] [0,1,1] [0,2,2]");
}

CAF_TEST(listeners may close the session while it dispatches) {
  on_event = [this] { uut->close({errc::shut_down, "enough"}); };
  call("a");
  feed("[0,0,1]", "[0,1,2]", "[1,0,3]");
  CAF_CHECK_EQUAL(open_requests(), "1");
  CAF_CHECK_EQUAL(endings(), "0=shut_down: enough");
  CAF_CHECK_EQUAL(closes.size(), 1u);
}

CAF_TEST(handlers may do anything while the session ends) {
  on_event = [this] {
    uut->close({errc::shut_down, "again"});
    CAF_CHECK(!uut->cancel(0));
    CAF_CHECK(!uut->cancel(1));
    if (ended.size() < 5)
      call("more");
  };
  call("a");
  call("b");
  uut->close({errc::shut_down, "bye"});
  on_event = nullptr;
  CAF_CHECK_EQUAL(std::count_if(ended.begin(), ended.end(),
                                [](auto& x) { return x.ends_with("bye"); }),
                  2);
  CAF_CHECK_EQUAL(closes.size(), 1u);
}

CAF_TEST(a handler may cancel other calls) {
  on_event = [this] { uut->cancel(1); };
  call("a");
  call("b");
  feed("[1,0,1]", "[1,1,2]");
  CAF_CHECK_EQUAL(endings(), "0=1, 1=cancelled: Request was cancelled");
}

// -- bytes --------------------------------------------------------------------

CAF_TEST(messages may be cut anywhere) {
  auto bytes = frame(R"([0,0,"a"])");
  auto more = frame(R"([0,1,"b"])");
  bytes.insert(bytes.end(), more.begin(), more.end());
  for (size_t step = 1; step <= bytes.size(); ++step) {
    start();
    for (size_t pos = 0; pos < bytes.size(); pos += step)
      feed_part(bytes, pos, step);
    CAF_CHECK_EQUAL(open_requests(), "'a', 'b'");
  }
}

CAF_TEST(output goes into the buffer that is handed in) {
  call("a");
  gathered_bytes out;
  out.own().reserve(1000);
  auto place = out.own().data();
  uut->take_output(out);
  CAF_CHECK(!uut->has_output());
  CAF_CHECK(out.joined() == frame(R"([0,0,"a"])"));
  uut->written(out.size(), now);
  call("b");
  uut->take_output(out);
  CAF_CHECK(out.joined() == frame(R"([0,1,"b"])"));
  CAF_CHECK(out.own().data() == place);
}

CAF_TEST(large output does not cost its memory for good) {
  call(std::string(4 << 20, 'x'));
  gathered_bytes out;
  for (int i = 0; i < 3; ++i) {
    uut->take_output(out);
    uut->written(out.size(), now);
    call("small");
  }
  CAF_CHECK_LESS(out.own().capacity(), size_t{1} << 20);
  uut->take_output(out);
  CAF_CHECK_LESS(out.own().capacity(), size_t{1} << 20);
}

CAF_TEST(statistics count what has happened) {
  call("a");
  auto text = take();
  feed("[1,0,1]", "[0,0,2]", "[1,0,3]");
  CAF_CHECK_EQUAL(traffic->bytes_sent, 0u);
  uut->written(5, now);
  CAF_CHECK_EQUAL(traffic->bytes_sent, 5u);
  uut->written(1000, now);
  auto& stats = *traffic;
  CAF_CHECK_EQUAL(stats.bytes_sent, text.size() + 4);
  CAF_CHECK_EQUAL(stats.bytes_received, 3u * (4 + 7));
  CAF_CHECK_EQUAL(stats.requests_sent, 1u);
  CAF_CHECK_EQUAL(stats.requests_received, 1u);
  CAF_CHECK_EQUAL(stats.requests_refused, 0u);
  CAF_CHECK_EQUAL(stats.replies_received, 2u);
  CAF_CHECK_EQUAL(stats.replies_dropped, 1u);
}

CAF_TEST(a codec needs no more than encode and decode) {
  start(std::make_unique<tiny_codec>());
  call(list{"hi", 1});
  CAF_CHECK_EQUAL(sent(), "li0ei0el2:hii1eee");
  feed("li1ei0e5:helloe", "li0ei7e4:spame");
  CAF_CHECK_EQUAL(endings(), "0='hello'");
  reply(1.5);
  auto text = sent();
  CAF_CHECK(text.starts_with("li2ei7e"));
  CAF_CHECK(text.ends_with("SerializationError: too much for me\ne"));
  feed("li0ei8ei1e");
  CAF_CHECK_EQUAL(closes.size(), 1u);
}

namespace {

// Forgets what it has written when it fails, and throws.
class careless_codec : public tiny_codec {
public:
  outcome<void> encode(const value& x, byte_buffer& out) override {
    auto res = tiny_codec::encode(x, out);
    if (!res) {
      out.resize(out.size() + 100);
      throw std::runtime_error("careless");
    }
    return res;
  }

  outcome<value> decode(std::span<const std::byte>) override {
    throw std::runtime_error("careless");
  }
};

} // namespace

CAF_TEST(a codec that throws does no harm) {
  start(std::make_unique<careless_codec>());
  call("a");
  call(1.5);
  CAF_CHECK_EQUAL(endings(), "?=serialization_error: careless");
  call("b");
  CAF_CHECK_EQUAL(sent(), "li0ei0e1:ae li0ei2e1:be");
  feed("li1ei0e5:helloe");
  CAF_CHECK_EQUAL(closes.at(0),
                  "protocol_violation: Message cannot be decoded: careless");
}

CAF_TEST_FIXTURE_SCOPE_END()
