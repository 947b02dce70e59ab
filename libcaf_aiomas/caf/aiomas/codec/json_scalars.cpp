#include "caf/aiomas/codec/json_scalars.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <limits>
#include <system_error>

namespace caf::aiomas::detail {

namespace {

constexpr const char* integer_range = "integer does not fit into 64 bits";

constexpr const char* float_range = "number is beyond the range of a float";

// Returns the decimal exponent of a number's first digit that is not 0. Only
// called for numbers which are far out of range.
long magnitude(std::string_view text) {
  auto mark = std::min(text.find_first_of("eE"), text.size());
  auto digits = text.substr(0, mark);
  auto point = std::min(digits.find('.'), mark);
  auto first = std::min(digits.find_first_of("123456789"), mark);
  auto result = static_cast<long>(point) - static_cast<long>(first);
  long exponent = 0;
  if (mark < text.size()) {
    auto begin = text.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
    auto end = text.data() + text.size();
    if (std::from_chars(begin, end, exponent).ec != std::errc{})
      return *begin == '-' ? -1 : 1;
  }
  return result + exponent;
}

template <class T>
json_number parse_integer(std::string_view text) {
  T x = 0;
  auto end = text.data() + text.size();
  auto parsed = std::from_chars(text.data(), end, x);
  if (parsed.ec != std::errc{} || parsed.ptr != end)
    return integer_range;
  return x;
}

} // namespace

json_number parse_json_number(std::string_view text) {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  if (text == "NaN")
    return std::numeric_limits<double>::quiet_NaN();
  if (text == "Infinity")
    return infinity;
  if (text == "-Infinity")
    return -infinity;
  if (text.find_first_of("NI") != text.npos)
    return "invalid number";
  if (text.find_first_of(".eE") == text.npos) {
    auto x = parse_integer<int64_t>(text);
    return x.index() == 0 ? x : parse_integer<uint64_t>(text);
  }
  double x = 0;
  auto parsed = std::from_chars(text.data(), text.data() + text.size(), x);
  if (parsed.ec == std::errc::result_out_of_range) {
    if (magnitude(text.substr(text[0] == '-' ? 1 : 0)) > 0)
      return float_range;
    x = text[0] == '-' ? -0.0 : 0.0;
  }
  if (std::isinf(x))
    return float_range;
  return x;
}

const char* why_too_big(const char* number) {
  number += std::strspn(number, "-0123456789");
  return std::strchr(".eE", *number) != nullptr && *number != '\0'
           ? float_range
           : integer_range;
}

bool has_surrogate(std::string_view text) noexcept {
  for (auto i = text.find('\xED'); i != text.npos; i = text.find('\xED', i + 1))
    if (i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) > 0x9F)
      return true;
  return false;
}

} // namespace caf::aiomas::detail
