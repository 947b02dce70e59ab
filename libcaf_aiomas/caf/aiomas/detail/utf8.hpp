#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace caf::aiomas::detail {

/// Returns how many bytes the character at the start of `text` takes, or 0 if
/// it is none: overlong, a surrogate, beyond U+10FFFF or cut off.
inline size_t utf8_length(std::string_view text) noexcept {
  auto at = [text](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto continues = [&](size_t first, size_t last) {
    for (auto i = first; i < last; ++i)
      if (i >= text.size() || (at(i) & 0xC0) != 0x80)
        return false;
    return true;
  };
  auto lead = at(0);
  if (lead < 0x80)
    return 1;
  if (lead < 0xC2 || lead > 0xF4)
    return 0;
  if (lead < 0xE0)
    return continues(1, 2) ? 2 : 0;
  if (text.size() < 2)
    return 0;
  // The second byte rules out what is overlong, a surrogate or too large.
  auto second = at(1);
  if ((lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F)
      || (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F))
    return 0;
  if (lead < 0xF0)
    return continues(1, 3) ? 3 : 0;
  return continues(1, 4) ? 4 : 0;
}

/// Returns how many bytes at the start of `text` are ASCII: all of them, or a
/// few less than there are.
inline size_t ascii_prefix(std::string_view text) noexcept {
  auto load = [text]<class T>(T mask, size_t pos) {
    T block;
    std::memcpy(&block, text.data() + pos, sizeof(T));
    return block & mask;
  };
  constexpr uint64_t high_bits = 0x8080808080808080u;
  constexpr uint32_t half = 0x80808080u;
  auto n = text.size();
  if (n >= 8) {
    size_t pos = 0;
    // Four at a time, which a compiler may do at once.
    for (; pos + 32 <= n; pos += 32)
      if ((load(high_bits, pos) | load(high_bits, pos + 8)
           | load(high_bits, pos + 16) | load(high_bits, pos + 24))
          != 0)
        break;
    for (; pos + 8 <= n; pos += 8)
      if (load(high_bits, pos) != 0)
        return pos;
    // The last eight overlap those before.
    return load(high_bits, n - 8) != 0 ? pos : n;
  }
  if (n >= 4)
    return (load(half, 0) | load(half, n - 4)) != 0 ? 0 : n;
  unsigned all = 0;
  for (auto c : text)
    all |= static_cast<unsigned char>(c);
  return all >= 0x80 ? 0 : n;
}

/// Returns the offset of the first byte that is not part of valid UTF-8, or the
/// size of `text`. As in Python, surrogates are not valid.
inline size_t utf8_valid_prefix(std::string_view text) noexcept {
  auto pos = ascii_prefix(text);
  while (pos < text.size()) {
    auto n = utf8_length(text.substr(pos));
    if (n == 0)
      break;
    pos += n;
    pos += ascii_prefix(text.substr(pos));
  }
  return pos;
}

} // namespace caf::aiomas::detail
