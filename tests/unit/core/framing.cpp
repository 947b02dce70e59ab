#define CAF_SUITE framing

#include "caf/aiomas/framing.hpp"

#include "caf/test/dsl.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

using namespace caf::aiomas;

namespace {

byte_buffer frame(std::string_view payload) {
  byte_buffer result;
  auto where = begin_frame(result);
  for (auto ch : payload)
    result.push_back(static_cast<std::byte>(ch));
  if (!end_frame(result, where, payload.size()))
    CAF_FAIL("frame refused");
  return result;
}

byte_buffer header(uint32_t length) {
  byte_buffer result;
  for (int shift = 24; shift >= 0; shift -= 8)
    result.push_back(static_cast<std::byte>(length >> shift));
  return result;
}

byte_buffer operator+(byte_buffer x, const byte_buffer& y) {
  x.insert(x.end(), y.begin(), y.end());
  return x;
}

std::string to_text(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

struct fixture {
  frame_splitter uut{size_t{64} << 20};
  std::vector<std::string> frames;
  size_t largest_room = 0;

  // Gives the bytes to the splitter as a socket does: as many as have room.
  void feed(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      auto room = uut.prepare();
      CAF_REQUIRE(!room.empty());
      largest_room = std::max(largest_room, room.size());
      auto n = std::min(room.size(), bytes.size());
      std::copy_n(bytes.begin(), n, room.begin());
      uut.commit(n);
      bytes = bytes.subspan(n);
      take_frames();
    }
  }

  void take_frames() {
    for (;;) {
      auto res = uut.next();
      if (!res)
        CAF_FAIL("next failed: " << to_string(res.error()));
      if (!*res)
        return;
      frames.push_back(to_text(**res));
    }
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(framing_tests, fixture)

CAF_TEST(a frame is its length in big endian and its payload) {
  CAF_CHECK(
    frame("abc")
    == header(3)
         + byte_buffer({std::byte{'a'}, std::byte{'b'}, std::byte{'c'}}));
  CAF_CHECK(frame("") == header(0));
  auto large = frame(std::string(0x010203, 'x'));
  CAF_CHECK(byte_buffer(large.begin(), large.begin() + 4) == header(0x010203));
}

CAF_TEST(a frame is appended to what is there) {
  auto out = frame("first");
  auto where = begin_frame(out);
  CAF_CHECK_EQUAL(where, 9u);
  out.push_back(std::byte{'x'});
  CAF_CHECK(static_cast<bool>(end_frame(out, where, 1)));
  CAF_CHECK(out == frame("first") + frame("x"));
}

CAF_TEST(a payload over the limit leaves nothing behind) {
  auto out = frame("first");
  auto where = begin_frame(out);
  out.resize(out.size() + 11);
  auto res = end_frame(out, where, 10);
  CAF_REQUIRE(!res);
  CAF_CHECK_EQUAL(to_string(res.error()),
                  "message_too_large: Serialized message is too long (11). "
                  "Maximum length is 10.");
  CAF_CHECK(out == frame("first"));
}

CAF_TEST(frames may be cut anywhere) {
  auto bytes = frame("hello") + frame("") + frame("[0,1,2]");
  for (size_t first = 0; first <= bytes.size(); ++first) {
    for (size_t second = first; second <= bytes.size(); ++second) {
      uut = frame_splitter{100};
      frames.clear();
      auto all = std::span<const std::byte>{bytes};
      feed(all.first(first));
      feed(all.subspan(first, second - first));
      feed(all.subspan(second));
      CAF_REQUIRE_EQUAL(frames.size(), 3u);
      CAF_CHECK_EQUAL(frames[0], "hello");
      CAF_CHECK_EQUAL(frames[1], "");
      CAF_CHECK_EQUAL(frames[2], "[0,1,2]");
      CAF_CHECK(!uut.in_frame());
    }
  }
}

CAF_TEST(bytes may come one by one) {
  auto bytes = frame("ab");
  for (size_t i = 0; i < bytes.size(); ++i) {
    CAF_CHECK_EQUAL(uut.in_frame(), i > 0);
    CAF_CHECK_EQUAL(uut.announced(), i < 4 ? 0u : 2u);
    feed(std::span{bytes}.subspan(i, 1));
  }
  CAF_CHECK_EQUAL(frames.size(), 1u);
  CAF_CHECK(!uut.in_frame());
  CAF_CHECK_EQUAL(uut.announced(), 0u);
}

CAF_TEST(many frames may come in one chunk) {
  byte_buffer bytes;
  for (int i = 0; i < 5000; ++i)
    bytes = std::move(bytes) + frame(std::to_string(i));
  feed(bytes);
  CAF_REQUIRE_EQUAL(frames.size(), 5000u);
  for (int i = 0; i < 5000; ++i)
    CAF_REQUIRE_EQUAL(frames[i], std::to_string(i));
}

CAF_TEST(frames that are not taken stay) {
  byte_buffer bytes;
  for (int i = 0; i < 20000; ++i)
    bytes = std::move(bytes) + frame(std::to_string(i));
  auto rest = std::span<const std::byte>{bytes};
  while (!rest.empty()) {
    auto room = uut.prepare();
    auto n = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), n, room.begin());
    uut.commit(n);
    rest = rest.subspan(n);
  }
  CAF_CHECK(!uut.in_frame());
  take_frames();
  CAF_REQUIRE_EQUAL(frames.size(), 20000u);
  CAF_CHECK_EQUAL(frames.front(), "0");
  CAF_CHECK_EQUAL(frames.back(), "19999");
}

CAF_TEST(a long frame is refused when its header is complete) {
  uut = frame_splitter{10};
  auto bytes = header(11);
  feed(std::span{bytes}.first(3));
  auto room = uut.prepare();
  room[0] = bytes[3];
  uut.commit(1);
  for (int i = 0; i < 3; ++i) {
    auto res = uut.next();
    CAF_REQUIRE(!res);
    CAF_CHECK_EQUAL(to_string(res.error()),
                    "message_too_large: Message of 11 bytes received. "
                    "Maximum length is 10.");
    CAF_CHECK(!uut.prepare().empty());
  }
}

CAF_TEST(a frame of exactly the limit is taken) {
  uut = frame_splitter{10};
  feed(frame("0123456789"));
  CAF_CHECK_EQUAL(frames.size(), 1u);
}

CAF_TEST(a limit beyond what a header can say is no limit) {
  uut = frame_splitter{SIZE_MAX};
  feed(header(0xFFFFFFFF));
  CAF_CHECK(uut.in_frame());
  CAF_CHECK_EQUAL(uut.announced(), 0xFFFFFFFFu);
}

CAF_TEST(the buffer grows with what arrives and not with what is announced) {
  constexpr size_t length = 32 << 20;
  auto idle = uut.prepare().size();
  CAF_CHECK_LESS(idle, 20000u);
  feed(header(length));
  CAF_CHECK_LESS_OR_EQUAL(uut.prepare().size(), idle);
  byte_buffer chunk(1000);
  size_t received = 0;
  while (received < length) {
    auto n = std::min(chunk.size(), length - received);
    feed(std::span{chunk}.first(n));
    received += n;
    if (received < length) {
      CAF_REQUIRE_LESS_OR_EQUAL(uut.prepare().size(), received + idle);
    }
  }
  CAF_REQUIRE_EQUAL(frames.size(), 1u);
  CAF_CHECK_EQUAL(frames[0].size(), length);
}

CAF_TEST(the buffer shrinks after a large frame) {
  auto idle = uut.prepare().size();
  feed(frame(std::string(1 << 20, 'x')));
  CAF_CHECK_GREATER(largest_room, idle);
  CAF_CHECK_EQUAL(uut.prepare().size(), idle);
}

CAF_TEST(there is always room for a decent read) {
  // Frames of a length that never ends where the buffer does.
  constexpr size_t length = 5007;
  byte_buffer bytes;
  for (int i = 0; i < 200; ++i)
    bytes = std::move(bytes) + frame(std::string(length - 4, 'x'));
  auto rest = std::span<const std::byte>{bytes};
  while (!rest.empty()) {
    auto room = uut.prepare();
    auto used = (bytes.size() - rest.size()) % length;
    auto want = used < 4 ? size_t{4096} : std::min<size_t>(length - used, 4096);
    CAF_REQUIRE_GREATER_OR_EQUAL(room.size(), want);
    auto n = std::min({room.size(), rest.size(), size_t{777}});
    std::copy_n(rest.begin(), n, room.begin());
    uut.commit(n);
    rest = rest.subspan(n);
    take_frames();
  }
  CAF_REQUIRE_EQUAL(frames.size(), 200u);
  for (auto& str : frames)
    CAF_REQUIRE(str == std::string(length - 4, 'x'));
}

CAF_TEST(a payload that is kept stays as it is) {
  struct kept_payload {
    std::shared_ptr<const void> owner;
    std::span<const std::byte> payload;
    std::string text;
  };
  std::vector<kept_payload> kept;
  byte_buffer bytes;
  std::vector<std::string> sent;
  for (size_t i = 0; i < 100; ++i) {
    sent.emplace_back(1000 * (i % 10), static_cast<char>('a' + i % 26));
    bytes = std::move(bytes) + frame(sent.back());
  }
  std::span<const std::byte> rest{bytes};
  while (!rest.empty()) {
    auto room = uut.prepare();
    auto n = std::min({room.size(), rest.size(), size_t{3333}});
    std::copy_n(rest.begin(), n, room.begin());
    uut.commit(n);
    rest = rest.subspan(n);
    while (auto payload = *uut.next()) {
      frames.push_back(to_text(*payload));
      auto owner = uut.owner_of(*payload);
      if (!owner)
        continue;
      if (frames.size() % 3 == 0)
        kept.push_back({owner, *payload, frames.back()});
      uut.settle(std::move(owner));
    }
  }
  CAF_CHECK(frames == sent);
  CAF_CHECK_GREATER(kept.size(), 15u);
  for (auto& x : kept)
    CAF_CHECK(to_text(x.payload) == x.text);
}

CAF_TEST(a payload that is not kept costs no buffer) {
  auto receive = [this] {
    auto bytes = frame(std::string(5000, 'x'));
    auto room = uut.prepare();
    std::copy(bytes.begin(), bytes.end(), room.begin());
    uut.commit(bytes.size());
    return uut.owner_of(**uut.next());
  };
  auto place = uut.prepare().data();
  for (int i = 0; i < 10; ++i) {
    uut.settle(receive());
    CAF_CHECK(uut.prepare().data() == place);
  }
  auto owner = receive();
  uut.settle(owner);
  CAF_CHECK(uut.prepare().data() != place);
}

CAF_TEST(a small payload does not keep a large buffer) {
  auto bytes = frame(std::string(size_t{1} << 20, 'x')) + frame("small");
  bytes = std::move(bytes) + frame(std::string(5000, 'y'));
  std::span<const std::byte> rest{bytes};
  std::vector<bool> owned;
  while (!rest.empty()) {
    auto room = uut.prepare();
    auto n = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), n, room.begin());
    uut.commit(n);
    rest = rest.subspan(n);
    while (auto payload = *uut.next())
      owned.push_back(uut.owner_of(*payload) != nullptr);
  }
  CAF_REQUIRE_EQUAL(owned.size(), 3u);
  CAF_CHECK(owned[0]);
  CAF_CHECK(!owned[1]);
}

CAF_TEST(a large payload is where it was received) {
  auto bytes = frame(std::string(size_t{8} << 20, 'x'));
  std::span<const std::byte> rest{bytes};
  std::span<std::byte> room;
  while (!rest.empty()) {
    room = uut.prepare();
    auto n = std::min(room.size(), rest.size());
    std::copy_n(rest.begin(), n, room.begin());
    uut.commit(n);
    rest = rest.subspan(n);
  }
  auto payload = *uut.next();
  CAF_REQUIRE(payload);
  CAF_CHECK(payload->data() + payload->size() == room.data() + room.size());
}

CAF_TEST_FIXTURE_SCOPE_END()
