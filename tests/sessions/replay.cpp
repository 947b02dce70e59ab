#define CAF_SUITE replay

#include "sessions/messages.hpp"

#include "recordings.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/session.hpp"

#include "caf/test/dsl.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <fstream>
#include <string>
#include <vector>

using namespace session_tests;

namespace {

/// A frame of a recording, and who sent it.
struct step {
  std::string from;
  byte_buffer bytes;
  message content;
};

/// Plays one side of a recorded conversation with a session of ours.
class replay : public session::listener {
public:
  replay(const codec_factory& factory, std::vector<step> steps)
    : judge_(recordings::make_codec(factory)),
      steps_(std::move(steps)),
      uut_(recordings::make_codec(factory), session_limits{}, *this, traffic_) {
    // nop
  }

  void run(const std::string& side) {
    for (auto& next : steps_) {
      CAF_MESSAGE(side << ": " << to_text(next.content));
      if (next.from != side)
        receive(next);
      else
        send(next);
    }
    CAF_CHECK_EQUAL(closes_, 0u);
    CAF_CHECK_EQUAL(expected_requests_, seen_requests_);
    CAF_CHECK(!uut_.has_output());
  }

  // -- listener ---------------------------------------------------------------

  void on_request(inbound_id&& id, value&& content) override {
    ++seen_requests_;
    CAF_CHECK(id.id == receiving_->content.id);
    CAF_CHECK(content == receiving_->content.content);
    open_.push_back(std::move(id));
  }

  void on_closed(const fault& reason) override {
    ++closes_;
    CAF_MESSAGE("closed: " << to_string(reason));
  }

private:
  // -- the peer's frames ------------------------------------------------------

  void receive(const step& next) {
    receiving_ = &next;
    ended_.clear();
    feed(uut_, next.bytes, now_);
    if (next.content.type == 0) {
      ++expected_requests_;
      return;
    }
    // The reply reached the call that it is for.
    CAF_REQUIRE_EQUAL(ended_.size(), 1u);
    auto& [id, result] = ended_[0];
    CAF_CHECK(value{id} == next.content.id);
    CAF_CHECK_EQUAL(static_cast<bool>(result), next.content.type == 1);
    if (result)
      CAF_CHECK(*result == next.content.content);
    else
      CAF_CHECK(value{result.error().text} == next.content.content);
  }

  // -- our frames -------------------------------------------------------------

  void send(const step& next) {
    if (next.content.type == 0)
      send_request(next.content);
    else
      send_reply(next.content);
    auto ours = take(uut_, *judge_, now_);
    CAF_CHECK_EQUAL(to_text(ours), to_text(next.content));
    CAF_CHECK(ours == next.content);
  }

  void send_request(const message& what) {
    // Gaps in the recording are calls that could not be encoded.
    auto id = what.id.get_if<int64_t>();
    CAF_REQUIRE(id != nullptr);
    while (static_cast<int64_t>(next_id_) < *id)
      request(object::make(unencodable{}));
    request(what.content);
  }

  void request(value content) {
    auto id = next_id_++;
    auto given = uut_.request(
      std::move(content),
      [this, id](outcome<value> res) {
        ended_.emplace_back(id, std::move(res));
      },
      now_);
    CAF_CHECK_EQUAL(given, id);
  }

  void send_reply(const message& what) {
    auto i = std::find_if(open_.begin(), open_.end(),
                          [&](auto& x) { return x.id == what.id; });
    CAF_REQUIRE(i != open_.end());
    auto id = std::move(*i);
    open_.erase(i);
    if (what.type == 1)
      uut_.reply(std::move(id), what.content, now_);
    else
      uut_.fail_with(std::move(id), what.content, now_);
  }

  /// No serializer knows it.
  struct unencodable {};

  std::unique_ptr<codec> judge_;
  session::time_point now_{};
  std::vector<step> steps_;
  const step* receiving_ = nullptr;
  std::vector<inbound_id> open_;
  std::vector<std::pair<uint64_t, outcome<value>>> ended_;
  uint64_t next_id_ = 0;
  size_t expected_requests_ = 0;
  size_t seen_requests_ = 0;
  size_t closes_ = 0;
  detail::session_traffic traffic_;
  session uut_; // ends its calls, so that it goes first
};

/// Replays each recording of a codec, from either side. Returns their number.
/// With another codec to play, the frames are written anew.
size_t replay_all(const std::string& recorded, const std::string& played) {
  auto factory = codec_by_name(played);
  CAF_REQUIRE(static_cast<bool>(factory));
  auto reader = recordings::make_codec(codec_by_name(recorded));
  auto writer = recordings::make_codec(factory);
  std::ifstream in{recordings::folder() + "/sessions.jsonl"};
  size_t result = 0;
  for (std::string line; std::getline(in, line);) {
    auto recording = nlohmann::json::parse(line);
    if (recording["codec"] != recorded)
      continue;
    std::vector<step> steps;
    for (auto& x : recording["steps"]) {
      auto bytes = recordings::from_hex(x["hex"]);
      auto content = message_of(*reader, bytes);
      if (played != recorded)
        bytes = frame_of(*writer, content);
      steps.push_back({x["from"], std::move(bytes), std::move(content)});
    }
    for (auto side : {"client", "server"}) {
      CAF_MESSAGE(recording["name"].get<std::string>() << " as " << side);
      replay{factory, steps}.run(side);
    }
    ++result;
  }
  return result;
}

} // namespace

CAF_TEST(recorded json sessions replay from either side) {
  CAF_CHECK_EQUAL(replay_all("json", "json"), 19u);
}

CAF_TEST(recorded msgpack_blosc sessions replay from either side) {
  CAF_CHECK_EQUAL(replay_all("msgpack_blosc", "msgpack_blosc"), 19u);
}

// None was recorded with this codec.
CAF_TEST(sessions replay in msgpack) {
  CAF_CHECK_EQUAL(replay_all("msgpack_blosc", "msgpack"), 19u);
}
