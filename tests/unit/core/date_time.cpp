#define CAF_SUITE date_time

#include "caf/aiomas/date_time.hpp"

#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/serializers.hpp"

#include "caf/test/dsl.hpp"

#include <chrono>
#include <limits>
#include <random>
#include <stdexcept>
#include <string>
#include <vector>

using namespace caf::aiomas;
using namespace std::chrono_literals;

using std::chrono::microseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

/// The instants of the first and the last day in UTC.
constexpr auto first = std::chrono::sys_seconds{-62135596800s};
constexpr auto last = std::chrono::sys_seconds{253402300799s};

date_time must(std::string_view text) {
  auto result = date_time::parse(text);
  if (!result)
    CAF_FAIL("cannot parse " << to_string(result.error()));
  return *result;
}

/// What a text is read as; "error: " and the reason if it isn't.
std::string read(std::string_view text) {
  // Sanitizers notice what is read beyond the end.
  std::vector<char> copy{text.begin(), text.end()};
  copy.shrink_to_fit();
  auto result = date_time::parse({copy.data(), copy.size()});
  if (result)
    return to_string(*result);
  CAF_CHECK(result.error().code == errc::invalid_argument);
  return "error: " + result.error().text;
}

bool refused(std::string_view text) {
  return read(text).starts_with("error: ");
}

template <class F>
bool is_domain_error(F f) {
  try {
    f();
    return false;
  } catch (const std::domain_error&) {
    return true;
  }
}

struct fixture {
  fixture() {
    CAF_REQUIRE(codec.add_serializer(date_serializer()));
  }

  outcome<value> decode(std::string_view text) {
    return codec.decode(std::as_bytes(std::span{text.data(), text.size()}));
  }

  /// What the date `content` on the wire arrives as.
  std::string received(const std::string& content) {
    auto got = decode(R"({"__type__":[0,)" + content + "]}");
    if (!got)
      return "error: " + got.error().text;
    auto date = from_value<date_time>(*got);
    return date ? to_string(*date) : to_string(date.error());
  }

  std::string encode(const value& x) {
    byte_buffer out;
    if (auto ok = codec.encode(x, out); !ok)
      return to_string(ok.error());
    return {reinterpret_cast<const char*>(out.data()), out.size()};
  }

  json_codec codec;
};

} // namespace

CAF_TEST(text is that of Python) {
  auto noon = std::chrono::sys_seconds{1420115696s};
  CAF_CHECK_EQUAL(to_string(date_time{}), "1970-01-01T00:00:00+00:00");
  CAF_CHECK_EQUAL(to_string(date_time{noon}), "2015-01-01T12:34:56+00:00");
  CAF_CHECK_EQUAL(to_string(date_time{noon + 789ms, 60min}),
                  "2015-01-01T13:34:56.789000+01:00");
  CAF_CHECK_EQUAL(to_string(date_time{noon + 1us, -330min}),
                  "2015-01-01T07:04:56.000001-05:30");
  CAF_CHECK_EQUAL(to_string(date_time{noon, -1min}),
                  "2015-01-01T12:33:56-00:01");
  CAF_CHECK_EQUAL(to_string(date_time{std::chrono::sys_seconds{-1s} + 1us}),
                  "1969-12-31T23:59:59.000001+00:00");
  CAF_CHECK_EQUAL(to_string(date_time{first}), "0001-01-01T00:00:00+00:00");
  CAF_CHECK_EQUAL(to_string(date_time{last + 999999us}),
                  "9999-12-31T23:59:59.999999+00:00");
}

CAF_TEST(reading text) {
  const std::pair<const char*, const char*> texts[] = {
    {"2015-01-01", "2015-01-01T00:00:00+00:00"},
    {"2015-01-01T12:34", "2015-01-01T12:34:00+00:00"},
    {"2015-01-01 12:34:56", "2015-01-01T12:34:56+00:00"},
    {"2015-01-01T12:34:56Z", "2015-01-01T12:34:56+00:00"},
    {"2015-01-01T12:34+01:00", "2015-01-01T12:34:00+01:00"},
    {"2015-01-01T12:34:56+01", "2015-01-01T12:34:56+01:00"},
    {"2015-01-01T12:34:56-0130", "2015-01-01T12:34:56-01:30"},
    {"2015-01-01T12:34:56-00:00", "2015-01-01T12:34:56+00:00"},
    {"2015-01-01T12:34:56+23:59", "2015-01-01T12:34:56+23:59"},
    {"2000-02-29T23:59:59.999999-05:30", "2000-02-29T23:59:59.999999-05:30"},
    {"0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"},
    {"9999-12-31T23:59:59.999999-14:00", "9999-12-31T23:59:59.999999-14:00"},
    {"2015-01-01T12:34:56.7", "2015-01-01T12:34:56.700000+00:00"},
    {"2015-01-01T12:34:56.000000", "2015-01-01T12:34:56+00:00"},
    // Rounded by the seventh digit alone, as Arrow 1.2.3 does.
    {"2015-01-01T12:34:56.1234564", "2015-01-01T12:34:56.123456+00:00"},
    {"2015-01-01T12:34:56.1234565", "2015-01-01T12:34:56.123456+00:00"},
    {"2015-01-01T12:34:56.12345651", "2015-01-01T12:34:56.123456+00:00"},
    {"2015-01-01T12:34:56.1234575", "2015-01-01T12:34:56.123458+00:00"},
    {"2015-01-01T12:34:56.123456789", "2015-01-01T12:34:56.123457+00:00"},
    {"2015-12-31T23:59:59.9999996+01:00", "2016-01-01T00:00:00+01:00"},
    {"2015-01-01T12:34:56.12345678901234567890123Z",
     "2015-01-01T12:34:56.123457+00:00"},
  };
  for (auto& [text, expected] : texts) {
    CAF_MESSAGE(text);
    CAF_CHECK_EQUAL(read(text), expected);
  }
}

CAF_TEST(text that is no date) {
  for (auto text : {"",
                    "1",
                    "2015",
                    "2015-01",
                    "2015-1-1",
                    "20150101",
                    "2015/01/01",
                    "2015.01.01",
                    "2015-001",
                    "2015-W01-4",
                    " 2015-01-01",
                    "2015-01-01 ",
                    "2015-01-01T",
                    "2015-01-01T12",
                    "2015-01-01T123456",
                    "2015-01-01T1:34",
                    "2015-01-01T12:34:5",
                    "2015-01-01T12:34:",
                    "2015-01-01T12:34:56.",
                    "2015-01-01T12:34:56,5",
                    "2015-01-01T12:34.5",
                    "2015-01-01T12:34:56.Z",
                    "2015-01-01T12:34:56z",
                    "2015-01-01Z",
                    "2015-01-01+01:00",
                    "2015-01-01t12:34",
                    "2015-01-01  12:34",
                    "2015-01-01T12:34:56 +01:00",
                    "2015-01-01T12:34:56+1",
                    "2015-01-01T12:34:56+01:",
                    "2015-01-01T12:34:56+01:0",
                    "2015-01-01T12:34:56+01:00:30",
                    "2015-01-01T12:34:56+",
                    "2015-01-01T12:34:56Europe/Berlin",
                    "+2015-01-01",
                    "-001-01-01",
                    "2015-01-01T12:34:56+01:00x",
                    "2015-01-01T-2:34",
                    "now"}) {
    CAF_MESSAGE(text);
    CAF_CHECK_EQUAL(read(text).substr(0, 7), "error: ");
  }
  CAF_CHECK(refused(std::string_view{"2015-01-01\0", 11}));
  CAF_CHECK(
    refused("2015-01-01T12:34:56\xE2\x88\x92"
            "01:00"));
  CAF_CHECK_EQUAL(read("soon"),
                  "error: 'soon' is not a date like "
                  "2015-01-01T12:34:56.789+01:00");
}

CAF_TEST(text out of range) {
  for (auto text :
       {"0000-01-01", "2015-00-01", "2015-13-01", "2015-01-00", "2015-01-32",
        "2015-02-29", "1900-02-29", "2015-01-01T24:00", "2015-01-01T12:60",
        "2016-12-31T23:59:60Z", "2015-01-01T12:34+24:00",
        "2015-01-01T12:34-99:99", "9999-12-31T23:59:59.9999999"}) {
    CAF_MESSAGE(text);
    CAF_CHECK(refused(text));
  }
  CAF_CHECK_EQUAL(read("2015-02-29"),
                  "error: '2015-02-29': there is no such day");
  CAF_CHECK_EQUAL(read("0000-01-01"),
                  "error: '0000-01-01': year must be in 1..9999");
}

CAF_TEST(long texts cost nothing) {
  auto text = "2015-01-01T12:34:56." + std::string(10'000'000, '1');
  auto why = read(text);
  CAF_CHECK(why.starts_with("error: "));
  CAF_CHECK_LESS(why.size(), 200u);
}

CAF_TEST(there and back) {
  auto seed = std::random_device{}();
  CAF_MESSAGE("seed " << seed);
  std::mt19937_64 engine{seed};
  std::vector<std::string> wrong;
  auto min = std::chrono::duration_cast<microseconds>(first.time_since_epoch());
  auto max = std::chrono::duration_cast<microseconds>(last.time_since_epoch());
  std::uniform_int_distribution<int64_t> instants{min.count() + 86'400'000'000,
                                                  max.count() - 86'400'000'000};
  std::uniform_int_distribution<int> offsets{-1439, 1439};
  for (auto i = 0; i < 20'000; ++i) {
    auto raw = instants(engine);
    if (i % 2 == 0)
      raw -= raw % 1'000'000; // no fraction
    date_time x{std::chrono::sys_time<microseconds>{microseconds{raw}},
                minutes{offsets(engine)}};
    auto text = to_string(x);
    auto copy = date_time::parse(text);
    if (!copy || *copy != x || copy->offset() != x.offset()
        || to_string(*copy) != text)
      wrong.push_back(text);
  }
  CAF_CHECK_EQUAL(wrong, std::vector<std::string>{});
}

CAF_TEST(random text) {
  auto seed = std::random_device{}();
  CAF_MESSAGE("seed " << seed);
  std::mt19937_64 engine{seed};
  std::vector<std::string> wrong;
  const std::string alphabet = "0123456789-+:.TZ \xFF";
  std::uniform_int_distribution<size_t> chars{0, alphabet.size() - 1};
  std::uniform_int_distribution<size_t> places{0, 31};
  for (auto i = 0; i < 20'000; ++i) {
    std::string text = "2015-01-01T12:34:56.789000+01:00";
    for (auto n = i % 4; n >= 0; --n)
      text[places(engine)] = alphabet[chars(engine)];
    text.resize(text.size() - places(engine) % 8);
    if (auto read_once = date_time::parse(text)) {
      auto again = date_time::parse(to_string(*read_once));
      if (!again || *again != *read_once)
        wrong.push_back(text);
    }
  }
  CAF_CHECK_EQUAL(wrong, std::vector<std::string>{});
}

CAF_TEST(comparison is by instant) {
  auto x = must("2015-01-01T12:00:00+01:00");
  auto y = must("2015-01-01T11:00:00Z");
  CAF_CHECK(x == y);
  CAF_CHECK(!(x < y));
  CAF_CHECK(x < y + 1us);
  CAF_CHECK(x > must("2015-01-01T11:59:59.999999+01:00"));
  CAF_CHECK(x.offset() == 60min);
  CAF_CHECK_EQUAL(to_string(x.at_offset(-5h)), "2015-01-01T06:00:00-05:00");
}

CAF_TEST(arithmetic) {
  auto x = must("2016-02-28T23:59:59+01:00");
  CAF_CHECK_EQUAL(to_string(x + 1s), "2016-02-29T00:00:00+01:00");
  CAF_CHECK_EQUAL(to_string(x - 24h), "2016-02-27T23:59:59+01:00");
  CAF_CHECK_EQUAL(to_string(x + std::chrono::duration<double>{0.1}),
                  "2016-02-28T23:59:59.100000+01:00");
  CAF_CHECK_EQUAL(to_string(x + 1999ns), "2016-02-28T23:59:59.000001+01:00");
  CAF_CHECK((x + 90min) - x == 90min);
  x += 1h;
  x -= 1s;
  CAF_CHECK_EQUAL(to_string(x), "2016-02-29T00:59:58+01:00");
}

CAF_TEST(arithmetic out of range) {
  auto x = must("9999-12-31T23:59:59Z");
  CAF_CHECK(is_domain_error([&] { return x + 1s; }));
  CAF_CHECK(is_domain_error([&] { return date_time{first} - 1us; }));
  CAF_CHECK(is_domain_error([&] { return x + std::chrono::hours::max(); }));
  CAF_CHECK(is_domain_error([&] { return x - std::chrono::hours::min(); }));
  CAF_CHECK(is_domain_error([&] {
    auto nan = std::numeric_limits<double>::quiet_NaN();
    return x - std::chrono::duration<double>{nan};
  }));
  CAF_CHECK(is_domain_error([&] { return x.at_offset(1min); }));
  CAF_CHECK(is_domain_error([&] { return x.at_offset(-24h); }));
  CAF_CHECK(is_domain_error(
    [&] { return date_time{std::chrono::sys_seconds::max()}; }));
  CAF_CHECK_EQUAL(to_string(x.at_offset(-1h)), "9999-12-31T22:59:59-01:00");
}

CAF_TEST(points in time) {
  auto now = std::chrono::system_clock::now();
  auto back = date_time{now}.to_time_point();
  CAF_REQUIRE(back);
  CAF_CHECK(*back <= now && now - *back < 1us);
  CAF_CHECK(date_time::now() >= date_time{now});
  CAF_CHECK_EQUAL(to_string(date_time{std::chrono::sys_days{}}),
                  "1970-01-01T00:00:00+00:00");
  auto early = must("1600-01-01").to_time_point();
  CAF_REQUIRE(!early);
  CAF_CHECK_EQUAL(early.error().text,
                  "1600-01-01T00:00:00+00:00 is beyond the "
                  "range of its time_point");
}

CAF_TEST_FIXTURE_SCOPE(on_the_wire, fixture)

CAF_TEST(dates on the wire) {
  auto date = must("2015-01-01T12:34:56.789+01:00");
  CAF_CHECK_EQUAL(encode(to_value(date)),
                  R"({"__type__":[0,"2015-01-01T12:34:56.789000+01:00"]})");
  CAF_CHECK_EQUAL(received(R"("2015-01-01T12:34:56.789000+01:00")"),
                  "2015-01-01T12:34:56.789000+01:00");
  CAF_CHECK_EQUAL(received(R"("2015-01-01")"), "2015-01-01T00:00:00+00:00");
  CAF_CHECK(received(R"("soon")").starts_with("error: 'soon' is not a date"));
}

CAF_TEST(timestamps on the wire) {
  const std::pair<const char*, const char*> numbers[] = {
    {"0", "1970-01-01T00:00:00+00:00"},
    {"-1", "1969-12-31T23:59:59+00:00"},
    {"1.5", "1970-01-01T00:00:01.500000+00:00"},
    {"-1.5", "1969-12-31T23:59:58.500000+00:00"},
    {"1000000000.1234565", "2001-09-09T01:46:40.123456+00:00"},
    {"1.5e-06", "1970-01-01T00:00:00.000002+00:00"},
    {"2.5e-06", "1970-01-01T00:00:00.000002+00:00"},
    {"-62135596800", "0001-01-01T00:00:00+00:00"},
    {"253402300799", "9999-12-31T23:59:59+00:00"},
  };
  for (auto& [number, expected] : numbers)
    CAF_CHECK_EQUAL(received(number), expected);
  for (auto number :
       {"-62135596801", "253402300800", "253402300800.0", "1e12", "1e300",
        "9223372036854775807", "-9223372036854775808", "18446744073709551615",
        "NaN", "Infinity", "-Infinity", "253402300799.9999999"}) {
    CAF_MESSAGE(number);
    auto text = received(number);
    CAF_CHECK(text.starts_with("error: timestamp "));
    CAF_CHECK(text.find(" is out of range") != std::string::npos);
  }
}

CAF_TEST(neither text nor number) {
  CAF_CHECK(received("null").starts_with(
    "error: expected a date as str, int or float, got None"));
  CAF_CHECK(received("true").starts_with("error: expected a date"));
  CAF_CHECK(received("[]").starts_with("error: expected a date"));
  CAF_CHECK(received("{}").starts_with("error: expected a date"));
  CAF_CHECK(
    received(R"({"__type__":[0,0]})").starts_with("error: expected a date"));
}

CAF_TEST(dates convert) {
  auto x = to_value(std::chrono::system_clock::time_point{1500ms});
  auto date = from_value<date_time>(x);
  CAF_REQUIRE(date);
  CAF_CHECK_EQUAL(to_string(*date), "1970-01-01T00:00:01.500000+00:00");
  auto point = from_value<std::chrono::system_clock::time_point>(x);
  CAF_REQUIRE(point);
  CAF_CHECK(point->time_since_epoch() == 1500ms);
  auto text = from_value<date_time>(value{"2015-01-01"});
  CAF_REQUIRE(!text);
  CAF_CHECK_EQUAL(text.error().text, "expected date_time, got str");
  auto far = from_value<std::chrono::system_clock::time_point>(
    to_value(must("9999-01-01")));
  CAF_REQUIRE(!far);
  CAF_CHECK(far.error().code == errc::type_error);
}

CAF_TEST(points in time of any resolution convert) {
  using namespace std::chrono;
  auto sent = []<class T>(T x) {
    auto date = from_value<date_time>(to_value(x));
    CAF_REQUIRE(date);
    return to_string(*date);
  };
  auto day = sys_days{year{2015} / 2 / 3};
  CAF_CHECK_EQUAL(sent(day), "2015-02-03T00:00:00+00:00");
  CAF_CHECK_EQUAL(sent(sys_seconds{day + 4h}), "2015-02-03T04:00:00+00:00");
  CAF_CHECK_EQUAL(sent(day + 5us), "2015-02-03T00:00:00.000005+00:00");
  CAF_CHECK_EQUAL(sent(day - 1ns), "2015-02-02T23:59:59.999999+00:00");
  CAF_CHECK_EQUAL(sent(sys_time<duration<double>>{1500ms}),
                  "1970-01-01T00:00:01.500000+00:00");
  CAF_CHECK(is_domain_error([] { return to_value(sys_seconds::max()); }));
  auto received = []<class T>(T, std::string_view text) {
    auto result = from_value<T>(to_value(must(text)));
    CAF_REQUIRE(result);
    return *result;
  };
  constexpr auto text = "2015-02-03T00:30:01.000002+01:00";
  auto exact = day - 30min + 1s + 2us;
  CAF_CHECK(received(exact, text) == exact);
  CAF_CHECK(received(exact + 0ns, text) == exact);
  CAF_CHECK(received(sys_seconds{}, text) == day - 30min + 1s);
  CAF_CHECK(received(sys_days{}, text) == day - days{1}); // in UTC
  CAF_CHECK(received(sys_seconds{}, "1969-12-31T23:59:59.5")
            == sys_seconds{-1s});
  CAF_CHECK(received(sys_days{}, "0001-01-01") == sys_days{year{1} / 1 / 1});
  CAF_CHECK(received(sys_time<duration<double>>{}, "1970-01-01T00:00:01.5")
            == sys_time<duration<double>>{1.5s});
  CAF_MESSAGE("out of reach");
  using narrow = sys_time<duration<int32_t>>;
  CAF_CHECK(received(narrow{}, "2038-01-19T03:14:07") == narrow::max());
  auto late = from_value<narrow>(to_value(must("2038-01-19T03:14:08")));
  CAF_REQUIRE(!late);
  CAF_CHECK_EQUAL(late.error().text,
                  "2038-01-19T03:14:08+00:00 is beyond the range of its "
                  "time_point");
}

CAF_TEST_FIXTURE_SCOPE_END()
