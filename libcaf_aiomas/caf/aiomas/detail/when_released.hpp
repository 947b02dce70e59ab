#pragma once

#include "caf/aiomas/detail/unique_function.hpp"

#include <memory>
#include <utility>

namespace caf::aiomas::detail {

/// Returns something that calls `f` when its last copy goes.
inline std::shared_ptr<void> when_released(unique_function<void()> f) {
  struct caller {
    explicit caller(unique_function<void()> what) : f(std::move(what)) {
      // nop
    }

    caller(const caller&) = delete;
    caller& operator=(const caller&) = delete;

    ~caller() {
      f();
    }

    unique_function<void()> f;
  };
  return std::make_shared<caller>(std::move(f));
}

} // namespace caf::aiomas::detail
