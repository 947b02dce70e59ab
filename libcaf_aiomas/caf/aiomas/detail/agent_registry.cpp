#include "caf/aiomas/detail/agent_registry.hpp"

#include "caf/aiomas/agent.hpp"

#include <mutex>
#include <utility>

namespace caf::aiomas::detail {

agent_number agent_registry::reserve() {
  std::unique_lock guard{mtx_};
  if (closed_)
    return no_agent;
  agents_.emplace(next_, nullptr);
  return next_++;
}

bool agent_registry::publish(agent_number number, strong_actor_ptr hdl) {
  std::unique_lock guard{mtx_};
  auto i = agents_.find(number);
  if (i == agents_.end())
    return false;
  if (!i->second)
    i->second = std::move(hdl);
  return true;
}

agent_number agent_registry::add(other_actor what) {
  std::unique_lock guard{mtx_};
  if (closed_)
    return no_agent;
  numbers_.emplace(what.hdl.get(), next_);
  others_.emplace(next_, std::move(what));
  return next_++;
}

void agent_registry::remove(agent_number number) {
  // The last reference may go with the entry, but not while we hold the lock.
  strong_actor_ptr agent;
  other_actor other;
  std::unique_lock guard{mtx_};
  if (auto i = agents_.find(number); i != agents_.end()) {
    agent = std::move(i->second);
    agents_.erase(i);
  } else if (auto j = others_.find(number); j != others_.end()) {
    other = std::move(j->second);
    numbers_.erase(other.hdl.get()); // it has ended
    others_.erase(j);
  }
  guard.unlock();
}

agent_registry::target agent_registry::find(std::string_view aid) const {
  auto number = parse_aid(aid);
  std::shared_lock guard{mtx_};
  if (auto i = agents_.find(number); i != agents_.end())
    return {i->second, nullptr};
  if (auto i = others_.find(number); i != others_.end())
    return {i->second.hdl, i->second.methods};
  return {};
}

std::optional<std::string>
agent_registry::class_name_of(std::string_view aid) const {
  auto number = parse_aid(aid);
  strong_actor_ptr known;
  {
    std::shared_lock guard{mtx_};
    if (auto i = others_.find(number); i != others_.end())
      return i->second.class_name;
    if (auto i = agents_.find(number); i != agents_.end())
      known = i->second;
  }
  if (!known)
    return std::nullopt;
  return static_cast<agent*>(known->get())->router().object()->class_name();
}

std::optional<std::string>
agent_registry::aid_of(const strong_actor_ptr& hdl) const {
  if (!hdl)
    return std::nullopt;
  auto self = dynamic_cast<const agent*>(hdl->get());
  std::shared_lock guard{mtx_};
  // It may be an agent of another container, which has numbers of its own.
  if (self != nullptr)
    if (auto i = agents_.find(self->aid_number());
        i != agents_.end() && i->second == hdl)
      return to_aid(i->first);
  if (auto i = numbers_.find(hdl.get()); i != numbers_.end())
    return to_aid(i->second);
  return std::nullopt;
}

std::vector<strong_actor_ptr> agent_registry::close() {
  decltype(agents_) agents;
  decltype(others_) others;
  {
    std::unique_lock guard{mtx_};
    closed_ = true;
    agents.swap(agents_);
    others.swap(others_);
    numbers_.clear();
  }
  std::vector<strong_actor_ptr> result;
  for (auto& [number, hdl] : agents)
    if (hdl)
      result.push_back(std::move(hdl));
  return result;
}

} // namespace caf::aiomas::detail
