#include "caf/aiomas/detail/repair_utf8.hpp"

#include "caf/aiomas/detail/utf8.hpp"

namespace caf::aiomas::detail {

std::string repair_utf8(std::string_view text) {
  std::string result;
  result.reserve(text.size());
  for (;;) {
    auto n = utf8_valid_prefix(text);
    result += text.substr(0, n);
    if (n == text.size())
      return result;
    result += "\xEF\xBF\xBD";
    text.remove_prefix(n + 1);
  }
}

} // namespace caf::aiomas::detail
