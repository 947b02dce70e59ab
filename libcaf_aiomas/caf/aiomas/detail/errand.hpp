#pragma once

#include "caf/aiomas/detail/unique_function.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/fwd.hpp>

#include <memory>
#include <utility>

namespace caf::aiomas::detail {

/// A message that lets an agent do something in its own context.
struct errand {
  using function = unique_function<void(scheduled_actor*)>;

  template <class F>
  static errand make(F what) {
    return {std::make_shared<function>(std::move(what))};
  }

  std::shared_ptr<function> what;
};

} // namespace caf::aiomas::detail

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::aiomas::detail::errand)
