#pragma once

// Members of `dict` that are worth inlining, and need to know what a value is.

#include "caf/aiomas/value.hpp"

namespace caf::aiomas {

inline dict::dict() = default;

inline dict::dict(const dict&) = default;

inline dict::dict(dict&&) noexcept = default;

inline dict& dict::operator=(const dict&) = default;

inline dict& dict::operator=(dict&&) noexcept = default;

inline dict::~dict() = default;

inline size_t dict::size() const noexcept {
  return entries_.size();
}

inline bool dict::empty() const noexcept {
  return entries_.empty();
}

inline dict::iterator dict::begin() noexcept {
  return entries_.begin();
}

inline dict::iterator dict::end() noexcept {
  return entries_.end();
}

inline dict::const_iterator dict::begin() const noexcept {
  return entries_.begin();
}

inline dict::const_iterator dict::end() const noexcept {
  return entries_.end();
}

} // namespace caf::aiomas
