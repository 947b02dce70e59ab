// Large text and bytes stay where they were received.

#define CAF_SUITE sharing

#include "session_fixture.hpp"
#include "tiny_codec.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/defaults.hpp"

#include <memory>
#include <span>
#include <string>
#include <vector>

using namespace caf::aiomas;

namespace {

using bytes_view = std::span<const std::byte>;

/// Adds a piece to each message, wherever that belongs.
class misplacing_codec : public tiny_codec {
public:
  explicit misplacing_codec(shared_piece what) : what_(std::move(what)) {
    // nop
  }

  outcome<void> encode_message(int64_t type, const value& id,
                               const value& content, byte_buffer& out,
                               shared_pieces* apart) override {
    apart->push_back(what_);
    return tiny_codec::encode_message(type, id, content, out, apart);
  }

private:
  shared_piece what_;
};

struct fixture : session_fixture {
  fixture() {
    start(codec_by_name("msgpack")());
  }

  /// Sends a request to the session; notes where the last bytes were received.
  void receive(const value& content) {
    byte_buffer bytes;
    auto where = begin_frame(bytes);
    auto encoded
      = uut->codec().encode_message(0, value{next_id++}, content, bytes);
    CAF_REQUIRE(encoded);
    CAF_REQUIRE(end_frame(bytes, where, limits.max_payload));
    std::span<const std::byte> rest{bytes};
    while (!rest.empty()) {
      room = uut->prepare();
      auto n = std::min(room.size(), rest.size());
      std::copy_n(rest.begin(), n, room.begin());
      rest = rest.subspan(n);
      uut->commit(n, now);
    }
    CAF_REQUIRE_EQUAL(requests.size(), static_cast<size_t>(next_id));
  }

  const value& received() const {
    return requests.back().second;
  }

  int64_t next_id = 0;
  std::span<std::byte> room;
};

byte_buffer bytes_of(size_t size) {
  byte_buffer result(size);
  for (size_t i = 0; i < size; ++i)
    result[i] = static_cast<std::byte>(i * 7);
  return result;
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(sharing_tests, fixture)

CAF_TEST(a huge argument is not copied on its way to whoever shares it) {
  value sent = bytes_of(size_t{60} << 20);
  receive(sent);
  auto view = received().get_if<bytes_view>();
  CAF_REQUIRE(view);
  // It ends where the last bytes from the transport went.
  CAF_CHECK(view->data() + view->size() <= room.data() + room.size());
  CAF_CHECK(view->data() + view->size() > room.data());
  auto taken = from_value<shared_bytes>(received());
  CAF_REQUIRE(taken);
  CAF_CHECK(taken->data() == view->data());
  CAF_MESSAGE("it is unchanged, also after the next messages");
  receive("something else");
  requests.clear();
  next_id = 0;
  receive(bytes_of(size_t{1} << 20));
  CAF_CHECK(value{*taken} == sent);
  CAF_MESSAGE("and survives the session");
  uut.reset();
  CAF_CHECK(value{*taken} == sent);
}

CAF_TEST(what is small is copied) {
  receive(bytes_of(defaults::min_shared_size - 1));
  CAF_CHECK(received().get_if<shared_bytes>() == nullptr);
  receive(bytes_of(defaults::min_shared_size));
  CAF_CHECK(received().get_if<shared_bytes>() != nullptr);
  receive(std::string(defaults::min_shared_size, 'x'));
  CAF_CHECK(received().get_if<shared_string>() != nullptr);
}

CAF_TEST(text in JSON is copied once) {
  start(json_codec::make());
  auto text = "\xC3\xA4\n\"" + std::string(100'000, 'x');
  receive(list{text, 1});
  auto xs = received().get_if<list>();
  CAF_REQUIRE(xs != nullptr && xs->size() == 2);
  auto shared = (*xs)[0].get_if<shared_string>();
  CAF_REQUIRE(shared != nullptr);
  auto kept = *shared;
  receive(list{std::string(100'000, 'y'), 1});
  CAF_CHECK(kept.view() == text);
}

CAF_TEST(a small part does not keep a large message) {
  auto part = bytes_of(defaults::min_shared_size);
  list parts(70, value{part});
  receive(parts);
  auto xs = received().get_if<list>();
  CAF_REQUIRE(xs != nullptr);
  for (auto& x : *xs) {
    CAF_CHECK(x.get_if<shared_bytes>() == nullptr);
    CAF_CHECK(x == value{part});
  }
}

CAF_TEST(many messages in a row do not overwrite each other) {
  std::vector<shared_bytes> kept;
  for (size_t i = 0; i < 200; ++i) {
    receive(bytes_of(4000 + 100 * i));
    if (i % 3 != 0)
      if (auto shared = from_value<shared_bytes>(received()))
        kept.push_back(*shared);
  }
  for (auto& x : kept)
    CAF_CHECK(value{x} == value{bytes_of(x.size())});
}

CAF_TEST(what is shared is sent from where it is) {
  auto text = std::string(defaults::min_shared_output, 'x');
  auto bytes = bytes_of(2 * defaults::min_shared_output);
  shared_string shared_text{text};
  shared_bytes shared_data{bytes};
  auto content
    = list{shared_text, shared_data, 1, shared_string{std::string(5000, 'y')}};
  call(content);
  gathered_bytes out;
  uut->take_output(out);
  CAF_REQUIRE_EQUAL(out.pieces().size(), 2u);
  auto first = std::as_bytes(std::span{shared_text.view()});
  CAF_CHECK(out.pieces()[0].data.data() == first.data());
  CAF_CHECK(out.pieces()[1].data.data() == shared_data.data());
  CAF_MESSAGE("and the peer cannot tell");
  byte_buffer expected;
  auto where = begin_frame(expected);
  auto encoded = uut->codec().encode_message(0, 0, content, expected);
  CAF_REQUIRE(encoded);
  CAF_REQUIRE(end_frame(expected, where, limits.max_payload));
  CAF_CHECK(out.joined() == expected);
  uut->written(out.size(), now);
  CAF_CHECK(!uut->has_output());
}

CAF_TEST(what is sent from where it is counts for the limits) {
  limits.max_payload = size_t{1} << 20;
  start(codec_by_name("msgpack")());
  shared_bytes large{bytes_of(size_t{600} << 10)};
  call(list{large, large});
  CAF_CHECK(!uut->has_output());
  call(list{large});
  CAF_CHECK(uut->has_output());
  gathered_bytes out;
  uut->take_output(out);
  CAF_CHECK_EQUAL(out.pieces().size(), 1u);
  CAF_CHECK_GREATER(out.size(), large.size());
}

CAF_TEST(a failed message leaves no pieces behind) {
  shared_bytes large{bytes_of(size_t{600} << 10)};
  call(list{large, std::string{"\xFF"}});
  CAF_CHECK(!uut->has_output());
}

CAF_TEST(what would keep much more than itself is copied) {
  auto small = bytes_of(defaults::min_shared_output);
  auto large = bytes_of(size_t{1} << 20);
  receive(list{small, large});
  auto parts = from_value<std::vector<shared_bytes>>(received());
  CAF_REQUIRE(parts);
  reply(list{parts->at(0), parts->at(1)});
  gathered_bytes out;
  uut->take_output(out);
  CAF_REQUIRE_EQUAL(out.pieces().size(), 1u);
  CAF_CHECK(out.pieces()[0].data.data() == parts->at(1).data());
}

CAF_TEST(codecs cannot put pieces anywhere) {
  auto text = std::make_shared<std::string>("piece");
  auto data = std::as_bytes(std::span{*text});
  for (auto& wrong :
       shared_pieces{{0, text, data}, {1000, text, data}, {10, text, {}}}) {
    start(std::make_unique<misplacing_codec>(wrong));
    call("a");
    CAF_REQUIRE_EQUAL(ended.size(), 1u);
    CAF_CHECK(ended[0].find("pieces in the wrong place") != std::string::npos);
    CAF_CHECK(!uut->has_output());
  }
}

CAF_TEST_FIXTURE_SCOPE_END()
