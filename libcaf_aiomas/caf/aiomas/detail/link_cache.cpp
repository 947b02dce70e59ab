#include "caf/aiomas/detail/container_impl.hpp"

namespace caf::aiomas::detail {

namespace {

error shut_down() {
  return make_error(errc::shut_down,
                    std::string{"The container has been shut down"});
}

} // namespace

link_cache::ticket link_cache::request(const address& where,
                                       link_handler done) {
  std::unique_lock guard{mtx_};
  auto id = next_id_++;
  if (closed_) {
    guard.unlock();
    done(shut_down());
    return {id, false};
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
    return {id, false};
  }
  known.waiting.emplace(id, std::move(done));
  if (is_new)
    known.attempt = id;
  return {id, is_new};
}

void link_cache::opening(const address& where, uint64_t attempt,
                         unique_function<void()> stop) {
  {
    std::lock_guard guard{mtx_};
    if (auto known = find(where, attempt)) {
      if (!known->link)
        known->stop = std::move(stop);
      return;
    }
  }
  stop();
}

void link_cache::opened(const address& where, uint64_t attempt,
                        expected<link_ptr> result) {
  decltype(entry::waiting) waiting;
  {
    std::unique_lock guard{mtx_};
    auto known = find(where, attempt);
    if (!known) {
      guard.unlock();
      if (result)
        (*result)->close();
      return;
    }
    waiting.swap(known->waiting);
    known->stop = {};
    // A failed attempt leaves nothing behind.
    if (result)
      known->link = *result;
    else
      entries_.erase(where);
  }
  for (auto& [id, done] : waiting)
    done(result);
}

void link_cache::leave(const address& where, uint64_t id) {
  decltype(entry::waiting)::node_type gone; // destroyed without the lock
  unique_function<void()> stop;
  {
    std::lock_guard guard{mtx_};
    auto i = entries_.find(where);
    if (i == entries_.end())
      return;
    auto& known = i->second;
    gone = known.waiting.extract(id);
    if (gone.empty() || !known.waiting.empty())
      return;
    stop = std::move(known.stop);
    entries_.erase(i);
  }
  if (stop)
    stop();
}

void link_cache::remove(const address& where, const link_ptr& what) {
  std::lock_guard guard{mtx_};
  if (auto i = entries_.find(where);
      i != entries_.end() && i->second.link == what)
    entries_.erase(i);
}

std::vector<link_ptr> link_cache::close() {
  std::vector<link_ptr> result;
  decltype(entries_) entries;
  {
    std::lock_guard guard{mtx_};
    closed_ = true;
    entries.swap(entries_);
  }
  for (auto& [where, known] : entries) {
    if (known.link)
      result.push_back(std::move(known.link));
    if (known.stop)
      known.stop();
    for (auto& [id, done] : known.waiting)
      done(shut_down());
  }
  return result;
}

link_cache::entry* link_cache::find(const address& where, uint64_t attempt) {
  auto i = entries_.find(where);
  return i != entries_.end() && i->second.attempt == attempt ? &i->second
                                                             : nullptr;
}

} // namespace caf::aiomas::detail
