#include "text.hpp"

#include "caf/aiomas/codec/json.hpp"
#include "caf/aiomas/detail/hex.hpp"
#include "caf/aiomas/rendering.hpp"
#include "caf/aiomas/value_json.hpp"

#include <span>

namespace caf::aiomas::tool {

namespace {

/// Deeper than any message, whose limit is checked where it is encoded, but not
/// so deep that it could exhaust the stack.
constexpr size_t max_nesting = 500;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

} // namespace

codec_factory keeping_codec(const std::string& name) {
  return [make = codec_by_name(name)] {
    auto result = make();
    result->types(serializers{serializers::mode::keep});
    return result;
  };
}

outcome<value> parse(std::string_view json) {
  // Unlike nlohmann's, our reader never makes a float of a large integer.
  json_codec reader;
  codec_limits limits;
  limits.max_nesting = max_nesting;
  reader.limits(limits);
  reader.types(serializers{serializers::mode::keep});
  auto raw = reader.decode(std::as_bytes(std::span{json}));
  if (!raw)
    return raw;
  auto tree = to_ordered_json(*raw);
  if (!tree)
    return std::move(tree.error());
  return unrender(*tree);
}

std::string to_line(const value& x) {
  constexpr auto on_bad_utf8 = nlohmann::ordered_json::error_handler_t::replace;
  return render(x).dump(-1, ' ', false, on_bad_utf8);
}

std::string printable(std::string_view text) {
  constexpr auto digits = "0123456789abcdef";
  std::string result;
  auto escape = [&result](unsigned char c) {
    result.append({'\\', 'x', digits[c >> 4], digits[c & 15]});
  };
  for (size_t i = 0; i < text.size(); ++i) {
    auto c = static_cast<unsigned char>(text[i]);
    auto next
      = static_cast<unsigned char>(i + 1 < text.size() ? text[i + 1] : '\0');
    if ((c < 0x20 && c != '\n' && c != '\t') || c == 0x7f) {
      escape(c);
    } else if (c == 0xc2 && next >= 0x80 && next < 0xa0) {
      escape(next); // U+0080 to U+009F
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

outcome<byte_buffer> from_hex(std::string_view text) {
  byte_buffer result;
  result.reserve(text.size() / 2);
  auto high = -1;
  for (size_t i = 0; i < text.size(); ++i) {
    if (is_space(text[i]))
      continue;
    auto digit = detail::hex_digit(text[i]);
    if (digit < 0)
      return fault{errc::deserialization_error,
                   "not a hex digit in column " + std::to_string(i + 1)};
    if (high >= 0)
      result.push_back(static_cast<std::byte>(16 * high + digit));
    high = high >= 0 ? -1 : digit;
  }
  if (high >= 0)
    return fault{errc::deserialization_error, "odd number of hex digits"};
  return result;
}

} // namespace caf::aiomas::tool
