#include "caf/aiomas/value.hpp"

#include <algorithm>
#include <cmath>
#include <compare>
#include <numeric>

namespace caf::aiomas {

namespace {

// Up to this many entries, comparing all with all beats sorting.
constexpr size_t small_dict = 16;

// -- a total order ------------------------------------------------------------

// Only for sorting keys: values that are equal are equivalent here, and so are
// all NaNs, which are not equal.
std::weak_ordering order(const value& x, const value& y);

std::weak_ordering order(double x, double y) {
  if (std::isnan(x) || std::isnan(y))
    return std::isnan(x) <=> std::isnan(y);
  return x < y   ? std::weak_ordering::less
         : x > y ? std::weak_ordering::greater
                 : std::weak_ordering::equivalent;
}

std::vector<size_t> sorted_by_key(const dict::entry* xs, size_t n) {
  std::vector<size_t> indexes(n);
  std::iota(indexes.begin(), indexes.end(), size_t{0});
  std::sort(indexes.begin(), indexes.end(), [xs](size_t i, size_t j) {
    auto result = order(xs[i].first, xs[j].first);
    return result != 0 ? result < 0 : i < j;
  });
  return indexes;
}

std::weak_ordering order(const list& x, const list& y) {
  auto n = std::min(x.size(), y.size());
  for (size_t i = 0; i < n; ++i)
    if (auto result = order(x[i], y[i]); result != 0)
      return result;
  return x.size() <=> y.size();
}

std::weak_ordering order(const dict& x, const dict& y) {
  if (x.size() != y.size())
    return x.size() <=> y.size();
  if (x.empty())
    return std::weak_ordering::equivalent;
  auto xs = &*x.begin();
  auto ys = &*y.begin();
  auto is = sorted_by_key(xs, x.size());
  auto js = sorted_by_key(ys, y.size());
  for (size_t n = 0; n < is.size(); ++n) {
    if (auto res = order(xs[is[n]].first, ys[js[n]].first); res != 0)
      return res;
    if (auto res = order(xs[is[n]].second, ys[js[n]].second); res != 0)
      return res;
  }
  return std::weak_ordering::equivalent;
}

std::weak_ordering order(const object& x, const object& y) {
  return std::compare_three_way{}(x.address(), y.address());
}

std::weak_ordering order(const tagged& x, const tagged& y) {
  if (x.type_id != y.type_id)
    return x.type_id <=> y.type_id;
  return order(x.content, y.content);
}

std::weak_ordering order(const extension& x, const extension& y) {
  if (x.code != y.code)
    return x.code <=> y.code;
  return x.data <=> y.data;
}

template <class T>
std::weak_ordering order(const T& x, const T& y) {
  return x <=> y;
}

std::weak_ordering order(std::span<const std::byte> x,
                         std::span<const std::byte> y) {
  return std::lexicographical_compare_three_way(x.begin(), x.end(), y.begin(),
                                                y.end());
}

std::weak_ordering order(const value& x, const value& y) {
  if (x.type() != y.type())
    return x.type() <=> y.type();
  return x.visit(
    [&y]<class T>(const T& content) { return order(content, *y.get_if<T>()); });
}

// -- duplicate keys -----------------------------------------------------------

// Removes the entries at `obsolete`, which is sorted.
void erase_at(std::vector<dict::entry>& xs,
              const std::vector<size_t>& obsolete) {
  auto to = obsolete.front();
  auto next = obsolete.begin();
  for (auto from = to; from < xs.size(); ++from) {
    if (next != obsolete.end() && *next == from)
      ++next;
    else
      xs[to++] = std::move(xs[from]);
  }
  xs.erase(xs.begin() + static_cast<ptrdiff_t>(to), xs.end());
}

// Keys are mostly text.
template <class Iterator>
Iterator find_key(Iterator first, Iterator last, const value& key) {
  if (auto text = key.get_if<std::string_view>())
    return std::find_if(first, last, [text](const dict::entry& x) {
      return x.first.get_if<std::string_view>() == text;
    });
  return std::find_if(first, last,
                      [&key](const dict::entry& x) { return x.first == key; });
}

void merge_few(std::vector<dict::entry>& xs) {
  std::vector<size_t> obsolete;
  for (size_t i = 1; i < xs.size(); ++i) {
    auto end = xs.begin() + static_cast<ptrdiff_t>(i);
    if (auto first = find_key(xs.begin(), end, xs[i].first); first != end) {
      first->second = std::move(xs[i].second);
      obsolete.push_back(i);
    }
  }
  if (!obsolete.empty())
    erase_at(xs, obsolete);
}

// An attacker can't make this slow, as he could with hashes.
void merge_many(std::vector<dict::entry>& xs) {
  std::vector<size_t> obsolete;
  auto sorted = sorted_by_key(xs.data(), xs.size());
  auto first = sorted[0];
  for (size_t n = 1; n < sorted.size(); ++n) {
    auto i = sorted[n];
    if (xs[first].first == xs[i].first) {
      xs[first].second = std::move(xs[i].second);
      obsolete.push_back(i);
    } else {
      first = i;
    }
  }
  if (!obsolete.empty()) {
    std::sort(obsolete.begin(), obsolete.end());
    erase_at(xs, obsolete);
  }
}

} // namespace

dict::dict(std::initializer_list<entry> entries)
  : dict(from_entries({entries.begin(), entries.end()})) {
  // nop
}

dict dict::from_entries(std::vector<entry> entries) {
  if (entries.size() > small_dict)
    merge_many(entries);
  else
    merge_few(entries);
  dict result;
  result.entries_ = std::move(entries);
  return result;
}

const value* dict::find(std::string_view key) const noexcept {
  for (auto& [name, x] : entries_)
    if (name.get_if<std::string_view>() == key)
      return &x;
  return nullptr;
}

value* dict::find(std::string_view key) noexcept {
  return const_cast<value*>(std::as_const(*this).find(key));
}

const value* dict::find(const value& key) const noexcept {
  for (auto& [name, x] : entries_)
    if (name == key)
      return &x;
  return nullptr;
}

value* dict::find(const value& key) noexcept {
  return const_cast<value*>(std::as_const(*this).find(key));
}

bool dict::contains(std::string_view key) const noexcept {
  return find(key) != nullptr;
}

void dict::set(value key, value x) {
  if (auto old = find(key))
    *old = std::move(x);
  else
    entries_.emplace_back(std::move(key), std::move(x));
}

value& dict::operator[](std::string_view key) {
  if (auto old = find(key))
    return *old;
  return entries_.emplace_back(key, nullptr).second;
}

bool dict::erase(std::string_view key) {
  auto has_key = [key](const entry& x) {
    return x.first.get_if<std::string_view>() == key;
  };
  auto i = std::find_if(entries_.begin(), entries_.end(), has_key);
  if (i == entries_.end())
    return false;
  entries_.erase(i);
  return true;
}

bool operator==(const dict& x, const dict& y) {
  if (x.size() != y.size())
    return false;
  auto same_key = [](auto& lhs, auto& rhs) { return lhs.first == rhs.first; };
  // Mostly, both were filled in the same order. Comparing the values only once
  // keeps the effort linear in the depth.
  if (std::equal(x.begin(), x.end(), y.begin(), same_key))
    return x.entries_ == y.entries_;
  if (x.size() <= small_dict) {
    return std::all_of(x.begin(), x.end(), [&y](const dict::entry& entry) {
      auto other = y.find(entry.first);
      return other != nullptr && *other == entry.second;
    });
  }
  auto is = sorted_by_key(x.entries_.data(), x.size());
  auto js = sorted_by_key(y.entries_.data(), y.size());
  return std::equal(is.begin(), is.end(), js.begin(), [&](size_t i, size_t j) {
    return x.entries_[i] == y.entries_[j];
  });
}

} // namespace caf::aiomas
