#pragma once

#include <type_traits>
#include <utility>

namespace caf::aiomas::detail {

/// Lets a variable have another value as long as this lives.
template <class T>
class scoped_value {
public:
  scoped_value(T& where, std::type_identity_t<T> meanwhile) noexcept
    : where_(where), before_(std::exchange(where, meanwhile)) {
    // nop
  }

  scoped_value(const scoped_value&) = delete;
  scoped_value& operator=(const scoped_value&) = delete;

  ~scoped_value() {
    where_ = before_;
  }

private:
  T& where_;
  T before_;
};

} // namespace caf::aiomas::detail
