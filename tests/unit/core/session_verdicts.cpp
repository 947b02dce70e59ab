#define CAF_SUITE session_verdicts

#include "session_fixture.hpp"

using namespace caf::aiomas;

namespace {

struct fixture : session_fixture {
  /// Checks that `payload` ends a session with two pending calls.
  void check_closes(std::string_view payload, std::string_view reason) {
    CAF_MESSAGE("payload: " << payload);
    start();
    call("a");
    call("b");
    sent();
    feed(payload, "[1,1,1]", "[0,0,1]");
    CAF_REQUIRE_EQUAL(closes.size(), 1u);
    CAF_CHECK(closes[0].starts_with(reason));
    CAF_CHECK_EQUAL(endings(), "0=" + closes[0] + ", 1=" + closes[0]);
    CAF_CHECK(uut->closed());
    CAF_CHECK(requests.empty());
    CAF_CHECK(!uut->has_output());
  }

  /// Checks that a request with this content is answered with an exception.
  void check_refuses(std::string_view content) {
    CAF_MESSAGE("content: " << content);
    feed("[0,\"id\"," + std::string{content} + "]");
    auto text = sent();
    CAF_CHECK(
      text.starts_with(R"([2,"id","Traceback (most recent call last):\n)"
                       "aiomas.exceptions.SerializationError: "));
    CAF_CHECK(requests.empty());
    CAF_CHECK_EQUAL(uut->pending_requests(), 0u);
    CAF_CHECK(closes.empty());
  }

  /// Checks that a reply with this content fails its call and nothing else.
  void check_fails(std::string_view content) {
    CAF_MESSAGE("content: " << content);
    auto id = std::to_string(call("a"));
    feed("[1," + id + "," + std::string{content} + "]");
    CAF_REQUIRE_EQUAL(ended.size(), 1u);
    CAF_CHECK(ended[0].starts_with(id + "=deserialization_error: "));
    CAF_CHECK(closes.empty());
    ended.clear();
  }

  const std::vector<std::string> bad_contents{
    "nope",
    "",
    "[1",
    "18446744073709551616",
    R"("\ud800")",
    std::string(limits.max_nesting + 1, '[')
      + std::string(limits.max_nesting + 1, ']'),
    R"({"__type__":[7,1]})",
    R"({"__type__":1})",
    "\"\xFF\"",
  };
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(verdict_tests, fixture)

CAF_TEST(what is not decodable without an id closes) {
  check_closes("", "protocol_violation: Message cannot be decoded: ");
  check_closes("nope", "protocol_violation: Message cannot be decoded: ");
  check_closes("[", "protocol_violation: Message cannot be decoded: ");
  check_closes("[0,", "protocol_violation: Message cannot be decoded: ");
  check_closes("[0,nope,1]", "protocol_violation: Message cannot be decoded: ");
}

CAF_TEST(what is not a triple closes) {
  for (auto payload :
       {"null", "{}", "[]", "[0]", "[0,0]", "[0,0,1,2]", "\"abc\""})
    check_closes(payload, "protocol_violation: Message cannot be decoded: ");
}

CAF_TEST(unknown message types close) {
  check_closes("[3,0,1]", "invalid_message_type: Invalid message type 3");
  check_closes("[-1,0,1]", "invalid_message_type: Invalid message type -1");
  check_closes("[0.5,0,1]", "invalid_message_type: Invalid message type 0.5");
  check_closes("[NaN,0,1]", "invalid_message_type: Invalid message type nan");
  check_closes("[\"0\",0,1]", "invalid_message_type: Invalid message type '0'");
  check_closes("[null,0,1]", "invalid_message_type: Invalid message type None");
  check_closes("[18446744073709551615,0,1]",
               "invalid_message_type: Invalid message type 184467");
  check_closes("[1e300,0,1]", "invalid_message_type: Invalid message type 1e");
  check_closes("[[],0,nope]", "invalid_message_type: Invalid message type []");
}

CAF_TEST(reasons do not repeat all of what the peer sent) {
  check_closes("[\"" + std::string(100000, 'x') + "\",0,1]",
               "invalid_message_type: Invalid message type 'xxx");
  CAF_CHECK_LESS(closes[0].size(), 200u);
}

CAF_TEST(a frame over the limit closes) {
  limits.max_payload = 1000;
  start();
  call("a");
  feed_part(frame(std::string(1001, ' ')), 0, 4);
  CAF_CHECK_EQUAL(endings(),
                  "0=message_too_large: Message of 1001 bytes "
                  "received. Maximum length is 1000.");
  CAF_CHECK_EQUAL(closes.size(), 1u);
}

CAF_TEST(a request with bad content is answered with an exception) {
  for (auto& content : bad_contents)
    check_refuses(content);
  feed(R"([0,"id",1])");
  CAF_CHECK_EQUAL(open_requests(), "1");
}

CAF_TEST(a reply with bad content fails its call) {
  for (auto& content : bad_contents)
    check_fails(content);
  auto id = std::to_string(call("a"));
  feed("[1," + id + ",1]");
  CAF_CHECK_EQUAL(endings(), id + "=1");
}

CAF_TEST(a late reply with bad content is dropped) {
  uut->cancel(call("a"));
  for (auto& content : bad_contents)
    feed("[1,0," + content + "]");
  CAF_CHECK_EQUAL(traffic->replies_dropped, bad_contents.size());
  CAF_CHECK(closes.empty());
}

CAF_TEST(a reply with an id that was never given out closes) {
  auto reason = "protocol_violation: Reply to a request that was never sent: ";
  for (auto id : {"2", "2.0", "-1", "-1.0", "\"0\"", "null", "[0]", "{}", "0.5",
                  "NaN", "1e300", "Infinity", "18446744073709551615"}) {
    check_closes("[1," + std::string{id} + ",1]", reason);
    check_closes("[2," + std::string{id} + ",1]", reason);
  }
}

CAF_TEST(a reply to a request that still waits closes) {
  limits.max_outbound_bytes = 1;
  start();
  call("a");
  call("b");
  feed("[1,0,1]", "[1,1,1]");
  CAF_CHECK_EQUAL(endings(),
                  "0=1, 1=protocol_violation: Reply to a request "
                  "that was never sent: 1");
}

CAF_TEST(an id that cannot be sent back closes) {
  limits.max_payload = 1000;
  start();
  auto id = "\"" + std::string(980, 'x') + "\"";
  feed("[0," + id + ",1]");
  uut->reply(requests.at(0).first, std::string(100, 'x'), now);
  CAF_CHECK_EQUAL(sent(), "[2," + id + ",\"\"]");
  CAF_CHECK(closes.empty());
  // One that cannot be encoded, however short the rest is.
  feed("[0,0,1]");
  uut->reply({byte_buffer{std::byte{1}}, 0}, 1, now);
  CAF_CHECK_EQUAL(closes.size(), 1u);
  CAF_CHECK(closes.at(0).starts_with("protocol_violation: The id"));
}

CAF_TEST_FIXTURE_SCOPE_END()
