#pragma once

#include <caf/intrusive_ptr.hpp>

#include <atomic>
#include <cstddef>
#include <typeinfo>
#include <utility>

namespace caf::aiomas::detail {

/// Base of immutable objects of which the process has equal ones only once, as
/// long as somebody refers to them. For any thread.
class interned {
public:
  interned(const interned&) = delete;
  interned& operator=(const interned&) = delete;
  virtual ~interned();

  friend void intrusive_ptr_add_ref(const interned* x) noexcept {
    x->users_.fetch_add(1, std::memory_order_relaxed);
  }

  friend void intrusive_ptr_release(const interned* x) noexcept {
    x->release();
  }

  /// Returns the object that equals `made`: one that is known already, or
  /// `made` itself.
  static intrusive_ptr<const interned>
  share(intrusive_ptr<const interned> made);

protected:
  /// `kind` is that of the object's class. What has the same name in two
  /// plug-ins may differ, so its address counts.
  explicit interned(const std::type_info& kind) noexcept : kind_(&kind) {
    // nop
  }

private:
  friend class intern_table;

  virtual size_t hash() const noexcept = 0;

  /// Compares with another object of the same kind.
  virtual bool equals(const interned& other) const noexcept = 0;

  void release() const noexcept;

  const std::type_info* kind_;
  mutable std::atomic<size_t> users_ = 1;
};

/// Returns the object that equals `made`.
template <class T>
intrusive_ptr<const T> intern(intrusive_ptr<const T> made) {
  auto shared = interned::share(std::move(made));
  return {static_cast<const T*>(shared.detach()), false};
}

} // namespace caf::aiomas::detail
