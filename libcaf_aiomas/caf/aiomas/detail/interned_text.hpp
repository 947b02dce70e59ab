#pragma once

#include "caf/aiomas/detail/interned.hpp"

#include <caf/intrusive_ptr.hpp>

#include <string>

namespace caf::aiomas::detail {

/// A text that many have: a pointer to the one that they share.
class interned_text {
public:
  interned_text() = default;

  explicit interned_text(std::string text);

  const std::string& get() const noexcept;

  bool empty() const noexcept {
    return !content_;
  }

private:
  class content;

  intrusive_ptr<const interned> content_; // null if it is empty
};

} // namespace caf::aiomas::detail
