#include "caf/aiomas/serializable.hpp"

#include "caf/aiomas/detail/type_name.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

namespace {

// A peer may send keys of any kind and length.
std::string shown(const value& key) {
  constexpr size_t max_length = 64;
  auto text = key.get_if<std::string_view>();
  if (text && text->size() > max_length)
    return to_string(value{text->substr(0, max_length)}) + "...";
  if (text || key.is_integer())
    return to_string(key);
  return python_type_name(key);
}

bool is_known(std::span<const std::string_view> names, const value& key) {
  auto text = key.get_if<std::string_view>();
  return text && std::find(names.begin(), names.end(), *text) != names.end();
}

} // namespace

outcome<void> check_members(const std::type_info& type,
                            std::span<const std::string_view> names,
                            const dict& got) {
  auto wrong = [&type](const std::string& why) {
    return fault{errc::type_error, unqualified_type_name(type) + why};
  };
  for (auto& [key, x] : got)
    if (!is_known(names, key))
      return wrong(" has no member " + shown(key));
  if (got.size() == names.size())
    return {};
  std::string missing;
  for (auto& name : names)
    if (!got.contains(name))
      missing.append(missing.empty() ? " '" : ", '").append(name).append("'");
  return wrong(" lacks" + missing);
}

fault at_member(const std::type_info& type, std::string_view name, fault what) {
  what.text
    = unqualified_type_name(type) + "." + std::string{name} + ": " + what.text;
  return what;
}

fault wrong_object(const std::type_info& expected, const value& got) {
  auto name = unqualified_type_name(expected);
  if (auto what = got.get_if<object>())
    return {errc::type_error, "expected " + name + ", got "
                                + unqualified_type_name(what->type())};
  return type_mismatch(name, got);
}

std::string render_call(const std::type_info& type,
                        std::span<const std::string_view> names,
                        const std::vector<std::string>& args) {
  auto result = unqualified_type_name(type) + "(";
  for (size_t i = 0; i < names.size(); ++i) {
    result.append(i == 0 ? "" : ", ").append(names[i]);
    result.append("=").append(args[i]);
  }
  return result + ")";
}

} // namespace caf::aiomas::detail
