#include "caf/aiomas/codec/plain.hpp"

#include "caf/aiomas/codec/capped_limits.hpp"
#include "caf/aiomas/codec/hashable.hpp"
#include "caf/aiomas/codec/value_builder.hpp"
#include "caf/aiomas/detail/utf8.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace caf::aiomas {

namespace {

bool is_utf8(std::string_view text) {
  return detail::utf8_valid_prefix(text) == text.size();
}

constexpr const char* not_utf8 = "string is not valid UTF-8";

// -- to plain -----------------------------------------------------------------

/// Copies values. Objects and what cannot be sent end with a fault.
class plain_maker {
public:
  explicit plain_maker(const codec& how)
    : types_(how.types()),
      max_nesting_(detail::capped(how.limits()).max_nesting) {
    // nop
  }

  // Copies `x`, which stands inside of `depth` containers.
  outcome<value> copy(const value& x, size_t depth) const {
    switch (x.type()) {
      case value::kind::string:
        if (!is_utf8(*x.get_if<std::string_view>()))
          return failure(not_utf8);
        return x;
      case value::kind::list:
        return copy_list(*x.get_if<list>(), depth + 1);
      case value::kind::dict:
        return copy_dict(*x.get_if<dict>(), depth + 1);
      case value::kind::tagged:
        return copy_tagged(*x.get_if<tagged>(), depth + 2);
      case value::kind::object: {
        auto pair = types_.serialize(*x.get_if<object>());
        if (!pair)
          return std::move(pair).error();
        return copy_tagged(*pair, depth + 2);
      }
      default:
        return x;
    }
  }

private:
  static fault failure(std::string text) {
    return {errc::serialization_error, std::move(text)};
  }

  std::optional<fault> check_nesting(size_t depth) const {
    if (depth <= max_nesting_)
      return std::nullopt;
    return failure("nested deeper than " + std::to_string(max_nesting_));
  }

  outcome<value> copy_list(const list& xs, size_t depth) const {
    if (auto problem = check_nesting(depth))
      return *std::move(problem);
    list result;
    result.reserve(xs.size());
    for (auto& x : xs) {
      auto element = copy(x, depth);
      if (!element)
        return element;
      result.push_back(*std::move(element));
    }
    return value{std::move(result)};
  }

  outcome<value> copy_dict(const dict& xs, size_t depth) const {
    if (auto problem = check_nesting(depth))
      return *std::move(problem);
    if (auto checked = types_.check_keys(xs); !checked)
      return std::move(checked).error();
    std::vector<dict::entry> result;
    result.reserve(xs.size());
    for (auto& entry : xs) {
      auto key = copy(entry.first, depth);
      if (!key)
        return key;
      if (!detail::is_hashable(*key))
        return failure(detail::not_hashable);
      auto element = copy(entry.second, depth);
      if (!element)
        return element;
      result.emplace_back(*std::move(key), *std::move(element));
    }
    return value{dict::from_entries(std::move(result))};
  }

  outcome<value> copy_tagged(const tagged& x, size_t depth) const {
    if (auto problem = check_nesting(depth))
      return *std::move(problem);
    auto content = copy(x.content, depth);
    if (!content)
      return content;
    return value{dict{{"__type__", list{x.type_id, *std::move(content)}}}};
  }

  const serializers& types_;
  size_t max_nesting_;
};

// -- from plain ---------------------------------------------------------------

/// Walks a value as a parser would its text.
class walker {
public:
  explicit walker(const codec& how) {
    builder_.reset(detail::value_builder::target::value, how.types(),
                   detail::capped(how.limits()));
  }

  outcome<value> run(const value& x) {
    std::optional<fault> error;
    if (!walk(x))
      error = fault{errc::deserialization_error, builder_.failure().text};
    return builder_.finish_value(std::move(error));
  }

private:
  bool walk(const value& x) {
    switch (x.type()) {
      case value::kind::null:
        return builder_.on_null();
      case value::kind::boolean:
        return builder_.on_bool(*x.get_if<bool>());
      case value::kind::integer:
        return builder_.on_number(*x.get_if<int64_t>());
      case value::kind::uinteger:
        return builder_.on_number(*x.get_if<uint64_t>());
      case value::kind::floating:
        return builder_.on_number(*x.get_if<double>());
      case value::kind::string: {
        auto text = *x.get_if<std::string_view>();
        return is_utf8(text) ? builder_.on_string(text)
                             : builder_.refuse("str", not_utf8);
      }
      case value::kind::bytes:
        return builder_.on_bytes(*x.get_if<std::span<const std::byte>>());
      case value::kind::extension: {
        auto& ext = *x.get_if<extension>();
        return builder_.on_extension(ext.code, ext.data);
      }
      case value::kind::list:
        return walk_list(*x.get_if<list>());
      case value::kind::dict:
        return walk_dict(*x.get_if<dict>());
      case value::kind::tagged:
      case value::kind::object:
        break;
    }
    return builder_.refuse("object", "an object, which is not plain");
  }

  bool walk_list(const list& xs) {
    if (!builder_.on_list_begin())
      return false;
    for (auto& x : xs)
      if (!walk(x))
        return false;
    return builder_.on_list_end(xs.size());
  }

  bool walk_dict(const dict& xs) {
    if (!builder_.on_dict_begin())
      return false;
    for (auto& [key, x] : xs)
      if (!walk(key) || !builder_.on_key_end() || !walk(x))
        return false;
    return builder_.on_dict_end(xs.size());
  }

  detail::value_builder builder_;
};

} // namespace

outcome<value> to_plain(const value& x, const codec& how) {
  return plain_maker{how}.copy(x, 0);
}

outcome<value> from_plain(const value& x, const codec& how) {
  return walker{how}.run(x);
}

} // namespace caf::aiomas
