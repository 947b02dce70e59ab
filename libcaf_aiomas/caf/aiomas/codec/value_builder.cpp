#include "caf/aiomas/codec/value_builder.hpp"

#include "caf/aiomas/codec/hashable.hpp"
#include "caf/aiomas/defaults.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>

namespace caf::aiomas::detail {

namespace {

constexpr std::string_view type_key = "__type__";

// Of the values on the stack, how many may cost memory while nothing is read.
constexpr size_t max_kept = 4096;

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
    auto text = last->first.get_if<std::string_view>();
    if (text && *text == type_key)
      return &last->second;
  }
  return nullptr;
}

} // namespace

fault error_at(std::string_view what, size_t offset) {
  std::string text{what};
  text.append(" at byte ").append(std::to_string(offset));
  return {errc::deserialization_error, std::move(text)};
}

void value_builder::reset(target what, const serializers& types,
                          const codec_limits& limits) {
  clear();
  depth_ = 0;
  values_ = 0;
  base_ = what == target::message ? 1 : 0;
  triple_size_ = 0;
  not_a_triple_ = false;
  min_shared_size_ = SIZE_MAX;
  types_ = &types;
  limits_ = limits;
  failure_ = {};
}

void value_builder::share_input(const std::shared_ptr<const void>& owner,
                                size_t size) {
  if (owner == nullptr)
    return;
  owner_ = &owner;
  input_size_ = size;
  min_shared_size_ = std::max(defaults::min_shared_size, (size + 63) / 64);
}

void value_builder::clear() {
  stack_.clear();
  if (stack_.capacity() > max_kept)
    stack_.shrink_to_fit();
}

// -- events -------------------------------------------------------------------

bool value_builder::on_bytes(std::span<const std::byte> bytes) {
  if (bytes.size() >= min_shared_size_)
    return push("bytes", shared_bytes{*owner_, bytes, input_size_});
  return push("bytes", byte_buffer{bytes.begin(), bytes.end()});
}

bool value_builder::on_extension(int8_t code,
                                 std::span<const std::byte> bytes) {
  return push("ExtType", extension{code, {bytes.begin(), bytes.end()}});
}

bool value_builder::on_list_end(size_t size) {
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

bool value_builder::on_key_end() {
  return is_hashable(stack_.back()) || fail(not_hashable);
}

bool value_builder::on_dict_end(size_t size) {
  --depth_;
  if (!push_dict(size))
    return false;
  end_value();
  return true;
}

bool value_builder::refuse(const char* type_name, std::string text) {
  return begin_value(type_name) && fail(std::move(text));
}

// -- results ------------------------------------------------------------------

outcome<value> value_builder::finish_value(std::optional<fault>&& error) {
  if (error) {
    clear();
    return *std::move(error);
  }
  auto result = std::move(stack_.back());
  clear();
  return result;
}

decoded_message value_builder::finish_message(std::optional<fault>&& error) {
  decoded_message result;
  result.error = std::move(error);
  result.is_triple = !not_a_triple_;
  if (triple_size_ >= 2)
    result.head.emplace(std::move(stack_[0]), std::move(stack_[1]));
  if (!result.error)
    result.content = std::move(stack_.back());
  clear();
  return result;
}

// -- building -----------------------------------------------------------------

bool value_builder::fail(std::string text) {
  failure_ = fault{errc::deserialization_error, std::move(text)};
  return false;
}

bool value_builder::refuse_shape(const std::string& got) {
  not_a_triple_ = true;
  return fail("expected a list of type, id and content, got " + got);
}

bool value_builder::refuse_number() {
  return fail("more than " + std::to_string(limits_.max_values) + " values");
}

bool value_builder::refuse_nesting() {
  return fail("nested deeper than " + std::to_string(limits_.max_nesting));
}

bool value_builder::refuse_in_message(const char* type_name) {
  return refuse_shape(depth_ == 0 ? type_name : "a list of more than 3");
}

bool value_builder::push_dict(size_t size) {
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

bool value_builder::resolve(value& pair) {
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
