#include "caf/aiomas/detail/retry_pauses.hpp"

#include <utility>

namespace caf::aiomas::detail {

namespace {

/// Whoever was not tried for so long after its pause begins with a short one.
constexpr auto forgotten_after = std::chrono::minutes{10};

} // namespace

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
  if (entries_.size() >= sweep_at_) {
    std::erase_if(entries_, [now](auto& x) {
      return x.second.until + forgotten_after < now;
    });
    sweep_at_ = 2 * entries_.size() + 64;
  }
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
