#pragma once

/// Values at random, and what must be among them.

#include "caf/aiomas/value.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <functional>
#include <limits>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace random_tests {

using namespace caf::aiomas;

inline void append_utf8(std::string& out, char32_t x) {
  auto put = [&out](char32_t byte) { out += static_cast<char>(byte); };
  auto put_rest = [put](char32_t bits) { put(0x80 | (bits & 0x3F)); };
  if (x < 0x80) {
    put(x);
  } else if (x < 0x800) {
    put(0xC0 | x >> 6);
    put_rest(x);
  } else if (x < 0x10000) {
    put(0xE0 | x >> 12);
    put_rest(x >> 6);
    put_rest(x);
  } else {
    put(0xF0 | x >> 18);
    put_rest(x >> 12);
    put_rest(x >> 6);
    put_rest(x);
  }
}

/// Makes values at random, of what a codec can hold. What is special or at the
/// edge of a range comes much more often than by chance.
class generator {
public:
  generator(uint64_t seed, bool json) : random_(seed), json_(json) {
    // nop
  }

  /// Any value that stands inside of `depth` containers, most of them small.
  value any(size_t depth) {
    auto kinds = depth < max_depth ? 11u : 8u;
    switch (below(kinds)) {
      case 0:
        return nullptr;
      case 1:
        return below(2) == 0;
      case 2:
      case 3:
        return integer();
      case 4:
        return number();
      case 5:
        return text(length());
      case 6:
        if (json_)
          return text(length());
        return some_bytes(length());
      case 7:
        return json_ ? integer() : any_extension(length());
      case 8:
        return elements(below(18), depth);
      case 9:
        return any_tagged(depth);
      default:
        return entries(below(100) == 0 ? below(100) : below(10), depth);
    }
  }

  /// A value whose length takes more than 16 bits; a call after the other, each
  /// kind that has a length.
  value large() {
    auto n = (size_t{1} << 16) + below(1000);
    switch (turn_++ % (json_ ? 3 : 5)) {
      case 0:
        return text(n);
      case 1:
        return elements(n, max_depth);
      case 2:
        return entries(2 * n, max_depth); // many keys occur twice
      case 3:
        return some_bytes(n);
      default:
        return any_extension(n);
    }
  }

private:
  // As many containers inside of each other.
  static constexpr size_t max_depth = 5;

  uint64_t below(uint64_t n) {
    return random_() % n;
  }

  template <class T, size_t N>
  T one_of(const T (&xs)[N]) {
    return xs[below(N)];
  }

  // -- numbers ----------------------------------------------------------------

  value integer() {
    switch (below(4)) {
      case 0:
        return limit();
      case 1: { // where encodings get longer
        auto x = (uint64_t{1} << below(63)) + 1 - below(3);
        return below(2) == 0 ? value{x} : value{-static_cast<int64_t>(x)};
      }
      default: { // as many bits as any other number of them
        auto x = random_() >> below(64);
        return below(2) == 0 ? value{x} : value{-static_cast<int64_t>(x >> 1)};
      }
    }
  }

  value limit() {
    if (below(2) == 0)
      return one_of<uint64_t>({UINT64_MAX, UINT64_MAX - 1, uint64_t{1} << 63});
    return one_of<int64_t>({INT64_MIN, INT64_MIN + 1, INT64_MAX, -1, 0});
  }

  double with_sign(double x) {
    return below(2) == 0 ? x : std::copysign(x, -1.0);
  }

  value number() {
    constexpr auto fraction_bits = (uint64_t{1} << 52) - 1;
    constexpr auto exponent_bits = uint64_t{0x7FF} << 52;
    switch (below(7)) {
      case 0:
        return with_sign(special_number());
      case 1: // any NaN
        return std::bit_cast<double>(random_() | exponent_bits | 1);
      case 2: // any subnormal
        return with_sign(
          std::bit_cast<double>((random_() & fraction_bits) >> below(52)));
      case 3:
        return with_sign(static_cast<double>(below(1000)));
      case 4:
        return static_cast<double>(random_()) * 0x1p-64;
      case 5:
        return std::bit_cast<float>(static_cast<uint32_t>(random_()));
      default:
        return std::bit_cast<double>(random_());
    }
  }

  double special_number() {
    using limits = std::numeric_limits<double>;
    return one_of({
      0.0,
      limits::infinity(),
      limits::denorm_min(),
      limits::min(),
      std::nextafter(limits::min(), 0.0),
      limits::max(),
      limits::epsilon(),
      0.1,
      1e-4,
      std::nextafter(1e-4, 0.0),
      1e16,
      std::nextafter(1e16, 0.0),
      1e22,
      0x1p53,
      0x1p63,
      0x1p64,
    });
  }

  // -- text and bytes ---------------------------------------------------------

  size_t length() {
    return below(400) == 0 ? below(5000) : below(16);
  }

  std::string text(size_t characters) {
    std::string result;
    for (; characters > 0; --characters) {
      switch (below(8)) {
        case 0:
          result += one_of({"\"", "\\", "/", "'", "\\u0041"});
          break;
        case 1:
          append_utf8(result, one_of(edges));
          break;
        default:
          append_utf8(result, character());
      }
    }
    return result;
  }

  // The first and the last with each length, and where surrogates would be.
  static constexpr char32_t edges[]
    = {0x00,   0x1F,   0x20,   0x7F,   0x80,   0x7FF,   0x800,   0xD7FF,
       0xE000, 0xFEFF, 0x2028, 0xFFFD, 0xFFFF, 0x10000, 0x1F600, 0x10FFFF};

  // As many with one byte as with two, three or four.
  char32_t character() {
    constexpr uint64_t first[] = {0x00, 0x80, 0x800, 0x10000, 0x110000};
    auto i = below(4);
    auto result = first[i] + below(first[i + 1] - first[i]);
    auto is_surrogate = result >= 0xD800 && result < 0xE000;
    return static_cast<char32_t>(is_surrogate ? result - 0x800 : result);
  }

  byte_buffer some_bytes(size_t n) {
    byte_buffer result(n);
    for (auto& x : result)
      x = static_cast<std::byte>(random_());
    return result;
  }

  value any_extension(size_t n) {
    return extension{static_cast<int8_t>(random_()), some_bytes(n)};
  }

  // -- containers -------------------------------------------------------------

  value elements(size_t n, size_t depth) {
    list result;
    for (; n > 0; --n)
      result.push_back(any(depth + 1));
    return result;
  }

  value any_tagged(size_t depth) {
    auto id = static_cast<int64_t>(below(2) == 0 ? below(5) : random_());
    return tagged{id, any(depth + 2)};
  }

  value entries(size_t n, size_t depth) {
    std::vector<dict::entry> result;
    for (; n > 0; --n) {
      auto name = key(depth + 1);
      result.emplace_back(std::move(name), any(depth + 1));
    }
    return dict::from_entries(std::move(result));
  }

  value key(size_t depth) {
    if (json_ || below(3) == 0)
      return text(length());
    if (below(5) == 0)
      return elements(below(4), max_depth);
    auto result = any(depth);
    // Python can't hash these.
    while (result.type() == value::kind::list
           || result.type() == value::kind::dict)
      result = any(depth);
    return result;
  }

  std::mt19937_64 random_;
  bool json_;
  size_t turn_ = 0;
};

// -- what must be among them --------------------------------------------------

/// Something that a value may be or have.
struct feature {
  std::string name;
  std::function<bool(const value&)> is_in;
};

/// A `T` for which `f` is true.
template <class T, class F>
feature which(std::string name, F f) {
  return {std::move(name), [f](const value& x) {
            auto content = x.get_if<T>();
            return content && f(*content);
          }};
}

template <class T>
feature exactly(T expected) {
  auto name = to_string(value{expected});
  return which<T>(name, [expected](T x) { return x == expected; });
}

template <class F>
feature number_which(std::string name, F f) {
  return which<double>(std::move(name), f);
}

/// A character as it stands in a text.
inline feature character(char32_t expected) {
  std::string part;
  append_utf8(part, expected);
  return which<std::string_view>(
    "character " + std::to_string(uint32_t{expected}),
    [part](std::string_view x) { return x.find(part) != x.npos; });
}

/// How many bytes, elements or entries there are.
inline size_t length_of(const value& x) {
  return x.visit([]<class T>(const T& content) -> size_t {
    if constexpr (std::is_same_v<T, extension>)
      return content.data.size();
    else if constexpr (requires { content.size(); })
      return content.size();
    else
      return 0;
  });
}

inline bool is_quiet(double nan) {
  return (std::bit_cast<uint64_t>(nan) >> 51 & 1) != 0;
}

/// Looks for all that a codec must be tested with, until it has seen it.
class census {
public:
  explicit census(bool json) {
    using kind = value::kind;
    using limits = std::numeric_limits<double>;
    missing_ = {
      exactly(true),
      exactly(false),
      exactly(int64_t{0}),
      exactly(int64_t{-1}),
      exactly(INT64_MIN),
      exactly(INT64_MAX),
      exactly(uint64_t{1} << 63),
      exactly(UINT64_MAX),
      exactly(1.0),
      exactly(limits::infinity()),
      exactly(-limits::infinity()),
      exactly(limits::max()),
      exactly(limits::lowest()),
      exactly(limits::min()),
      exactly(limits::denorm_min()),
      number_which("0.0", [](double x) { return x == 0 && !std::signbit(x); }),
      number_which("-0.0", [](double x) { return x == 0 && std::signbit(x); }),
      number_which("subnormal",
                   [](double x) { return std::fpclassify(x) == FP_SUBNORMAL; }),
      number_which("quiet NaN",
                   [](double x) { return std::isnan(x) && is_quiet(x); }),
      number_which("signalling NaN",
                   [](double x) { return std::isnan(x) && !is_quiet(x); }),
      number_which("negative NaN",
                   [](double x) { return std::isnan(x) && std::signbit(x); }),
    };
    for (auto x :
         {U'\0', U'\x1F', U' ', U'"', U'\\', U'\x7F', U'\x80', U'\x7FF',
          U'\x800', U'\xD7FF', U'\xE000', U'\xFFFF', U'\x10000', U'\x10FFFF'})
      missing_.push_back(character(x));
    add_kind("null", kind::null);
    add_kind("object", kind::tagged);
    add_lengths("text", kind::string);
    add_lengths("list", kind::list);
    add_lengths("dict", kind::dict);
    if (json)
      return;
    add_lengths("bytes", kind::bytes);
    add_lengths("extension", kind::extension);
    add_key("null", kind::null);
    add_key("bool", kind::boolean);
    add_key("int", kind::integer);
    add_key("large int", kind::uinteger);
    add_key("float", kind::floating);
    add_key("text", kind::string);
    add_key("bytes", kind::bytes);
    add_key("list", kind::list);
    add_key("extension", kind::extension);
    add_key("object", kind::tagged);
  }

  /// Looks at `x` and all that is in it.
  void add(const value& x) {
    std::erase_if(missing_, [&x](const feature& y) { return y.is_in(x); });
    if (auto xs = x.get_if<list>()) {
      for (auto& y : *xs)
        add(y);
    } else if (auto ys = x.get_if<dict>()) {
      for (auto& [key, y] : *ys) {
        add(key);
        add(y);
      }
    } else if (auto y = x.get_if<tagged>()) {
      add(y->content);
    }
  }

  /// The names of what it has not seen.
  std::string missing() const {
    std::string result;
    for (auto& x : missing_)
      result += (result.empty() ? "" : ", ") + x.name;
    return result;
  }

private:
  void add_kind(std::string name, value::kind what) {
    missing_.push_back(
      {std::move(name), [what](const value& x) { return x.type() == what; }});
  }

  // None, and more than 16 bits can say.
  void add_lengths(const std::string& name, value::kind what) {
    missing_.push_back({"empty " + name, [what](const value& x) {
                          return x.type() == what && length_of(x) == 0;
                        }});
    missing_.push_back({"long " + name, [what](const value& x) {
                          return x.type() == what && length_of(x) > UINT16_MAX;
                        }});
  }

  void add_key(const std::string& name, value::kind what) {
    missing_.push_back(
      which<dict>("key of kind " + name, [what](const dict& xs) {
        return std::any_of(xs.begin(), xs.end(), [what](auto& entry) {
          return entry.first.type() == what;
        });
      }));
  }

  std::vector<feature> missing_;
};

} // namespace random_tests
