#include "caf/aiomas/detail/activity.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

void activity::watch(std::weak_ptr<observer> who) {
  std::lock_guard guard{mtx_};
  std::erase_if(observers_, [](auto& x) { return x.expired(); });
  observers_.push_back(std::move(who));
}

void activity::look_again() {
  ++looks_;
  begin();
  end();
}

void activity::at_rest() {
  for (;;) {
    // If something has begun, whoever ends it gets here.
    uint64_t nothing = 0;
    if (!count_.compare_exchange_strong(nothing, 1))
      return;
    auto looks = looks_.load();
    auto changed = tell();
    if (--count_ != 0)
      return;
    // Who asks for another look while this one counts does not get here.
    if (!changed && looks == looks_.load())
      return;
  }
}

bool activity::tell() {
  std::vector<std::shared_ptr<observer>> known;
  {
    std::lock_guard guard{mtx_};
    for (auto& weak : observers_)
      if (auto who = weak.lock())
        known.push_back(std::move(who));
  }
  for (auto& who : known)
    if (who->on_rest()) {
      // The others are first next time.
      std::lock_guard guard{mtx_};
      auto last
        = std::find_if(observers_.begin(), observers_.end(), [&who](auto& x) {
            return !who.owner_before(x) && !x.owner_before(who);
          });
      if (last != observers_.end())
        std::rotate(last, last + 1, observers_.end());
      return true;
    }
  return false;
}

} // namespace caf::aiomas::detail
