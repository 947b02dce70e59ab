#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdlib>
#include <string_view>

namespace caf::aiomas::detail {

/// The text of a finite double as Python's `repr` has it: the fewest digits
/// that read back as the same number, always with ".0" or an exponent.
class float_repr {
public:
  explicit float_repr(double x) noexcept {
    char digits[32];
    auto text = shortest(x < 0 || (x == 0 && std::signbit(x)) ? -x : x, digits);
    auto mark = text.rfind('e');
    auto exponent = std::atoi(text.data() + mark + 1);
    if (std::signbit(x))
      put('-');
    // Python changes to exponents where decimal notation would get long.
    if (exponent < -4 || exponent >= 16)
      scientific(text.substr(0, mark), exponent);
    else
      decimal(text.substr(0, mark), exponent);
  }

  std::string_view view() const noexcept {
    return {buf_, size_};
  }

private:
  // Returns "d.ddde±xx", terminated.
  static std::string_view shortest(double x, char (&buf)[32]) noexcept {
    auto end = std::to_chars(buf, buf + 31, x, std::chars_format::scientific);
    *end.ptr = '\0';
    return {buf, static_cast<size_t>(end.ptr - buf)};
  }

  void put(char c) noexcept {
    buf_[size_++] = c;
  }

  void put(std::string_view text) noexcept {
    for (auto c : text)
      put(c);
  }

  void scientific(std::string_view mantissa, int exponent) noexcept {
    put(mantissa);
    put('e');
    put(exponent < 0 ? '-' : '+');
    auto magnitude = std::abs(exponent);
    if (magnitude < 10)
      put('0');
    auto end = std::to_chars(buf_ + size_, buf_ + sizeof(buf_), magnitude);
    size_ = static_cast<size_t>(end.ptr - buf_);
  }

  void decimal(std::string_view mantissa, int exponent) noexcept {
    if (exponent < 0) {
      put("0.");
      for (auto i = -1; i > exponent; --i)
        put('0');
    }
    // Digits, and the point after the one that stands for 10^0.
    auto position = exponent;
    for (auto c : mantissa) {
      if (c == '.')
        continue;
      if (position == -1 && exponent >= 0)
        put('.');
      put(c);
      --position;
    }
    for (; position >= 0; --position)
      put('0');
    if (position == -1 && exponent >= 0)
      put(".0");
  }

  char buf_[40];
  size_t size_ = 0;
};

} // namespace caf::aiomas::detail
