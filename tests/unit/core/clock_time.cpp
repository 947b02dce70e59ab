#define CAF_SUITE clock_time

#include "caf/aiomas/clock_time.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/simulated_time.hpp"

#include "caf/test/dsl.hpp"

#include <chrono>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>

using namespace caf::aiomas;
using namespace std::chrono_literals;

using detail::simulated_time;

namespace {

constexpr auto nan = std::numeric_limits<double>::quiet_NaN();
constexpr auto inf = std::numeric_limits<double>::infinity();

template <class Exception, class F>
bool throws(F f) {
  try {
    f();
    return false;
  } catch (const Exception&) {
    return true;
  }
}

std::string text_of(const outcome<void>& x) {
  return x ? "fine" : to_string(x.error());
}

std::string shown(const start_date& x) {
  return to_string(x.date());
}

} // namespace

CAF_TEST(delays are seconds or durations) {
  CAF_CHECK_EQUAL(delay{1500ms}.seconds(), 1.5);
  CAF_CHECK_EQUAL(delay{2}.seconds(), 2.0);
  CAF_CHECK_EQUAL(delay{0.25f}.seconds(), 0.25);
  CAF_CHECK_EQUAL(delay{-1h}.seconds(), -3600.0);
  CAF_CHECK_EQUAL(delay{100us}.seconds(), 1e-4);
  CAF_CHECK(delay{1.5} == delay{1500ms});
  CAF_CHECK(std::isnan(delay{nan}.seconds()));
}

CAF_TEST(moments are rendered as in the original) {
  auto text = [](const moment& x) { return to_string(x); };
  CAF_CHECK_EQUAL(text(10), "10");
  CAF_CHECK_EQUAL(text(9.5), "9.5");
  CAF_CHECK_EQUAL(text(-0.1), "-0.1");
  CAF_CHECK_EQUAL(text(100000), "100000");
  CAF_CHECK_EQUAL(text(1e300), "1e+300");
  CAF_CHECK_EQUAL(text(nan), "nan");
  CAF_CHECK_EQUAL(text(inf), "inf");
  CAF_CHECK_EQUAL(text(-inf), "-inf");
  CAF_CHECK_EQUAL(text(*date_time::parse("2015-01-01T12:34:56+01:00")),
                  "2015-01-01T12:34:56+01:00");
  CAF_CHECK_EQUAL(text(std::chrono::sys_days{std::chrono::days{1}}),
                  "1970-01-02T00:00:00+00:00");
}

CAF_TEST(start dates) {
  auto utc = std::string{"2015-01-01T00:00:00+00:00"};
  CAF_CHECK_EQUAL(shown("2015-01-01"), utc);
  CAF_CHECK_EQUAL(shown(std::string{"2015-01-01T00:00:00Z"}), utc);
  CAF_CHECK_EQUAL(shown(1420070400), utc);
  CAF_CHECK_EQUAL(shown(1420070400.5), "2015-01-01T00:00:00.500000+00:00");
  CAF_CHECK_EQUAL(shown(date_time{} + 24h), "1970-01-02T00:00:00+00:00");
  for (auto text : {"", "yesterday", "2015-13-01"})
    CAF_CHECK(throws<std::invalid_argument>([=] { start_date{text}; }));
  CAF_CHECK(throws<std::invalid_argument>([] { start_date{nan}; }));
  for (auto x : {inf, -inf, 1e300})
    CAF_CHECK(throws<std::domain_error>([=] { start_date{x}; }));
}

CAF_TEST(simulated time begins where it is told to) {
  simulated_time x{"2015-01-01", 10};
  CAF_CHECK_EQUAL(x.now(), 10.0);
  CAF_CHECK_EQUAL(to_string(date_time{x.date()}), "2015-01-01T00:00:10+00:00");
  simulated_time before{"2015-01-01", -1};
  CAF_CHECK_EQUAL(to_string(date_time{before.date()}),
                  "2014-12-31T23:59:59+00:00");
  CAF_CHECK_EQUAL(before.at(date_time{before.date()}), -1.0);
  for (auto t : {nan, inf, -inf, 1e300, -1e300, 1e10})
    CAF_CHECK(throws<std::invalid_argument>([=] {
      simulated_time{"2015", t};
    }));
  for (auto date : {"1600-01-01", "2300-01-01"})
    CAF_CHECK(throws<std::invalid_argument>([=] { simulated_time{date, 0}; }));
}

CAF_TEST(simulated time goes forward only) {
  simulated_time x{"2015-01-01", 10};
  CAF_CHECK_EQUAL(text_of(x.set(9.5)),
                  "invalid_argument: Time must be > 10 but is 9.5");
  CAF_CHECK_EQUAL(text_of(x.set(10)),
                  "invalid_argument: Time must be > 10 but is 10");
  CAF_CHECK_EQUAL(text_of(x.set(nan)),
                  "invalid_argument: Time must be > 10 but is nan");
  CAF_CHECK_EQUAL(text_of(x.set(-inf)),
                  "invalid_argument: Time must be > 10 but is -inf");
  CAF_CHECK(text_of(x.set(inf)).ends_with(" but is inf"));
  CAF_CHECK(text_of(x.set(1e300)).ends_with(" but is 1e+300"));
  CAF_CHECK_EQUAL(x.now(), 10.0);
  CAF_CHECK_EQUAL(text_of(x.set(10.5)), "fine");
  CAF_CHECK_EQUAL(x.now(), 10.5);
  CAF_CHECK_EQUAL(text_of(x.check(10.5)), "fine");
  CAF_CHECK_EQUAL(text_of(x.check(10.25)),
                  "invalid_argument: Time must be >= 10.5 but is 10.25");
  CAF_CHECK(text_of(x.check(nan)).ends_with(" but is nan"));
}

CAF_TEST(simulated time ends where dates end) {
  auto last = caf::aiomas::defaults::longest_time;
  simulated_time far{"1970-01-01", 0};
  CAF_CHECK(far.set(last));
  CAF_CHECK_EQUAL(to_string(date_time{far.date()}).substr(0, 4), "2255");
  CAF_CHECK(!far.set(last + 1));
  simulated_time late{"2262-01-01", 0};
  CAF_CHECK(!late.set(86'400 * 365));
  CAF_CHECK(late.set(86'400 * 90));
  CAF_CHECK_EQUAL(to_string(date_time{late.date()}).substr(0, 7), "2262-04");
}

CAF_TEST(dates of a simulated time are those of Python) {
  simulated_time x{"2015-01-01", 0};
  CAF_CHECK(x.set(0.1));
  CAF_CHECK_EQUAL(to_string(date_time{x.date()}),
                  "2015-01-01T00:00:00.100000+00:00");
  CAF_CHECK(x.set(1e9 + 0.1));
  CAF_CHECK_EQUAL(to_string(date_time{x.date()}),
                  "2046-09-09T01:46:40.100000+00:00");
  CAF_CHECK_EQUAL(x.at(date_time{x.date()}), 1e9 + 0.1);
}
