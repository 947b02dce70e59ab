#include "caf/aiomas/date_time.hpp"

#include "caf/aiomas/detail/convert_support.hpp"
#include "caf/aiomas/serializers.hpp"

#include <date/date.h>

#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <optional>
#include <stdexcept>

namespace caf::aiomas {

namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

using detail::micros;

// The years of Python's dates.
constexpr micros min_local
  = date::sys_days{date::year{1} / 1 / 1}.time_since_epoch();

constexpr micros end_local
  = date::sys_days{date::year{10000} / 1 / 1}.time_since_epoch();

constexpr char out_of_range[] = "date out of range: years are 1 to 9999";

bool in_range(micros since_epoch, minutes offset) {
  auto local = since_epoch + offset;
  return local >= min_local && local < end_local;
}

fault wrong(std::string why) {
  return {errc::invalid_argument, std::move(why)};
}

// -- text ---------------------------------------------------------------------

/// Takes a text apart from its start on. Once something did not fit, nothing
/// does.
class reader {
public:
  explicit reader(std::string_view text) : text_(text) {
    // nop
  }

  /// Takes `c`, if it comes next.
  bool skip(char c) {
    if (text_.empty() || text_.front() != c)
      return false;
    text_.remove_prefix(1);
    return true;
  }

  void expect(char c) {
    ok_ = skip(c) && ok_;
  }

  /// Takes exactly `n` digits, at most nine.
  int number(size_t n) {
    auto result = 0;
    for (size_t i = 0; i < n; ++i) {
      if (!has_digit()) {
        ok_ = false;
        return 0;
      }
      result = result * 10 + digit();
    }
    return result;
  }

  /// Takes a fraction of a second of at least one digit. Like Arrow, it rounds
  /// by the seventh digit alone, and half to even.
  micros fraction() {
    ok_ = ok_ && has_digit();
    auto result = 0;
    for (auto i = 0; i < 6; ++i)
      result = result * 10 + (has_digit() ? digit() : 0);
    auto next = has_digit() ? digit() : 0;
    while (has_digit())
      digit();
    if (next > 5 || (next == 5 && result % 2 == 1))
      ++result;
    return micros{result};
  }

  bool has_digit() const {
    return !text_.empty() && text_.front() >= '0' && text_.front() <= '9';
  }

  /// Whether all fitted and nothing is left.
  bool done() const {
    return ok_ && text_.empty();
  }

  bool at_end() const {
    return text_.empty();
  }

private:
  int digit() {
    auto result = text_.front() - '0';
    text_.remove_prefix(1);
    return result;
  }

  std::string_view text_;
  bool ok_ = true;
};

struct fields {
  date::year_month_day day;
  hours hour{0};
  minutes minute{0};
  seconds second{0};
  micros fraction{0};
  minutes offset{0};
};

minutes read_offset(reader& in) {
  if (in.at_end() || in.skip('Z'))
    return minutes{0};
  auto negative = in.skip('-');
  if (!negative)
    in.expect('+');
  minutes result = hours{in.number(2)};
  if (in.skip(':') || in.has_digit())
    result += minutes{in.number(2)};
  return negative ? -result : result;
}

std::optional<fields> read_fields(std::string_view text) {
  reader in{text};
  fields result;
  auto year = date::year{in.number(4)};
  in.expect('-');
  auto month = date::month{static_cast<unsigned>(in.number(2))};
  in.expect('-');
  result.day = year / month / date::day{static_cast<unsigned>(in.number(2))};
  if (in.done())
    return result;
  if (!in.skip('T'))
    in.expect(' ');
  result.hour = hours{in.number(2)};
  in.expect(':');
  result.minute = minutes{in.number(2)};
  if (in.skip(':')) {
    result.second = seconds{in.number(2)};
    if (in.skip('.'))
      result.fraction = in.fraction();
  }
  result.offset = read_offset(in);
  return in.done() ? std::optional{result} : std::nullopt;
}

// -- numbers ------------------------------------------------------------------

outcome<date_time> from_seconds(int64_t x) {
  // Far less than what would overflow, far more than what is valid.
  constexpr int64_t limit = 1'000'000'000'000;
  if (std::abs(x / 2) > limit || !in_range(seconds{x}, minutes{0}))
    return wrong("timestamp " + std::to_string(x) + " is out of range");
  return date_time{std::chrono::sys_seconds{seconds{x}}};
}

outcome<date_time> from_seconds(double x) {
  auto whole = 0.0;
  // As Python does it, and more precise than multiplying all of it.
  auto fraction = std::nearbyint(std::modf(x, &whole) * 1e6);
  if (!(std::abs(whole) < 1e12))
    return wrong("timestamp " + to_string(value{x}) + " is out of range");
  auto since_epoch = seconds{static_cast<int64_t>(whole)}
                     + micros{static_cast<int64_t>(fraction)};
  if (!in_range(since_epoch, minutes{0}))
    return wrong("timestamp " + to_string(value{x}) + " is out of range");
  return date_time{std::chrono::sys_time<micros>{since_epoch}};
}

outcome<date_time> from_content(const value& x) {
  if (auto text = x.get_if<std::string_view>())
    return date_time::parse(*text);
  if (auto number = x.get_if<int64_t>())
    return from_seconds(*number);
  if (auto number = x.get_if<double>())
    return from_seconds(*number);
  if (x.is_integer())
    return wrong("timestamp " + to_string(x) + " is out of range");
  return detail::type_mismatch("a date as str, int or float", x);
}

} // namespace

namespace detail {

void check_span(std::chrono::duration<long double> what) {
  // Also refuses NaN.
  if (!(std::abs(what.count())
        <= std::chrono::duration<long double>{end_local - min_local}.count()))
    throw std::domain_error(out_of_range);
}

} // namespace detail

// -- date_time ----------------------------------------------------------------

date_time::date_time(duration since_epoch, minutes offset)
  : utc_(since_epoch), offset_(offset) {
  if (offset <= -hours{24} || offset >= hours{24})
    throw std::domain_error("the offset of a date must be less than a day");
  if (!in_range(since_epoch, offset))
    throw std::domain_error(out_of_range);
}

outcome<date_time> date_time::parse(std::string_view text) {
  // Enough for any precision somebody may have, not enough to waste time.
  constexpr size_t max_length = 64;
  if (text.size() > max_length)
    return wrong(to_string(value{text.substr(0, max_length)})
                 + "... is too long for a date");
  auto refuse
    = [text](const char* why) { return wrong(to_string(value{text}) + why); };
  auto read = read_fields(text);
  if (!read)
    return refuse(" is not a date like 2015-01-01T12:34:56.789+01:00");
  if (read->day.year() < date::year{1})
    return refuse(": year must be in 1..9999");
  if (!read->day.ok())
    return refuse(": there is no such day");
  if (read->hour > hours{23} || read->minute > minutes{59}
      || read->second > seconds{59})
    return refuse(": there is no such time");
  auto offset = read->offset;
  if (offset <= -hours{24} || offset >= hours{24})
    return refuse(": the offset must be less than a day");
  auto local = date::sys_days{read->day}.time_since_epoch() + read->hour
               + read->minute + read->second + read->fraction;
  if (!in_range(local - offset, offset))
    return refuse(": year must be in 1..9999");
  return date_time{local - offset, offset};
}

fault date_time::out_of_reach() const {
  return {errc::type_error,
          to_string(*this) + " is beyond the range of its time_point"};
}

std::string to_string(const date_time& x) {
  auto local = date::sys_time<micros>{x.utc().time_since_epoch() + x.offset()};
  auto day = date::floor<date::days>(local);
  date::year_month_day ymd{day};
  date::hh_mm_ss<micros> time{local - day};
  char buf[64];
  auto print = [&buf, end = 0](const char* format, auto... xs) mutable {
    end += std::snprintf(buf + end, sizeof(buf) - static_cast<size_t>(end),
                         format, static_cast<int>(xs)...);
  };
  print("%04d-%02d-%02dT%02d:%02d:%02d", static_cast<int>(ymd.year()),
        static_cast<unsigned>(ymd.month()), static_cast<unsigned>(ymd.day()),
        time.hours().count(), time.minutes().count(), time.seconds().count());
  if (auto fraction = time.subseconds().count(); fraction != 0)
    print(".%06d", fraction);
  auto offset = std::abs(static_cast<int>(x.offset().count()));
  print("%c%02d:%02d", x.offset() < minutes{0} ? '-' : '+', offset / 60,
        offset % 60);
  return buf;
}

any_serializer date_serializer() {
  return serializer<date_time>([](const date_time& x) { return to_string(x); },
                               from_content);
}

} // namespace caf::aiomas
