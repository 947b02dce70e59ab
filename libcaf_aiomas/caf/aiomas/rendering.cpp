#include "caf/aiomas/rendering.hpp"

#include "caf/aiomas/detail/hex.hpp"
#include "caf/aiomas/detail/type_name.hpp"
#include "caf/aiomas/value_json.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace caf::aiomas {

namespace {

using json = nlohmann::ordered_json;

// -- rendering ----------------------------------------------------------------

json with_key(const char* key, json x) {
  auto result = json::object();
  result[key] = std::move(x);
  return result;
}

bool is_reserved(std::string_view key) {
  constexpr std::string_view names[]
    = {"$bytes", "$float", "$map", "$object", "$ext"};
  return std::find(std::begin(names), std::end(names), key) != std::end(names);
}

// Whether `xs` would be taken for something else if it were shown as it is.
bool looks_special(const dict& xs) {
  if (xs.size() != 1)
    return false;
  auto key = xs.begin()->first.get_if<std::string_view>();
  return key && is_reserved(*key);
}

json render_dict(const dict& xs) {
  auto is_text
    = [](auto& entry) { return entry.first.type() == value::kind::string; };
  if (looks_special(xs) || !std::all_of(xs.begin(), xs.end(), is_text)) {
    auto pairs = json::array();
    for (auto& [key, x] : xs)
      pairs.push_back(json::array({render(key), render(x)}));
    return with_key("$map", std::move(pairs));
  }
  json::object_t result;
  for (auto& [key, x] : xs)
    result.emplace_back(*key.get_if<std::string_view>(), render(x));
  return json(std::move(result));
}

json render_float(double x) {
  if (std::isfinite(x))
    return x;
  return with_key("$float", std::isnan(x) ? "nan" : x < 0 ? "-inf" : "inf");
}

// -- the way back -------------------------------------------------------------

fault malformed(const char* key) {
  return {errc::deserialization_error,
          std::string{"malformed content of \""} + key + '"'};
}

// Reads hexadecimal digits, for `key`.
outcome<byte_buffer> unrender_digits(const char* key, const json& x) {
  if (!x.is_string() || x.get_ref<const std::string&>().size() % 2 != 0)
    return malformed(key);
  auto& text = x.get_ref<const std::string&>();
  byte_buffer result;
  result.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    auto high = detail::hex_digit(text[i]);
    auto low = detail::hex_digit(text[i + 1]);
    if (high < 0 || low < 0)
      return malformed(key);
    result.push_back(static_cast<std::byte>(16 * high + low));
  }
  return result;
}

outcome<value> unrender_bytes(const json& x) {
  auto bytes = unrender_digits("$bytes", x);
  if (!bytes)
    return std::move(bytes).error();
  return value{*std::move(bytes)};
}

outcome<value> unrender_extension(const json& x) {
  constexpr const char* key = "$ext";
  if (!x.is_array() || x.size() != 2 || !x[0].is_number_integer())
    return malformed(key);
  auto code = from_json(x[0]);
  auto number = code.get_if<int64_t>();
  if (number == nullptr || *number < INT8_MIN || *number > INT8_MAX)
    return malformed(key);
  auto bytes = unrender_digits(key, x[1]);
  if (!bytes)
    return std::move(bytes).error();
  return value{extension{static_cast<int8_t>(*number), *std::move(bytes)}};
}

outcome<value> unrender_float(const json& x) {
  using limits = std::numeric_limits<double>;
  if (x == "nan")
    return value{limits::quiet_NaN()};
  if (x == "inf")
    return value{limits::infinity()};
  if (x == "-inf")
    return value{-limits::infinity()};
  return malformed("$float");
}

outcome<value> unrender_map(const json& x) {
  if (!x.is_array())
    return malformed("$map");
  std::vector<dict::entry> entries;
  for (auto& pair : x) {
    if (!pair.is_array() || pair.size() != 2)
      return malformed("$map");
    auto key = unrender(pair[0]);
    if (!key)
      return key;
    auto content = unrender(pair[1]);
    if (!content)
      return content;
    entries.emplace_back(*std::move(key), *std::move(content));
  }
  return value{dict::from_entries(std::move(entries))};
}

// Whether `x` is what stands for an object.
bool is_tagged(const json& x) {
  if (!x.is_array() || x.size() != 2 || !x[0].is_number_integer())
    return false;
  return !x[0].is_number_unsigned()
         || x[0].get<uint64_t>() <= static_cast<uint64_t>(INT64_MAX);
}

outcome<value> unrender_tagged(const json& x) {
  auto content = unrender(x[1]);
  if (!content)
    return content;
  return value{tagged{x[0].get<int64_t>(), *std::move(content)}};
}

outcome<value> unrender_special(const std::string& key, const json& x) {
  if (key == "$bytes")
    return unrender_bytes(x);
  if (key == "$float")
    return unrender_float(x);
  if (key == "$map")
    return unrender_map(x);
  if (key == "$ext")
    return unrender_extension(x);
  return fault{errc::deserialization_error, "cannot read \"" + key + '"'};
}

outcome<value> unrender_dict(const json& x) {
  if (x.size() == 1) {
    auto& key = x.begin().key();
    if (is_reserved(key))
      return unrender_special(key, x.front());
    if (key == "__type__" && is_tagged(x.front()))
      return unrender_tagged(x.front());
  }
  std::vector<dict::entry> entries;
  entries.reserve(x.size());
  for (auto& [key, element] : x.items()) {
    auto content = unrender(element);
    if (!content)
      return content;
    entries.emplace_back(key, *std::move(content));
  }
  return value{dict::from_entries(std::move(entries))};
}

} // namespace

json render(const value& x) {
  switch (x.type()) {
    case value::kind::floating:
      return render_float(*x.get_if<double>());
    case value::kind::bytes:
      return with_key("$bytes",
                      detail::to_hex(*x.get_if<std::span<const std::byte>>()));
    case value::kind::list: {
      auto result = json::array();
      for (auto& element : *x.get_if<list>())
        result.push_back(render(element));
      return result;
    }
    case value::kind::dict:
      return render_dict(*x.get_if<dict>());
    case value::kind::tagged: {
      auto content = x.get_if<tagged>();
      return with_key(
        "__type__", json::array({content->type_id, render(content->content)}));
    }
    case value::kind::extension: {
      auto content = x.get_if<extension>();
      return with_key(
        "$ext", json::array({content->code, detail::to_hex(content->data)}));
    }
    case value::kind::object:
      return with_key("$object", detail::type_name(x.get_if<object>()->type()));
    default: // JSON has all others
      return *to_ordered_json(x);
  }
}

outcome<value> unrender(const json& x) {
  if (x.is_object())
    return unrender_dict(x);
  if (!x.is_array())
    return from_json(x);
  list result;
  result.reserve(x.size());
  for (auto& element : x) {
    auto content = unrender(element);
    if (!content)
      return content;
    result.push_back(*std::move(content));
  }
  return value{std::move(result)};
}

} // namespace caf::aiomas
