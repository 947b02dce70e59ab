#include "caf/aiomas/detail/container_impl.hpp"

namespace caf::aiomas::detail {

std::optional<std::string> agent_registry::reserve() {
  std::unique_lock guard{mtx_};
  return insert(entry{});
}

bool agent_registry::publish(const std::string& aid, entry what) {
  std::unique_lock guard{mtx_};
  auto i = entries_.find(aid);
  if (i == entries_.end())
    return false;
  if (!i->second.hdl) {
    ids_.emplace(what.hdl.get(), aid);
    i->second = std::move(what);
  }
  return true;
}

std::optional<std::string> agent_registry::add(entry what) {
  std::unique_lock guard{mtx_};
  auto hdl = what.hdl.get();
  auto aid = insert(std::move(what));
  if (aid)
    ids_.emplace(hdl, *aid);
  return aid;
}

std::optional<std::string> agent_registry::insert(entry what) {
  if (closed_)
    return std::nullopt;
  auto aid = std::to_string(next_++);
  entries_.emplace(aid, std::move(what));
  return aid;
}

void agent_registry::remove(const std::string& aid) {
  // The last reference may go with the entry, but not while we hold the lock.
  std::optional<entry> removed;
  std::unique_lock guard{mtx_};
  if (auto i = entries_.find(aid); i != entries_.end()) {
    removed = std::move(i->second);
    ids_.erase(removed->hdl.get()); // it has ended
    entries_.erase(i);
  }
  guard.unlock();
}

agent_registry::target agent_registry::find(std::string_view aid) const {
  std::shared_lock guard{mtx_};
  if (auto i = entries_.find(aid); i != entries_.end())
    return {i->second.hdl, i->second.methods};
  return {};
}

std::optional<std::string>
agent_registry::class_name_of(std::string_view aid) const {
  std::shared_lock guard{mtx_};
  if (auto i = entries_.find(aid); i != entries_.end() && i->second.hdl)
    return i->second.class_name;
  return std::nullopt;
}

std::optional<std::string>
agent_registry::aid_of(const strong_actor_ptr& hdl) const {
  std::shared_lock guard{mtx_};
  if (auto i = ids_.find(hdl.get()); i != ids_.end())
    return i->second;
  return std::nullopt;
}

std::vector<strong_actor_ptr> agent_registry::close() {
  decltype(entries_) entries;
  {
    std::unique_lock guard{mtx_};
    closed_ = true;
    entries.swap(entries_);
    ids_.clear();
  }
  std::vector<strong_actor_ptr> result;
  for (auto& [aid, what] : entries)
    if (what.hdl && !what.methods)
      result.push_back(std::move(what.hdl));
  return result;
}

} // namespace caf::aiomas::detail
