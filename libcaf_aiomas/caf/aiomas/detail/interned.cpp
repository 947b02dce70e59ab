#include "caf/aiomas/detail/interned.hpp"

#include <mutex>
#include <unordered_map>

namespace caf::aiomas::detail {

/// All interned objects, by their hashes. Does not count as a user of them.
class intern_table {
public:
  /// Never destroyed, since statics use it until the end.
  static intern_table& instance() {
    static auto& result = *new intern_table;
    return result;
  }

  intrusive_ptr<const interned> share(intrusive_ptr<const interned> made) {
    auto hash = made->hash();
    std::lock_guard guard{mtx_};
    auto [first, last] = known_.equal_range(hash);
    for (auto i = first; i != last; ++i)
      if (i->second->kind_ == made->kind_ && i->second->equals(*made))
        return {i->second, true}; // `made` goes after the lock
    known_.emplace(hash, made.get());
    return made;
  }

  /// Takes away one user. Returns whether that was the last one.
  bool release(const interned& what) noexcept {
    // Whoever finds it becomes a user under the lock, so none comes after this.
    std::lock_guard guard{mtx_};
    if (what.users_.fetch_sub(1, std::memory_order_acq_rel) != 1)
      return false;
    auto [first, last] = known_.equal_range(what.hash());
    for (auto i = first; i != last; ++i)
      if (i->second == &what) {
        known_.erase(i);
        break;
      }
    return true;
  }

private:
  std::mutex mtx_;
  std::unordered_multimap<size_t, const interned*> known_; // guarded by mtx_
};

interned::~interned() {
  // nop
}

intrusive_ptr<const interned>
interned::share(intrusive_ptr<const interned> made) {
  return intern_table::instance().share(std::move(made));
}

void interned::release() const noexcept {
  auto n = users_.load(std::memory_order_relaxed);
  while (n > 1)
    if (users_.compare_exchange_weak(n, n - 1, std::memory_order_acq_rel,
                                     std::memory_order_relaxed))
      return;
  if (intern_table::instance().release(*this))
    delete this;
}

} // namespace caf::aiomas::detail
