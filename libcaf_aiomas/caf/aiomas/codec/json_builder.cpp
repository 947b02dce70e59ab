#include "caf/aiomas/codec/json_builder.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

namespace caf::aiomas::detail {

namespace {

constexpr std::string_view type_key = "__type__";

// Of the values on the stack, how many may cost memory while nothing is read.
constexpr size_t max_kept = 4096;

// Escapes are the only way for surrogates to get into text that was checked.
bool has_surrogate(std::string_view text) noexcept {
  for (auto i = text.find('\xED'); i != text.npos; i = text.find('\xED', i + 1))
    if (i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) > 0x9F)
      return true;
  return false;
}

// Returns the decimal exponent of a number's first digit that is not 0. Only
// called for numbers which are far out of range.
long magnitude(std::string_view text) {
  auto mark = std::min(text.find_first_of("eE"), text.size());
  auto digits = text.substr(0, mark);
  auto point = std::min(digits.find('.'), mark);
  auto first = std::min(digits.find_first_of("123456789"), mark);
  auto result = static_cast<long>(point) - static_cast<long>(first);
  long exponent = 0;
  if (mark < text.size()) {
    auto begin = text.data() + mark + (text[mark + 1] == '+' ? 2 : 1);
    auto end = text.data() + text.size();
    if (std::from_chars(begin, end, exponent).ec != std::errc{})
      return *begin == '-' ? -1 : 1;
  }
  return result + exponent;
}

// As in Python, everything that equals an integer is a type id.
std::optional<int64_t> integer_like(const value& x) noexcept {
  if (auto i = x.get_if<int64_t>())
    return *i;
  if (auto b = x.get_if<bool>())
    return *b ? 1 : 0;
  if (auto d = x.get_if<double>();
      d != nullptr && std::trunc(*d) == *d && std::abs(*d) < 0x1p63)
    return static_cast<int64_t>(*d);
  return std::nullopt;
}

// Returns the two elements of a list of two, null for all other values.
list* pair_or_null(value& x) noexcept {
  auto xs = x.get_if<list>();
  return xs != nullptr && xs->size() == 2 ? xs : nullptr;
}

// Of equal keys, the last one counts.
value* find_type_key(dict::entry* first, dict::entry* last) noexcept {
  while (first != last) {
    --last;
    auto text = last->first.get_if<std::string>();
    if (text != nullptr && *text == type_key)
      return &last->second;
  }
  return nullptr;
}

} // namespace

void json_builder::reset(target what, const serializers& types,
                         const codec_limits& limits) {
  clear();
  depth_ = 0;
  base_ = what == target::message ? 1 : 0;
  triple_size_ = 0;
  escapes_ = false;
  not_a_triple_ = false;
  types_ = &types;
  limits_ = limits;
  failure_ = {};
}

void json_builder::clear() {
  stack_.clear();
  if (stack_.capacity() > max_kept)
    stack_.shrink_to_fit();
}

// -- events -------------------------------------------------------------------

bool json_builder::on_null() {
  if (!begin_value("None"))
    return false;
  stack_.emplace_back();
  end_value();
  return true;
}

bool json_builder::on_bool(bool x) {
  if (!begin_value("bool"))
    return false;
  stack_.emplace_back(x);
  end_value();
  return true;
}

bool json_builder::on_number(std::string_view text) {
  if (!begin_value("a number"))
    return false;
  auto end = text.data() + text.size();
  int64_t x = 0;
  auto parsed = std::from_chars(text.data(), end, x);
  if (parsed.ec == std::errc{} && parsed.ptr == end)
    stack_.emplace_back(x);
  else if (!push_other_number(text))
    return false;
  end_value();
  return true;
}

bool json_builder::on_string(std::string_view text) {
  if (!begin_value("str") || !push_text(text))
    return false;
  end_value();
  return true;
}

bool json_builder::on_key(std::string_view text) {
  return push_text(text);
}

bool json_builder::on_list_begin() {
  if (depth_ < base_) { // the triple
    ++depth_;
    return true;
  }
  return begin_container("list");
}

bool json_builder::on_list_end(size_t size) {
  if (depth_-- == base_ && base_ > 0)
    return size == 3 || refuse_shape("a list of " + std::to_string(size));
  auto first = stack_.end() - static_cast<ptrdiff_t>(size);
  list xs{std::make_move_iterator(first),
          std::make_move_iterator(stack_.end())};
  stack_.erase(first, stack_.end());
  stack_.emplace_back(std::move(xs));
  end_value();
  return true;
}

bool json_builder::on_dict_begin() {
  return begin_container("dict");
}

bool json_builder::on_dict_end(size_t size) {
  --depth_;
  if (!push_dict(size))
    return false;
  end_value();
  return true;
}

// -- results ------------------------------------------------------------------

value json_builder::take_value() {
  return std::move(stack_.back());
}

std::optional<decoded_message::header> json_builder::take_head() {
  if (triple_size_ < 2)
    return std::nullopt;
  return decoded_message::header{std::move(stack_[0]), std::move(stack_[1])};
}

value json_builder::take_content() {
  return std::move(stack_.back());
}

// -- building -----------------------------------------------------------------

bool json_builder::fail(std::string text) {
  failure_ = fault{errc::deserialization_error, std::move(text)};
  return false;
}

bool json_builder::refuse_shape(const std::string& got) {
  not_a_triple_ = true;
  return fail("expected a list of type, id and content, got " + got);
}

inline bool json_builder::begin_value(const char* type_name) {
  return depth_ > 1 || base_ == 0 || begin_in_message(type_name);
}

bool json_builder::begin_in_message(const char* type_name) {
  if (depth_ == 0)
    return refuse_shape(type_name);
  return triple_size_ < 3 || refuse_shape("a list of more than 3");
}

bool json_builder::begin_container(const char* type_name) {
  if (!begin_value(type_name))
    return false;
  if (depth_ - base_ >= limits_.max_nesting)
    return fail("nested deeper than " + std::to_string(limits_.max_nesting));
  ++depth_;
  return true;
}

inline void json_builder::end_value() {
  if (depth_ == base_)
    ++triple_size_;
}

bool json_builder::push_text(std::string_view text) {
  if (escapes_ && has_surrogate(text))
    return fail("lone surrogate in a string");
  stack_.emplace_back(text);
  return true;
}

// Handles numbers which are not of type int64_t.
bool json_builder::push_other_number(std::string_view text) {
  constexpr auto infinity = std::numeric_limits<double>::infinity();
  if (text == "NaN")
    return stack_.emplace_back(std::numeric_limits<double>::quiet_NaN()), true;
  if (text == "Infinity")
    return stack_.emplace_back(infinity), true;
  if (text == "-Infinity")
    return stack_.emplace_back(-infinity), true;
  if (text.find_first_of("NI") != text.npos)
    return fail("invalid number");
  auto end = text.data() + text.size();
  if (text.find_first_of(".eE") == text.npos) {
    uint64_t x = 0;
    auto parsed = std::from_chars(text.data(), end, x);
    if (parsed.ec != std::errc{} || parsed.ptr != end)
      return fail("integer does not fit into 64 bits");
    stack_.emplace_back(x);
    return true;
  }
  double x = 0;
  auto parsed = std::from_chars(text.data(), end, x);
  if (parsed.ec == std::errc::result_out_of_range) {
    if (magnitude(text.substr(text[0] == '-' ? 1 : 0)) > 0)
      return fail("number is beyond the range of a float");
    x = text[0] == '-' ? -0.0 : 0.0;
  }
  if (std::isinf(x))
    return fail("number is beyond the range of a float");
  stack_.emplace_back(x);
  return true;
}

bool json_builder::push_dict(size_t size) {
  auto first = stack_.end() - static_cast<ptrdiff_t>(2 * size);
  std::vector<dict::entry> entries;
  entries.reserve(size);
  for (auto i = first; i != stack_.end(); i += 2)
    entries.emplace_back(std::move(i[0]), std::move(i[1]));
  stack_.erase(first, stack_.end());
  auto end = entries.data() + entries.size();
  if (auto x = find_type_key(entries.data(), end)) {
    if (types_->how() == serializers::mode::resolve)
      return resolve(*x);
    auto xs = pair_or_null(*x);
    auto id = xs != nullptr ? (*xs)[0].get_if<int64_t>() : nullptr;
    auto is_only_key
      = [](const dict::entry& entry) { return entry.first == value{type_key}; };
    if (id != nullptr
        && std::all_of(entries.begin(), entries.end(), is_only_key)) {
      stack_.emplace_back(tagged{*id, std::move((*xs)[1])});
      return true;
    }
  }
  stack_.emplace_back(dict::from_entries(std::move(entries)));
  return true;
}

bool json_builder::resolve(value& pair) {
  auto xs = pair_or_null(pair);
  auto id = xs != nullptr ? integer_like((*xs)[0]) : std::nullopt;
  if (!id)
    return fail("\"__type__\" needs a list of a type id and an object");
  auto x = types_->deserialize(tagged{*id, std::move((*xs)[1])});
  if (!x)
    return fail(std::move(x.error().text));
  stack_.emplace_back(*std::move(x));
  return true;
}

} // namespace caf::aiomas::detail
