#pragma once

#include "caf/aiomas/pending.hpp"

#include <optional>
#include <utility>

namespace caf::aiomas::detail {

/// An operation that `begin(done, limit)` begins, where `done` takes the error,
/// or an empty one.
template <class F>
pending<void> begun_by(F begin) {
  using result = pending<void>;
  return result{
    [begin = std::move(begin)](result::completion done,
                               std::optional<result::duration> limit) mutable {
      return begin(
        [done = std::move(done)](error why) mutable {
          if (why)
            done(std::move(why));
          else
            done({});
        },
        limit);
    }};
}

} // namespace caf::aiomas::detail
