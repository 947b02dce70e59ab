#include "caf/aiomas/detail/event_line.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

namespace {

bool is_plain(char c) {
  return c > ' ' && c != '"' && c != '=' && c != '\\' && c != '\x7f';
}

void add_quoted(std::string& to, std::string_view text) {
  constexpr auto digits = "0123456789abcdef";
  to += '"';
  for (auto c : text) {
    auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      to += '\\';
      to += c;
    } else if (c == '\n') {
      to += "\\n";
    } else if (code < 0x20 || code == 0x7f) {
      to += "\\x";
      to += digits[code / 16];
      to += digits[code % 16];
    } else {
      to += c;
    }
  }
  to += '"';
}

} // namespace

std::string event_line(std::string_view name, const event_fields& fields) {
  std::string result{name};
  for (auto& [key, text] : fields) {
    result += ' ';
    result += key;
    result += '=';
    if (!text.empty() && std::all_of(text.begin(), text.end(), is_plain))
      result += text;
    else
      add_quoted(result, text);
  }
  return result;
}

} // namespace caf::aiomas::detail
