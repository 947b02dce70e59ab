// Frames and Blosc buffers recorded from the original.

#define CAF_SUITE vectors

#include "recordings.hpp"

#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/codec/blosc.hpp"
#include "caf/aiomas/date_time.hpp"
#include "caf/aiomas/rendering.hpp"
#include "caf/aiomas/serializable.hpp"
#include "caf/aiomas/serializers.hpp"

#include "caf/test/dsl.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <map>
#include <set>
#include <string>

using namespace caf::aiomas;
using nlohmann::ordered_json;

namespace {

constexpr size_t header_size = 4;

std::vector<ordered_json> lines_of(const std::string& name) {
  std::vector<ordered_json> result;
  std::ifstream file{recordings::folder() + "/" + name};
  for (std::string line; std::getline(file, line);) {
    // A lone surrogate is in one message, and our JSON parser refuses it, too.
    constexpr std::string_view surrogate = "x\\ud800y";
    if (auto pos = line.find(surrogate); pos != line.npos)
      line.replace(pos, surrogate.size(), "x?y");
    result.push_back(ordered_json::parse(line));
  }
  return result;
}

// The payload of a frame that is given in hexadecimal digits.
byte_buffer payload_of(const ordered_json& frame) {
  auto result = recordings::from_hex(frame.at("hex"));
  CAF_REQUIRE(result.size() >= header_size);
  return {result.begin() + header_size, result.end()};
}

std::unique_ptr<codec> make_codec(const std::string& name) {
  auto factory = codec_by_name(name);
  return factory ? recordings::make_codec(factory) : nullptr;
}

// What a value of ours cannot hold. The name starts with that of the value
// which was sent.
const std::map<std::string, std::string> refused{
  {"int_2p64", "integer does not fit into 64 bits"},
  {"int_m2p63m1", "integer does not fit into 64 bits"},
  {"int_10p40", "integer does not fit into 64 bits"},
  {"str_surrogate", "lone surrogate in a string"},
};

ordered_json as_triple(const decoded_message& msg) {
  return render(list{msg.head->type, msg.head->id, msg.content});
}

// Checks that re-encoding what `msg` holds gives the same message. Returns the
// encoding.
byte_buffer check_round_trip(codec& uut, const decoded_message& msg,
                             const ordered_json& expected) {
  byte_buffer out;
  auto type = msg.head->type.get_if<int64_t>();
  CAF_REQUIRE(type != nullptr);
  CAF_REQUIRE(uut.encode_message(*type, msg.head->id, msg.content, out));
  auto copy = uut.decode_message(out);
  CAF_REQUIRE(!copy.error);
  CAF_REQUIRE(copy.head);
  CAF_CHECK(as_triple(copy) == expected);
  // Both ways of encoding a message are the same.
  byte_buffer as_list;
  CAF_REQUIRE(uut.encode(list{*type, msg.head->id, msg.content}, as_list));
  CAF_CHECK(as_list == out);
  return out;
}

// Checks that `expected`, the triple as it is recorded, has this encoding.
void check_encoding(codec& uut, const ordered_json& expected,
                    const byte_buffer& payload) {
  auto triple = unrender(expected);
  CAF_REQUIRE(triple);
  byte_buffer out;
  CAF_REQUIRE(uut.encode(*triple, out));
  CAF_CHECK(out == payload);
}

// What the agents of the recordings have as extra serializers, as far as it is
// known what they are made of.
struct point {
  value x;
  value y;
};

AIOMAS_SERIALIZABLE(point, x, y)

struct empty {};

AIOMAS_SERIALIZABLE(empty)

// A codec that makes objects, of what the `layer` had when it was recorded.
std::unique_ptr<codec> make_resolving_codec(const codec_factory& factory,
                                            const std::string& layer) {
  auto result = factory();
  auto types = layer == "channel"
                 ? std::vector{serializer<point>(), date_serializer()}
                 : std::vector{date_serializer(), serializer<point>(),
                               serializer<empty>()};
  CAF_REQUIRE(result->types().add(types));
  return result;
}

} // namespace

CAF_TEST(frames) {
  std::map<std::string, size_t> checked;
  size_t same_blosc = 0;
  std::set<std::string> seen_refused;
  for (auto& frame : lines_of("frames.jsonl")) {
    auto codec_name = frame.at("codec").get<std::string>();
    auto uut = make_codec(codec_name);
    CAF_REQUIRE(uut != nullptr);
    ++checked[codec_name];
    auto name = frame.at("name").get<std::string>();
    CAF_MESSAGE(codec_name + " " + name);
    auto& expected = frame.at("message");
    auto payload = payload_of(frame);
    auto msg = uut->decode_message(payload);
    CAF_REQUIRE(msg.head && msg.is_triple);
    CAF_CHECK(render(msg.head->type) == expected[0]);
    CAF_CHECK(render(msg.head->id) == expected[1]);
    auto stem = name.substr(0, name.find('.'));
    if (auto i = refused.find(stem); i != refused.end()) {
      CAF_REQUIRE(msg.error);
      CAF_CHECK(msg.error->code == errc::deserialization_error);
      CAF_CHECK(msg.error->text.starts_with(i->second));
      CAF_CHECK(msg.content.is_null());
      seen_refused.insert(name);
      continue;
    }
    CAF_REQUIRE(!msg.error);
    CAF_CHECK(as_triple(msg) == expected);
    auto ours = check_round_trip(*uut, msg, expected);
    if (codec_name == "msgpack") {
      CAF_CHECK(ours == payload);
      check_encoding(*uut, expected, payload);
    } else if (codec_name == "msgpack_blosc") {
      // Depends on the version of c-blosc.
      same_blosc += ours == payload ? 1 : 0;
    }
  }
  for (auto& [name, n] : checked)
    std::cout << "checked " << n << " frames of " << name << '\n';
  std::cout << same_blosc << " of msgpack_blosc have the same bytes as ours\n";
  CAF_CHECK_EQUAL(checked["json"], 256u);
  CAF_CHECK_EQUAL(checked["msgpack"], 262u);
  CAF_CHECK_EQUAL(checked["msgpack_blosc"], 274u);
  CAF_CHECK_EQUAL(seen_refused.size(), 2 * refused.size());
}

CAF_TEST(blosc buffers) {
  detail::blosc uut;
  std::set<std::string> compressors;
  size_t checked = 0;
  for (auto& line : lines_of("blosc.jsonl")) {
    CAF_MESSAGE(line["cname"] << " of " << line["n"] << " bytes");
    auto packed = recordings::from_hex(line.at("hex"));
    auto size = line.at("n").get<size_t>();
    auto plain = uut.inflate(packed, size, nullptr);
    CAF_REQUIRE(plain);
    CAF_CHECK(plain->bytes.size() == size);
    auto a = line.at("a").get<size_t>();
    auto b = line.at("b").get<size_t>();
    size_t i = 0;
    CAF_CHECK(
      std::all_of(plain->bytes.begin(), plain->bytes.end(), [&](std::byte x) {
        return x == static_cast<std::byte>(((i++ / a) * b) & 255);
      }));
    uut.release(*std::move(plain));
    CAF_CHECK(!uut.inflate(packed, size - 1, nullptr));
    compressors.insert(line.at("cname"));
    ++checked;
  }
  CAF_CHECK_EQUAL(checked, 165u);
  CAF_CHECK_EQUAL(compressors.size(), 6u);
}

CAF_TEST(objects in frames) {
  const std::map<std::string, size_t> frames{
    {"agent_now", 1},   {"agent_date_tz", 2},     {"agent_date_micro", 2},
    {"agent_point", 2}, {"chan_serializable", 2}, {"chan_arrow_id1", 2},
  };
  std::map<std::string, std::map<std::string, size_t>> checked;
  for (auto& frame : lines_of("frames.jsonl")) {
    auto name = frame.at("name").get<std::string>();
    auto factory = codec_by_name(frame.at("codec").get<std::string>());
    auto stem = name.substr(0, name.find('.'));
    auto& expected = frame.at("message");
    if (!factory || !frames.contains(stem)
        || expected.dump().find("__type__") == std::string::npos)
      continue;
    CAF_MESSAGE(frame.at("codec").get<std::string>() + " " + name);
    auto uut = make_resolving_codec(factory, frame.at("layer"));
    auto msg = uut->decode_message(payload_of(frame));
    CAF_REQUIRE(msg.head && !msg.error);
    // There are objects now, and nothing of what stood for them.
    auto text = to_string(msg.content);
    CAF_CHECK(text.find(" object>") != std::string::npos);
    CAF_CHECK(text.find("object of type") == std::string::npos);
    byte_buffer out;
    CAF_REQUIRE(uut->encode_message(*msg.head->type.get_if<int64_t>(),
                                    msg.head->id, msg.content, out));
    auto copy = make_codec(frame.at("codec"))->decode_message(out);
    CAF_REQUIRE(copy.head && !copy.error);
    CAF_CHECK(as_triple(copy) == expected);
    ++checked[frame.at("codec")][stem];
  }
  for (auto codec_name : {"json", "msgpack", "msgpack_blosc"})
    CAF_CHECK(checked[codec_name] == frames);
}
