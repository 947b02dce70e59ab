#include "caf/aiomas/detail/convert_support.hpp"

#include "caf/aiomas/detail/float_repr.hpp"

#include <algorithm>
#include <cmath>

namespace caf::aiomas::detail {

namespace {

std::string size_text(size_t size) {
  return "a list of " + std::to_string(size);
}

fault out_of_range(const std::string& min, const std::string& max,
                   const value& got) {
  return {errc::type_error, "expected an integer from " + min + " to " + max
                              + ", got " + to_string(got)};
}

} // namespace

std::string_view kind_name(const value& x) noexcept {
  return x.is_null() ? "None" : python_type_name(x);
}

fault type_mismatch(std::string_view expected, const value& got) {
  std::string text = "expected ";
  text.append(expected).append(", got ").append(kind_name(got));
  return {errc::type_error, std::move(text)};
}

fault size_mismatch(size_t expected, size_t got) {
  return {errc::type_error,
          "expected " + size_text(expected) + ", got " + size_text(got)};
}

fault at_element(size_t index, fault what) {
  what.text.insert(0, "element " + std::to_string(index) + ": ");
  return what;
}

fault at_key(const value& key, fault what) {
  what.text.insert(0, "key " + to_string(key) + ": ");
  return what;
}

fault no_alternative(std::vector<fault> reasons) {
  std::string text;
  for (auto i = reasons.begin(); i != reasons.end(); ++i) {
    auto is_same = [i](const fault& x) { return x.text == i->text; };
    if (std::none_of(reasons.begin(), i, is_same))
      text.append(text.empty() ? "" : "; or ").append(i->text);
  }
  return {errc::type_error, std::move(text)};
}

outcome<int64_t> to_signed(const value& x, int64_t min, int64_t max) {
  if (!x.is_integer())
    return type_mismatch("int", x);
  if (auto i = x.get_if<int64_t>(); i != nullptr && *i >= min && *i <= max)
    return *i;
  return out_of_range(std::to_string(min), std::to_string(max), x);
}

outcome<uint64_t> to_unsigned(const value& x, uint64_t max) {
  if (!x.is_integer())
    return type_mismatch("int", x);
  if (auto i = x.get_if<uint64_t>(); i != nullptr && *i <= max)
    return *i;
  if (auto i = x.get_if<int64_t>();
      i != nullptr && *i >= 0 && static_cast<uint64_t>(*i) <= max)
    return static_cast<uint64_t>(*i);
  return out_of_range("0", std::to_string(max), x);
}

outcome<double> to_double(const value& x, double max) {
  if (auto i = x.get_if<int64_t>())
    return static_cast<double>(*i);
  if (auto i = x.get_if<uint64_t>())
    return static_cast<double>(*i);
  auto d = x.get_if<double>();
  if (d == nullptr)
    return type_mismatch("float", x);
  if (std::isfinite(*d) && std::abs(*d) > max) {
    auto bound = std::string{float_repr{max}.view()};
    return fault{errc::type_error, "expected a float from -" + bound + " to "
                                     + bound + ", got " + to_string(x)};
  }
  return *d;
}

outcome<list> to_list(value x, size_t size) {
  auto xs = x.get_if<list>();
  if (xs == nullptr)
    return type_mismatch(size_text(size), x);
  if (xs->size() != size)
    return size_mismatch(size, xs->size());
  return std::move(*xs);
}

} // namespace caf::aiomas::detail
