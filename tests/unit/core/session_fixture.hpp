#pragma once

#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/session.hpp"

#include "caf/test/dsl.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// A session that speaks JSON, and a test that plays its peer, its transport
/// and its clock. Messages are written and read as JSON text.
struct session_fixture : caf::aiomas::session::listener {
  using session = caf::aiomas::session;
  using fault = caf::aiomas::fault;
  using value = caf::aiomas::value;
  using errc = caf::aiomas::errc;

  caf::aiomas::session_limits limits;
  std::unique_ptr<caf::aiomas::detail::session_traffic> traffic;
  std::unique_ptr<session> uut;
  session::time_point now{std::chrono::hours{1}};

  /// Requests that were not answered yet.
  std::vector<std::pair<caf::aiomas::inbound_id, value>> requests;

  /// What `on_closed` said, once per call.
  std::vector<std::string> closes;

  /// How the calls ended, as "<call>=<result or fault>", in that order.
  std::vector<std::string> ended;

  /// Bytes taken but not written.
  size_t taken = 0;

  /// Called by the listener's functions, if set.
  std::function<void()> on_event;

  session_fixture() {
    start();
  }

  ~session_fixture() override {
    on_event = nullptr; // has no business with the calls that are left
    uut.reset();
  }

  void start(std::unique_ptr<caf::aiomas::codec> how
             = caf::aiomas::json_codec::make()) {
    uut.reset();
    traffic = std::make_unique<caf::aiomas::detail::session_traffic>();
    uut = std::make_unique<session>(std::move(how), limits, *this, *traffic);
    requests.clear();
    closes.clear();
    ended.clear();
    taken = 0;
  }

  // -- listener ---------------------------------------------------------------

  void on_request(caf::aiomas::inbound_id&& id, value&& content) override {
    requests.emplace_back(std::move(id), std::move(content));
    if (on_event)
      on_event();
  }

  void on_closed(const fault& reason) override {
    closes.push_back(to_string(reason));
    if (on_event)
      on_event();
  }

  // -- peer and transport -----------------------------------------------------

  static caf::aiomas::byte_buffer frame(std::string_view payload) {
    caf::aiomas::byte_buffer result;
    auto where = caf::aiomas::begin_frame(result);
    auto bytes = std::as_bytes(std::span{payload});
    result.insert(result.end(), bytes.begin(), bytes.end());
    if (!caf::aiomas::end_frame(result, where, payload.size()))
      CAF_FAIL("frame refused");
    return result;
  }

  void feed_bytes(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      auto room = uut->prepare();
      auto n = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), n, room.begin());
      uut->commit(n, now);
      bytes = bytes.subspan(n);
    }
  }

  /// Feeds `n` bytes, or what there is, from `pos` on.
  void feed_part(const caf::aiomas::byte_buffer& bytes, size_t pos,
                 size_t n = SIZE_MAX) {
    feed_bytes(std::span{bytes}.subspan(pos, std::min(n, bytes.size() - pos)));
  }

  /// Feeds frames with these payloads in one go.
  template <class... Ts>
  void feed(const Ts&... payloads) {
    caf::aiomas::byte_buffer bytes;
    for (std::string_view payload : {std::string_view{payloads}...}) {
      auto next = frame(payload);
      bytes.insert(bytes.end(), next.begin(), next.end());
    }
    feed_bytes(bytes);
  }

  /// Takes what the session has to say: payloads, separated by a blank.
  std::string take() {
    caf::aiomas::gathered_bytes output;
    uut->take_output(output);
    auto bytes = output.joined();
    taken += bytes.size();
    std::string result;
    for (size_t pos = 0; pos < bytes.size();) {
      size_t length = 0;
      for (auto end = pos + 4; pos < end; ++pos)
        length = length * 256 + std::to_integer<size_t>(bytes.at(pos));
      if (!result.empty())
        result += ' ';
      for (auto end = pos + length; pos < end; ++pos)
        result += static_cast<char>(bytes.at(pos));
    }
    return result;
  }

  /// Takes it and says that it was written.
  std::string sent() {
    auto result = take();
    uut->written(std::exchange(taken, 0), now);
    return result;
  }

  /// Lets time pass.
  void pass(session::clock::duration time) {
    now += time;
    uut->advance(now);
  }

  // -- our side ---------------------------------------------------------------

  uint64_t call(value content, std::optional<session::clock::duration> timeout
                               = std::nullopt) {
    // The handler may run before the call has a number.
    auto number = std::make_shared<std::string>("?");
    auto id = uut->request(
      std::move(content),
      [this, number](caf::aiomas::outcome<value> res) {
        ended.push_back(*number + "="
                        + (res ? to_string(*res) : to_string(res.error())));
        if (on_event)
          on_event();
      },
      now, timeout);
    *number = std::to_string(id);
    return id;
  }

  /// Answers the oldest open request.
  void reply(const value& result) {
    auto id = std::move(requests.at(0).first);
    requests.erase(requests.begin());
    uut->reply(std::move(id), result, now);
  }

  std::string open_requests() const {
    return join(requests, [](auto& x) { return to_string(x.second); });
  }

  std::string endings() {
    auto result = join(ended, [](auto& x) { return x; });
    ended.clear();
    return result;
  }

  template <class T, class F>
  static std::string join(const std::vector<T>& xs, F render) {
    std::string result;
    for (auto& x : xs) {
      if (!result.empty())
        result += ", ";
      result += render(x);
    }
    return result;
  }
};
