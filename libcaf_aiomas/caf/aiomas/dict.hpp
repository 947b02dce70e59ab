#pragma once

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace caf::aiomas {

class value;

/// An ordered dictionary. Keys are unique and may be of any kind, although a
/// codec may support strings only. Entries stay in the order in which they were
/// first inserted. Look-ups are linear: aiomas' dictionaries are messages.
class dict {
public:
  using entry = std::pair<value, value>;
  using iterator = std::vector<entry>::iterator;
  using const_iterator = std::vector<entry>::const_iterator;

  dict();
  dict(std::initializer_list<entry> entries);
  dict(const dict&);
  dict(dict&&) noexcept;
  dict& operator=(const dict&);
  dict& operator=(dict&&) noexcept;
  ~dict();

  /// Takes over `entries`. Of equal keys, the last value wins and stands where
  /// the first one stood, as in Python. O(n log n), whatever the keys are.
  static dict from_entries(std::vector<entry> entries);

  size_t size() const noexcept;
  bool empty() const noexcept;
  iterator begin() noexcept;
  iterator end() noexcept;
  const_iterator begin() const noexcept;
  const_iterator end() const noexcept;

  /// Returns the value of `key`, or null if there is none.
  const value* find(std::string_view key) const noexcept;
  value* find(std::string_view key) noexcept;
  const value* find(const value& key) const noexcept;
  value* find(const value& key) noexcept;

  // Strings would fit both of the above.
  const value* find(const std::string& key) const noexcept {
    return find(std::string_view{key});
  }

  value* find(const std::string& key) noexcept {
    return find(std::string_view{key});
  }

  const value* find(const char* key) const noexcept {
    return find(std::string_view{key});
  }

  value* find(const char* key) noexcept {
    return find(std::string_view{key});
  }

  bool contains(std::string_view key) const noexcept;

  /// Sets `key` to `x`; a key that is new goes to the end.
  void set(value key, value x);

  /// Returns the value of `key` and inserts null first if there is none.
  value& operator[](std::string_view key);

  /// Removes `key`. Returns whether it was there.
  bool erase(std::string_view key);

  /// Equal entries, in any order.
  friend bool operator==(const dict& x, const dict& y);

private:
  std::vector<entry> entries_;
};

} // namespace caf::aiomas

// Who has dicts needs values.
#include "caf/aiomas/value.hpp"
