// Values at random come back from each codec as they went in.

#define CAF_SUITE round_trips

#include "caf/aiomas/codec.hpp"

#include "caf/test/dsl.hpp"

#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>
#include <string>

using namespace caf::aiomas;

namespace {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t rounds = 10'000;
#else
constexpr size_t rounds = 100'000;
#endif

// A number to make the same values again, from AIOMAS_TEST_SEED if it is set.
uint64_t choose_seed() {
  if (auto given = std::getenv("AIOMAS_TEST_SEED"))
    return std::strtoull(given, nullptr, 10);
  return std::random_device{}();
}

/// Makes values at random, of what the codec can hold.
class generator {
public:
  generator(uint64_t seed, bool json) : random_(seed), json_(json) {
    // nop
  }

  value any(size_t depth) {
    // Most of them small.
    auto kinds = depth < 5 ? 11u : 8u;
    switch (below(kinds)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
      case 3:
        return integer();
      case 4:
        return number();
      case 5:
        return text();
      case 6:
        return json_ ? text() : bytes();
      case 7:
        return json_ ? integer() : any_extension();
      case 8:
        return elements(depth);
      case 9:
        return tagged{static_cast<int64_t>(below(5)), any(depth + 2)};
      default:
        return entries(depth);
    }
  }

private:
  uint64_t below(uint64_t n) {
    return random_() % n;
  }

  // As many bits as any other number of them.
  value integer() {
    auto x = random_() >> below(64);
    return below(2) == 0 ? value{x} : value{static_cast<int64_t>(-(x >> 1))};
  }

  value number() {
    switch (below(4)) {
      case 0:
        return static_cast<double>(below(1000));
      case 1:
        return static_cast<double>(random_()) * 0x1p-64;
      case 2:
        return HUGE_VAL;
      default: {
        auto x = std::bit_cast<double>(random_());
        return std::isnan(x) ? -0.0 : x; // NaN differs from itself
      }
    }
  }

  size_t length() {
    return below(100) == 0 ? below(5000) : below(40);
  }

  value text() {
    constexpr const char* parts[] = {"a",
                                     "bc",
                                     "\"",
                                     "\\",
                                     "/",
                                     "\n",
                                     "\x7F",
                                     "\xC3\xA4",
                                     "\xE2\x82\xAC",
                                     "\xED\x9F\xBF",
                                     "\xEF\xBF\xBF",
                                     "\xF0\x9F\x98\x80",
                                     "\\u0041"};
    std::string result;
    for (auto n = length(); n > 0; --n) {
      auto i = below(std::size(parts) + 1);
      if (i < std::size(parts))
        result += parts[i];
      else
        result += static_cast<char>(below(0x80));
    }
    return result;
  }

  byte_buffer some_bytes(size_t n) {
    byte_buffer result(n);
    for (auto& x : result)
      x = static_cast<std::byte>(random_());
    return result;
  }

  value bytes() {
    return some_bytes(length());
  }

  value any_extension() {
    return extension{static_cast<int8_t>(random_()), some_bytes(below(20))};
  }

  value elements(size_t depth) {
    list result;
    for (auto n = below(20); n > 0; --n)
      result.push_back(any(depth + 1));
    return result;
  }

  value key(size_t depth) {
    auto result = json_ ? text() : any(depth);
    // Python has no other keys.
    while (!json_ && !is_scalar(result))
      result = any(depth);
    return result;
  }

  static bool is_scalar(const value& x) {
    return x.type() != value::kind::list && x.type() != value::kind::dict;
  }

  value entries(size_t depth) {
    dict result;
    for (auto n = below(10); n > 0; --n)
      result.set(below(3) == 0 ? text() : key(depth + 1), any(depth + 1));
    return result;
  }

  std::mt19937_64 random_;
  bool json_;
};

void check_all(const std::string& name) {
  auto seed = choose_seed();
  CAF_MESSAGE("AIOMAS_TEST_SEED=" << seed);
  auto uut = codec_by_name(name)();
  uut->types(serializers{serializers::mode::keep});
  generator values{seed, name == "json"};
  byte_buffer out;
  size_t same = 0;
  for (size_t i = 0; i < rounds; ++i) {
    auto x = values.any(0);
    auto id = values.any(3);
    out.clear();
    auto encoded = uut->encode_message(1, id, x, out);
    if (!encoded)
      CAF_FAIL("value " << i << " of AIOMAS_TEST_SEED=" << seed << ", "
                        << to_string(x) << ": " << to_string(encoded.error()));
    std::shared_ptr<const void> owner;
    if (i % 2 == 0)
      owner = std::shared_ptr<const void>{&out, [](const void*) {}};
    auto msg = uut->decode_message(out, owner);
    if (msg.error)
      CAF_FAIL("value " << i << " of AIOMAS_TEST_SEED=" << seed << ", "
                        << to_string(x) << ": " << to_string(*msg.error));
    if (!msg.head || msg.head->id != id || msg.content != x)
      CAF_FAIL("value " << i << " of AIOMAS_TEST_SEED=" << seed << ", "
                        << to_string(x)
                        << ", became: " << to_string(msg.content));
    ++same;
  }
  CAF_CHECK_EQUAL(same, rounds);
}

} // namespace

CAF_TEST(json) {
  check_all("json");
}

CAF_TEST(msgpack) {
  check_all("msgpack");
}

CAF_TEST(msgpack_blosc) {
  check_all("msgpack_blosc");
}
