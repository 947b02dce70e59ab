#include "caf/aiomas/detail/pending_calls.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

void pending_calls::add(uint64_t id, handler on_reply, time_point now,
                        std::optional<time_point> deadline, bool waiting,
                        uint64_t tag) {
  calls_.emplace(id, call{std::move(on_reply), now, deadline, waiting, tag});
  if (deadline)
    deadlines_.emplace(*deadline, id);
  if (waiting)
    ++waiting_;
}

bool pending_calls::sent(uint64_t id) {
  auto i = calls_.find(id);
  if (i == calls_.end())
    return false;
  if (std::exchange(i->second.waiting, false))
    --waiting_;
  return true;
}

pending_calls::ended_call pending_calls::take(uint64_t id) {
  auto i = calls_.find(id);
  if (i == calls_.end())
    return {};
  ended_call result{std::move(i->second.on_reply), i->second.begun};
  if (i->second.deadline)
    deadlines_.erase({*i->second.deadline, id});
  if (i->second.waiting)
    --waiting_;
  calls_.erase(i);
  return result;
}

std::optional<uint64_t> pending_calls::find_tag(uint64_t tag) const noexcept {
  auto i = std::find_if(calls_.begin(), calls_.end(),
                        [tag](auto& x) { return x.second.tag == tag; });
  if (i == calls_.end())
    return std::nullopt;
  return i->first;
}

std::vector<pending_calls::handler> pending_calls::take_all() {
  std::vector<std::pair<uint64_t, handler>> sorted;
  sorted.reserve(calls_.size());
  for (auto& [id, what] : calls_)
    sorted.emplace_back(id, std::move(what.on_reply));
  calls_.clear();
  deadlines_.clear();
  waiting_ = 0;
  std::sort(sorted.begin(), sorted.end(),
            [](auto& x, auto& y) { return x.first < y.first; });
  std::vector<handler> result;
  result.reserve(sorted.size());
  for (auto& entry : sorted)
    result.emplace_back(std::move(entry.second));
  return result;
}

std::optional<std::pair<pending_calls::time_point, uint64_t>>
pending_calls::next_deadline() const noexcept {
  if (deadlines_.empty())
    return std::nullopt;
  return *deadlines_.begin();
}

} // namespace caf::aiomas::detail
