#include "caf/aiomas/value_json.hpp"

#include "caf/aiomas/detail/json_key.hpp"

#include <algorithm>

namespace caf::aiomas {

namespace {

// -- from JSON ----------------------------------------------------------------

byte_buffer to_bytes(const std::vector<uint8_t>& xs) {
  auto first = reinterpret_cast<const std::byte*>(xs.data());
  return {first, first + xs.size()};
}

template <class Json>
value read(const Json& x) {
  using kind = nlohmann::detail::value_t;
  switch (x.type()) {
    case kind::boolean:
      return x.template get<bool>();
    case kind::number_integer:
      return x.template get<int64_t>();
    case kind::number_unsigned:
      return x.template get<uint64_t>();
    case kind::number_float:
      return x.template get<double>();
    case kind::string:
      return x.template get_ref<const std::string&>();
    case kind::binary: {
      auto& bytes = x.get_binary();
      if (bytes.has_subtype() && bytes.subtype() <= UINT8_MAX)
        return extension{static_cast<int8_t>(bytes.subtype()), to_bytes(bytes)};
      return to_bytes(bytes);
    }
    case kind::array: {
      list xs;
      xs.reserve(x.size());
      for (auto& element : x)
        xs.push_back(read(element));
      return xs;
    }
    case kind::object: {
      std::vector<dict::entry> entries;
      entries.reserve(x.size());
      for (auto& [key, element] : x.items())
        entries.emplace_back(key, read(element));
      return dict::from_entries(std::move(entries));
    }
    case kind::null:
    case kind::discarded:
      break;
  }
  return {};
}

// -- to JSON ------------------------------------------------------------------

// Adds to an object in linear time, which `operator[]` of an ordered one does
// not. The caller sees to it that keys are unique.
void add(nlohmann::json::object_t& xs, const std::string& key,
         nlohmann::json x) {
  xs.emplace(key, std::move(x));
}

void add(nlohmann::ordered_json::object_t& xs, const std::string& key,
         nlohmann::ordered_json x) {
  xs.emplace_back(key, std::move(x));
}

// Returns what `xs` is with strings for keys.
outcome<dict> with_text_keys(const dict& xs) {
  std::vector<dict::entry> entries;
  entries.reserve(xs.size());
  for (auto& [key, x] : xs) {
    auto text = detail::json_key(key);
    if (!text)
      return fault{errc::serialization_error, detail::json_key_error(key)};
    entries.emplace_back(*std::move(text), x);
  }
  return dict::from_entries(std::move(entries));
}

std::vector<uint8_t> to_octets(std::span<const std::byte> xs) {
  auto first = reinterpret_cast<const uint8_t*>(xs.data());
  return {first, first + xs.size()};
}

template <class Json>
struct json_maker {
  outcome<Json> operator()(null_t) {
    return Json(nullptr);
  }

  template <class T>
    requires std::is_arithmetic_v<T> outcome<Json>
  operator()(T x) {
    return Json(x);
  }

  outcome<Json> operator()(std::string_view x) {
    return Json(x);
  }

  outcome<Json> operator()(std::span<const std::byte> x) {
    return Json::binary(to_octets(x));
  }

  outcome<Json> operator()(const extension& x) {
    return Json::binary(to_octets(x.data), static_cast<uint8_t>(x.code));
  }

  outcome<Json> operator()(const list& xs) {
    auto result = Json::array();
    for (auto& x : xs) {
      auto element = x.visit(*this);
      if (!element)
        return element;
      result.push_back(*std::move(element));
    }
    return result;
  }

  outcome<Json> operator()(const dict& xs) {
    auto is_text
      = [](auto& entry) { return entry.first.type() == value::kind::string; };
    if (!std::all_of(xs.begin(), xs.end(), is_text)) {
      auto copy = with_text_keys(xs);
      return copy ? (*this)(*copy) : outcome<Json>{std::move(copy).error()};
    }
    typename Json::object_t result;
    for (auto& [key, x] : xs) {
      auto element = x.visit(*this);
      if (!element)
        return element;
      add(result, *key.template get_if<std::string>(), *std::move(element));
    }
    return Json(std::move(result));
  }

  outcome<Json> operator()(const tagged& x) {
    auto content = x.content.visit(*this);
    if (!content)
      return content;
    auto pair = Json::array();
    pair.push_back(x.type_id);
    pair.push_back(*std::move(content));
    auto result = Json::object();
    result["__type__"] = std::move(pair);
    return result;
  }

  outcome<Json> operator()(const object&) {
    return fault{errc::serialization_error, "an object has no JSON form"};
  }
};

} // namespace

value from_json(const nlohmann::json& x) {
  return read(x);
}

value from_json(const nlohmann::ordered_json& x) {
  return read(x);
}

outcome<nlohmann::json> to_json(const value& x) {
  return x.visit(json_maker<nlohmann::json>{});
}

outcome<nlohmann::ordered_json> to_ordered_json(const value& x) {
  return x.visit(json_maker<nlohmann::ordered_json>{});
}

} // namespace caf::aiomas
