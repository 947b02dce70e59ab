// Values at random come back from each codec as they went in.

#define CAF_SUITE round_trips

#include "caf/aiomas/codec.hpp"

#include "unit/core/random_fixture.hpp"

#include "caf/test/dsl.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <utility>

using namespace random_tests;

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

/// Compares to the last bit, where `==` asks whether two values are equal: that
/// takes 0.0 for -0.0, NaN for another value, and dicts in any order.
class comparison {
public:
  /// A text has one NaN; with 64 bits, there are many.
  explicit comparison(bool tells_nans_apart)
    : tells_nans_apart_(tells_nans_apart) {
    // nop
  }

  bool operator()(const value& x, const value& y) const {
    return x.type() == y.type() && x.visit([&]<class T>(const T& content) {
      return same(content, *y.get_if<T>());
    });
  }

private:
  bool same(double x, double y) const {
    if (std::isnan(x) && !tells_nans_apart_)
      return std::isnan(y);
    return std::bit_cast<uint64_t>(x) == std::bit_cast<uint64_t>(y);
  }

  bool same(std::span<const std::byte> x, std::span<const std::byte> y) const {
    return std::ranges::equal(x, y);
  }

  bool same(const list& xs, const list& ys) const {
    return std::ranges::equal(xs, ys, *this);
  }

  bool same(const dict& xs, const dict& ys) const {
    return std::ranges::equal(xs, ys, [this](auto& x, auto& y) {
      return (*this)(x.first, y.first) && (*this)(x.second, y.second);
    });
  }

  bool same(const tagged& x, const tagged& y) const {
    return x.type_id == y.type_id && (*this)(x.content, y.content);
  }

  template <class T>
  bool same(const T& x, const T& y) const {
    return x == y;
  }

  bool tells_nans_apart_;
};

// Large values would fill the log.
std::string shown(const value& x) {
  auto result = to_string(x);
  if (result.size() > 2000)
    result.replace(2000, result.npos, "...");
  return result;
}

void check_all(const std::string& name) {
  auto seed = choose_seed();
  CAF_MESSAGE("AIOMAS_TEST_SEED=" << seed);
  auto uut = codec_by_name(name)();
  uut->types(serializers{serializers::mode::keep});
  auto json = name == "json";
  generator values{seed, json};
  census seen{json};
  comparison same{!json};
  byte_buffer out;
  size_t unchanged = 0;
  for (size_t i = 0; i < rounds; ++i) {
    auto type = static_cast<int64_t>(i % 3);
    auto id = values.any(3);
    auto x = i % (rounds / 10) == 0 ? values.large() : values.any(0);
    seen.add(x);
    auto fail = [&](const std::string& why) {
      CAF_FAIL("value " << i << " of AIOMAS_TEST_SEED=" << seed << ", id "
                        << shown(id) << ", " << shown(x) << ": " << why);
    };
    out.clear();
    auto encoded = uut->encode_message(type, id, x, out);
    if (!encoded)
      fail(to_string(encoded.error()));
    std::shared_ptr<const void> owner;
    if (i % 2 == 0)
      owner = std::shared_ptr<const void>{&out, [](const void*) {}};
    auto msg = uut->decode_message(out, owner);
    if (msg.error)
      fail(to_string(*msg.error));
    if (!msg.head || !msg.is_triple)
      fail("became no triple");
    if (!same(msg.head->type, type))
      fail("has another type: " + shown(msg.head->type));
    if (!same(msg.head->id, id))
      fail("has another id: " + shown(msg.head->id));
    if (!same(msg.content, x))
      fail("became " + shown(msg.content));
    ++unchanged;
  }
  CAF_CHECK_EQUAL(unchanged, rounds);
  auto missing = seen.missing();
  CAF_CHECK_EQUAL(missing, "");
}

} // namespace

CAF_TEST(what is compared) {
  auto nan = [](uint64_t bits) {
    return value{std::bit_cast<double>(uint64_t{0x7FF} << 52 | bits)};
  };
  auto quiet = uint64_t{1} << 51;
  const std::pair<value, value> others[] = {
    {nullptr, false},
    {0, false},
    {1, true},
    {0, 0.0},
    {1, 1.0},
    {0.0, -0.0},
    {0x1p63, uint64_t{1} << 63},
    {INT64_MIN, uint64_t{1} << 63},
    {5e-324, 0.0},
    {HUGE_VAL, -HUGE_VAL},
    {HUGE_VAL, nan(quiet)},
    {"a", byte_buffer{std::byte{'a'}}},
    {"", byte_buffer{}},
    {"", nullptr},
    {"1", 1},
    {byte_buffer{}, extension{0, {}}},
    {byte_buffer(1), byte_buffer(2)},
    {extension{1, {}}, extension{2, {}}},
    {list{}, dict{}},
    {list{0}, list{0, 0}},
    {list{list{0.0}}, list{list{-0.0}}},
    {tagged{1, 0}, tagged{2, 0}},
    {tagged{1, 0.0}, tagged{1, -0.0}},
    {tagged{1, 2}, dict{{"__type__", list{1, 2}}}},
    {dict{{"a", 1}, {"b", 2}}, dict{{"b", 2}, {"a", 1}}},
    {dict{{"a", 0.0}}, dict{{"a", -0.0}}},
    {dict{{0.0, 1}}, dict{{-0.0, 1}}},
    {dict{{1, 1}}, dict{{1.0, 1}}},
  };
  for (auto bits : {true, false}) {
    comparison same{bits};
    for (auto& [x, y] : others) {
      CAF_MESSAGE(x << " and " << y);
      CAF_CHECK(same(x, x));
      CAF_CHECK(same(y, y));
      CAF_CHECK(!same(x, y));
      CAF_CHECK(!same(y, x));
    }
    CAF_CHECK(same("abc", shared_string{std::string{"abc"}}));
    CAF_CHECK(same(byte_buffer(3), shared_bytes{byte_buffer(3)}));
    CAF_CHECK(same(list{nan(quiet)}, list{nan(quiet)}));
    CAF_CHECK_EQUAL(same(nan(quiet), nan(quiet | 1)), !bits);
    CAF_CHECK_EQUAL(same(nan(quiet), nan(1)), !bits);
  }
}

CAF_TEST(json) {
  check_all("json");
}

CAF_TEST(msgpack) {
  check_all("msgpack");
}

CAF_TEST(msgpack_blosc) {
  check_all("msgpack_blosc");
}
