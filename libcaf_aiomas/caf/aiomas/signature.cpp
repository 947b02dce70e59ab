#include "caf/aiomas/signature.hpp"

#include <algorithm>
#include <cmath>
#include <functional>
#include <stdexcept>
#include <type_traits>

namespace caf::aiomas {

namespace {

/// Whether values that equal `x` are no different.
bool is_plain_value(const value& x) {
  return x.visit([](const auto& content) {
    using type = std::decay_t<decltype(content)>;
    if constexpr (std::is_same_v<type, double>)
      return !std::isnan(content) && !(content == 0 && std::signbit(content));
    else if constexpr (std::is_same_v<type, list> || std::is_same_v<type, dict>)
      return content.empty();
    else
      return std::is_arithmetic_v<
               type> || std::is_same_v<type, null_t> || std::is_same_v<type, std::string_view>;
  });
}

/// Hashes a value that is plain.
size_t hash_of(const value& x) {
  return x.visit([](const auto& content) -> size_t {
    using type = std::decay_t<decltype(content)>;
    if constexpr (std::is_arithmetic_v<
                    type> || std::is_same_v<type, std::string_view>)
      return std::hash<type>{}(content);
    else
      return 0;
  });
}

} // namespace

signature::signature(std::string function, std::vector<std::string_view> types,
                     std::vector<parameter> named)
  : function_(std::move(function)) {
  if (named.size() > types.size())
    throw std::invalid_argument(function_ + ": " + std::to_string(named.size())
                                + " parameters are named, but it takes "
                                + std::to_string(types.size()));
  for (size_t i = 0; i < types.size(); ++i) {
    slot next;
    next.type = types[i];
    if (i < named.size()) {
      next.name = named[i].name();
      next.fallback = named[i].fallback();
      next.keyword_only = named[i].is_keyword_only();
    }
    slots_.push_back(std::move(next));
  }
}

size_t signature::positional() const noexcept {
  return static_cast<size_t>(
    std::count_if(slots_.begin(), slots_.end(),
                  [](const slot& x) { return !x.keyword_only; }));
}

bool signature::is_plain() const noexcept {
  return std::all_of(slots_.begin(), slots_.end(), [](const slot& x) {
    return !x.fallback || is_plain_value(*x.fallback);
  });
}

size_t signature::hash() const noexcept {
  std::hash<std::string> hash_text;
  auto result = hash_text(function_);
  auto add = [&result](size_t x) { result = result * 31 + x; };
  for (auto& x : slots_) {
    add(hash_text(x.name));
    if (x.fallback)
      add(hash_of(*x.fallback));
  }
  return result;
}

fault signature::wrong(std::string what) const {
  return {errc::type_error,
          function_ + "() " + std::move(what) + ": " + to_string(*this)};
}

outcome<void> signature::bind(arguments& from, std::span<value> into) const {
  // Nearly every call passes everything by position.
  if (from.kwargs.empty() && from.args.size() == slots_.size()
      && positional() == slots_.size()) {
    std::move(from.args.begin(), from.args.end(), into.begin());
    return {};
  }
  if (auto n = positional(); from.args.size() > n)
    return wrong("takes " + std::to_string(n) + " positional argument"
                 + (n == 1 ? "" : "s") + " but "
                 + std::to_string(from.args.size())
                 + (from.args.size() == 1 ? " was given" : " were given"));
  std::vector<bool> given(slots_.size(), false);
  size_t next = 0;
  for (auto& x : from.args) {
    while (slots_[next].keyword_only)
      ++next;
    given[next] = true;
    into[next++] = std::move(x);
  }
  if (auto bound = bind_keywords(from.kwargs, into, given); !bound)
    return bound;
  for (size_t i = 0; i < slots_.size(); ++i) {
    if (given[i])
      continue;
    auto& missing = slots_[i];
    if (missing.fallback)
      into[i] = *missing.fallback;
    else if (missing.keyword_only)
      return wrong("missing a required keyword-only argument: '" + missing.name
                   + "'");
    else
      return wrong("missing a required positional argument"
                   + (missing.name.empty()
                        ? " at position " + std::to_string(i + 1)
                        : ": '" + missing.name + "'"));
  }
  return {};
}

outcome<void> signature::bind_keywords(dict& from, std::span<value> into,
                                       std::vector<bool>& given) const {
  for (auto& [key, x] : from) {
    auto name = key.get_if<std::string_view>();
    if (!name)
      return wrong("keywords must be strings");
    auto i = std::find_if(slots_.begin(), slots_.end(), [name](const slot& s) {
      return !s.name.empty() && s.name == *name;
    });
    if (i == slots_.end())
      return wrong("got an unexpected keyword argument '" + std::string{*name}
                   + "'");
    auto index = static_cast<size_t>(i - slots_.begin());
    if (given[index])
      return wrong("got multiple values for argument '" + std::string{*name}
                   + "'");
    given[index] = true;
    into[index] = std::move(x);
  }
  return {};
}

fault signature::wrong_argument(size_t index, const fault& why) const {
  auto& bad = slots_[index];
  auto which
    = bad.name.empty() ? std::to_string(index + 1) : "'" + bad.name + "'";
  return wrong("argument " + which + ": " + why.text);
}

std::string to_string(const signature& x) {
  auto result = x.function() + "(";
  auto star = false;
  auto separator = "";
  for (auto& part : x.slots_) {
    result += std::exchange(separator, ", ");
    if (part.keyword_only && !std::exchange(star, true))
      result += "*, ";
    if (part.name.empty())
      result += part.type;
    else
      result.append(part.name).append(": ").append(part.type);
    if (part.fallback)
      result.append(" = ").append(to_string(*part.fallback));
  }
  return result + ")";
}

} // namespace caf::aiomas
