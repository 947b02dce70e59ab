#include "caf/aiomas/detail/retry_pauses.hpp"

#include <utility>

namespace caf::aiomas::detail {

std::optional<error> retry_pauses::blocked(const address& where,
                                           time_point now) const {
  std::lock_guard guard{mtx_};
  if (auto i = entries_.find(where);
      i != entries_.end() && now < i->second.until)
    return i->second.why;
  return std::nullopt;
}

void retry_pauses::failed(const address& where, error why, time_point now) {
  std::lock_guard guard{mtx_};
  auto& known = entries_.try_emplace(where, first_).first->second;
  if (now < known.until)
    return;
  known.until = now + jittered(known.plan.next_pause());
  known.why = std::move(why);
}

void retry_pauses::succeeded(const address& where) {
  std::lock_guard guard{mtx_};
  entries_.erase(where);
}

} // namespace caf::aiomas::detail
