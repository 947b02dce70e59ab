#pragma once

#include <cstdint>
#include <string_view>
#include <variant>

namespace caf::aiomas::detail {

/// A number, or what is wrong with its text.
using json_number = std::variant<int64_t, uint64_t, double, const char*>;

/// Reads the text of a number, which may also be `NaN`, `Infinity` or
/// `-Infinity`. Only what has a point or an exponent is a `double`.
json_number parse_json_number(std::string_view text);

/// Says why a number is too big of which no more is known than where in a text
/// terminated by NUL it begins.
const char* why_too_big(const char* number);

/// Returns whether there is a surrogate in text that was valid UTF-8 before its
/// escapes were replaced: they are the only way for one to get there.
bool has_surrogate(std::string_view text) noexcept;

} // namespace caf::aiomas::detail
