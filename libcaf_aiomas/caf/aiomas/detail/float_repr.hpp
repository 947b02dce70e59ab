#pragma once

#include <charconv>
#include <cmath>
#include <cstddef>
#include <string_view>

namespace caf::aiomas::detail {

/// The text of a finite double as Python's `repr` has it: the fewest digits
/// that read back as the same number, always with ".0" or an exponent.
class float_repr {
public:
  explicit float_repr(double x) noexcept {
    // Python changes to exponents where decimal notation would get long.
    auto magnitude = std::abs(x);
    if (magnitude == 0 || (magnitude >= 1e-4 && magnitude < 1e16))
      decimal(x);
    else
      scientific(x);
  }

  std::string_view view() const noexcept {
    return {buf_, size_};
  }

private:
  void put(std::string_view text) noexcept {
    size_ += text.copy(buf_ + size_, sizeof(buf_) - size_);
  }

  void print(double x, std::chars_format format) noexcept {
    auto end = std::to_chars(buf_, buf_ + sizeof(buf_), x, format);
    size_ = static_cast<size_t>(end.ptr - buf_);
  }

  // Both have at least two digits in an exponent.
  void scientific(double x) noexcept {
    print(x, std::chars_format::scientific);
  }

  void decimal(double x) noexcept {
    print(x, std::chars_format::fixed);
    if (view().find('.') == std::string_view::npos)
      put(".0");
  }

  char buf_[40];
  size_t size_ = 0;
};

} // namespace caf::aiomas::detail
