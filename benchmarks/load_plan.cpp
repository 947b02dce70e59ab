#include "load_plan.hpp"

#include <cstdio>

namespace load {

std::optional<payload> payload::parse(const std::string& text) {
  if (text == "int")
    return payload{};
  if (text == "dict")
    return payload{kind::dict, 0};
  size_t n = 0;
  char rest = 0;
  if (std::sscanf(text.c_str(), "string:%zu%c", &n, &rest) == 1)
    return payload{kind::text, n};
  if (std::sscanf(text.c_str(), "bytes:%zu%c", &n, &rest) == 1)
    return payload{kind::bytes, n};
  return std::nullopt;
}

size_t payload::size() const noexcept {
  switch (what) {
    case kind::integer:
      return 8;
    case kind::dict:
      return dict_payload.size();
    default:
      return length;
  }
}

} // namespace load
