// What the original refuses to send, and what comes back other than it was.

#define CAF_SUITE refusals

#include "sessions/messages.hpp"

#include "recordings.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/serializers.hpp"
#include "caf/aiomas/session.hpp"

#include "caf/test/dsl.hpp"

#include <nlohmann/json.hpp>

#include <chrono>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

using namespace session_tests;

namespace {

using record = nlohmann::ordered_json;

std::string text_of(const record& what, const char* member) {
  return what.at(member).get<std::string>();
}

std::vector<record> records_of(const std::string& codec_name) {
  std::vector<record> result;
  std::ifstream file{recordings::folder() + "/errors.jsonl"};
  for (std::string line; std::getline(file, line);) {
    auto next = record::parse(line);
    if (next.at("codec") == codec_name)
      result.push_back(std::move(next));
  }
  return result;
}

// -- a session with a test as its peer ----------------------------------------

class fixture : public session::listener {
public:
  explicit fixture(const std::string& codec_name)
    : peer_(codec_by_name(codec_name)()),
      uut_(codec_by_name(codec_name)(), session_limits{}, *this, traffic_) {
    // nop
  }

  void on_request(inbound_id&& id, value&&) override {
    requests_.push_back(std::move(id));
  }

  void on_closed(const fault& reason) override {
    CAF_FAIL("closed: " << to_string(reason));
  }

  void request(value content,
               std::optional<session::clock::duration> timeout = std::nullopt) {
    auto on_reply
      = [this](outcome<value> res) { endings_.push_back(std::move(res)); };
    uut_.request(std::move(content), on_reply, now_, timeout);
  }

  void receive(const message& what) {
    feed(uut_, frame_of(*peer_, what), now_);
  }

  void check_sent(const message& expected) {
    auto sent = take(uut_, *peer_, now_);
    auto got = to_text(sent);
    auto wanted = to_text(expected);
    CAF_CHECK_EQUAL(got, wanted);
    CAF_CHECK(sent == expected);
  }

  /// Takes how the only call that has ended did so.
  outcome<value> ending() {
    CAF_REQUIRE_EQUAL(endings_.size(), 1u);
    auto result = std::move(endings_[0]);
    endings_.clear();
    return result;
  }

  /// Checks that a call still has its result, with this id.
  void check_call(uint64_t id) {
    request("still there?");
    check_sent({0, id, "still there?"});
    receive({1, id, "yes"});
    auto result = ending();
    CAF_REQUIRE(result);
    CAF_CHECK(*result == value{"yes"});
  }

  /// Checks that `content` cannot be sent, which costs an id and no more.
  void check_refused(const value& content, const std::string& text) {
    request(content);
    auto result = ending();
    CAF_REQUIRE(!result);
    CAF_CHECK(result.error().code == errc::serialization_error);
    CAF_CHECK_EQUAL(result.error().text, text);
    CAF_CHECK(!uut_.has_output());
    check_call(1);
    // As a result, it becomes an exception.
    receive({0, "id", nullptr});
    CAF_REQUIRE_EQUAL(requests_.size(), 1u);
    uut_.reply(std::move(requests_[0]), content, now_);
    check_sent({2, "id",
                "Traceback (most recent call last):\n"
                "aiomas.exceptions.SerializationError: "
                  + text + '\n'});
    check_call(2);
  }

  codec& peer() {
    return *peer_;
  }

  session& uut() {
    return uut_;
  }

  const detail::session_traffic& traffic() const {
    return traffic_;
  }

  void sleep(session::clock::duration time) {
    now_ += time;
    uut_.advance(now_);
  }

private:
  std::unique_ptr<codec> peer_;
  session::time_point now_{std::chrono::hours{1}};
  std::vector<inbound_id> requests_;
  std::vector<outcome<value>> endings_;
  detail::session_traffic traffic_;
  session uut_; // ends its calls, so that it goes first
};

// -- what is refused ----------------------------------------------------------

/// What a channel refuses. Ours always calls that a `serialization_error`.
struct refusal {
  value content;

  /// What the original says as well. Empty if it has other words.
  std::string start;

  /// What follows, which depends on the language.
  std::string rest;
};

// Has no serializer, as Python's `set`, `type` and `complex` have none.
struct thing {};

// In C++, a number beyond 64 bits is some class, too.
struct wide_integer {};

const refusal wide{object::make(wide_integer{}),
                   "No serializer found for type \"",
                   "(anonymous namespace)::wide_integer\""};

const refusal unknown{object::make(thing{}), "No serializer found for type \"",
                      "(anonymous namespace)::thing\""};

refusal refused_bytes(size_t n) {
  return {byte_buffer(n), "No serializer found for type \"", "bytes\""};
}

// A tuple is a list to us.
refusal refused_key(value key, std::string type) {
  return {dict{{std::move(key), "x"}},
          "keys must be str, int, float, bool or None, not ", std::move(type)};
}

const std::map<std::string, refusal> refusals{
  {"bytes_empty", refused_bytes(0)},
  {"bytes_nul", refused_bytes(1)},
  {"bytes_255", refused_bytes(255)},
  {"bytes_256", refused_bytes(256)},
  {"bytes_65536", refused_bytes(65536)},
  {"bytearray", refused_bytes(3)},
  // Python's is a tuple, whose bytes are what is refused.
  {"ext", {extension{5, {}}, "No serializer found for type \"", "ExtType\""}},
  {"dict_tuplekey", refused_key(list{1, 2}, "list")},
  {"dict_byteskey", refused_key(byte_buffer{}, "bytes")},
  {"set", unknown},
  {"object", unknown},
  {"complex", unknown},
  {"int_2p64", wide},
  {"int_m2p63m1", wide},
  {"int_10p40", wide},
  // Python names the character, we the byte.
  {"str_surrogate",
   {"x\xED\xA0\x80y", "", "string is not valid UTF-8 from its byte 1 on"}},
};

void check_refusal(const record& what) {
  auto i = refusals.find(text_of(what, "name"));
  if (i == refusals.end())
    CAF_FAIL("no verdict on " << what.dump());
  auto& [content, start, rest] = i->second;
  CAF_CHECK(text_of(what, "str").starts_with(start));
  fixture{text_of(what, "codec")}.check_refused(content, start + rest);
}

// RPC has a serializer for all objects, which knows services and proxies. Here,
// another one refuses in its place: in the words of the original, since those
// of RPC are for its own tests.
void check_rpc_refusal(const record& what) {
  constexpr std::string_view start = "Could not serialize object \"";
  auto text = text_of(what, "str");
  CAF_REQUIRE(text.starts_with(start));
  auto reason = text.substr(text.find("\": ") + 3);
  fixture f{text_of(what, "codec")};
  auto added = f.uut().codec().add_serializer(fallback_serializer(
    [reason](const object&) -> outcome<value> {
      return fault{errc::serialization_error, reason};
    },
    {}));
  CAF_REQUIRE(added);
  f.check_refused(list{"f", list{object::make(thing{})}, dict{}},
                  std::string{start}
                    + "<(anonymous namespace)::thing object>\": " + reason);
}

// Without a service, the original never answers. Ours does, but it has to live
// with peers that do not: the call ends, and a late reply is no harm.
void check_timeout(const record& what) {
  using namespace std::chrono_literals;
  CAF_CHECK(text_of(what, "type") == "TimeoutError");
  fixture f{text_of(what, "codec")};
  f.request("f", 1s);
  f.check_sent({0, 0, "f"});
  f.sleep(1s);
  auto result = f.ending();
  CAF_REQUIRE(!result);
  CAF_CHECK(result.error().code == errc::timeout);
  f.receive({1, 0, "late"});
  CAF_CHECK_EQUAL(f.traffic().replies_dropped, 1u);
  f.check_call(1);
}

// -- what comes back ----------------------------------------------------------

const std::map<std::string, value> values{
  {"list_nested",
   list{1, list{2, list{3, list{nullptr, list{}}}}, dict{{"a", list{dict{}}}}}},
  {"tuple", list{1, "a", list{2, 3}}},
  {"namedtuple", list{"a", "b", "c"}},
  {"dict_intkeys", dict{{1, "one"}, {-2, "two"}, {int64_t{1} << 40, "big"}}},
  {"dict_boolnone", dict{{true, 1}, {nullptr, 2}, {"x", 3}}},
  {"dict_floatkeys", dict{{1.5, "a"}, {1e300, "b"}}},
  {"dict_mixed_dup", dict{{1, "int"}, {"1", "str"}}},
  {"dict_tuplekey", dict{{list{1, 2}, "x"}}},
};

// Python's MsgPack makes tuples of what are lists to us.
std::string with_lists(const std::string& text) {
  std::string result;
  for (auto c : text) {
    if (c == ')' && result.ends_with(','))
      result.pop_back();
    result += c == '(' ? '[' : c == ')' ? ']' : c;
  }
  return result;
}

void check_return(const record& what) {
  auto i = values.find(text_of(what, "name"));
  if (i == values.end())
    CAF_FAIL("no value for " << what.dump());
  fixture f{text_of(what, "codec")};
  f.request(i->second);
  auto returned = to_string(take(f.uut(), f.peer()).content);
  auto expected = with_lists(text_of(what, "str"));
  CAF_CHECK_EQUAL(returned, expected);
}

// -- all of them --------------------------------------------------------------

/// What happens above sessions, and is tested there.
const std::set<std::string> of_other_layers{
  "rpc_empty_path", // RPC: ours is refused by the peer
  "connect_missing_agent", // containers
  "session_agent_missing_first", // containers
};

using counts = std::map<std::string, size_t>;

/// Checks all that was recorded with a codec. Returns how many of what.
counts check_all(const std::string& codec_name) {
  counts result;
  for (auto& next : records_of(codec_name)) {
    auto name = text_of(next, "name");
    auto where = text_of(next, "where");
    CAF_MESSAGE(name << ", " << where);
    if (of_other_layers.contains(name)) {
      ++result["other layers"];
    } else if (where.starts_with("Channel.send")) {
      check_refusal(next);
      ++result["refused"];
    } else if (where == "proxy call argument" || where == "client") {
      check_rpc_refusal(next);
      ++result["refused by RPC"];
    } else if (where == "server") {
      check_timeout(next);
      ++result["not answered"];
    } else {
      CAF_CHECK(where.starts_with("python value after round trip"));
      check_return(next);
      ++result["returned"];
    }
  }
  return result;
}

} // namespace

CAF_TEST(json) {
  auto seen = check_all("json");
  auto expected = counts{{"refused", 13},
                         {"refused by RPC", 5},
                         {"not answered", 1},
                         {"returned", 7},
                         {"other layers", 3}};
  CAF_CHECK(seen == expected);
}

CAF_TEST(msgpack) {
  auto seen = check_all("msgpack");
  auto expected = counts{{"refused", 8},
                         {"refused by RPC", 5},
                         {"not answered", 1},
                         {"returned", 8},
                         {"other layers", 3}};
  CAF_CHECK(seen == expected);
}

CAF_TEST(msgpack_blosc) {
  auto seen = check_all("msgpack_blosc");
  CAF_CHECK(seen == check_all("msgpack"));
}
