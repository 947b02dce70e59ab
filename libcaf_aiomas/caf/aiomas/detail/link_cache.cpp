#include "caf/aiomas/detail/container_impl.hpp"

namespace caf::aiomas::detail {

namespace {

error shut_down() {
  return make_error(errc::shut_down,
                    std::string{"The container has been shut down"});
}

} // namespace

bool link_cache::request(const address& where, link_handler done) {
  std::unique_lock guard{mtx_};
  if (closed_) {
    guard.unlock();
    done(shut_down());
    return false;
  }
  auto [i, is_new] = entries_.try_emplace(where);
  auto& known = i->second;
  if (known.link && known.link->conn()->closed()) {
    known.link = nullptr;
    is_new = true;
  }
  if (auto link = known.link) {
    guard.unlock();
    done(std::move(link));
    return false;
  }
  known.waiting.push_back(std::move(done));
  return is_new;
}

void link_cache::opened(const address& where, expected<link_ptr> result) {
  std::vector<link_handler> waiting;
  {
    std::lock_guard guard{mtx_};
    if (closed_ && result) {
      (*result)->close();
      result = shut_down();
    }
    if (auto i = entries_.find(where); i != entries_.end()) {
      waiting.swap(i->second.waiting);
      // A failed attempt leaves nothing behind.
      if (result)
        i->second.link = *result;
      else
        entries_.erase(i);
    }
  }
  for (auto& done : waiting)
    done(result);
}

void link_cache::remove(const address& where, const link_ptr& what) {
  std::lock_guard guard{mtx_};
  if (auto i = entries_.find(where);
      i != entries_.end() && i->second.link == what)
    entries_.erase(i);
}

std::vector<link_ptr> link_cache::close() {
  std::vector<link_ptr> result;
  std::vector<link_handler> waiting;
  {
    std::lock_guard guard{mtx_};
    closed_ = true;
    for (auto& [where, known] : entries_) {
      if (known.link)
        result.push_back(std::move(known.link));
      for (auto& done : known.waiting)
        waiting.push_back(std::move(done));
    }
    entries_.clear();
  }
  for (auto& done : waiting)
    done(shut_down());
  return result;
}

} // namespace caf::aiomas::detail
