#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>
#include <utility>

namespace caf::aiomas::detail {

template <class Signature, size_t Capacity = 6 * sizeof(void*)>
class unique_function;

/// A callable that is moved and never copied, so that it may own promises and
/// buffers. Callables of up to `Capacity` bytes are stored in place. Calling an
/// empty one is undefined.
template <class R, class... Ts, size_t Capacity>
class unique_function<R(Ts...), Capacity> {
public:
  unique_function() noexcept = default;

  template <class F>
    requires(
      !std::is_same_v<
        std::decay_t<F>,
        unique_function> && std::is_invocable_r_v<R, std::decay_t<F>&, Ts...>)
  unique_function(F&& f) {
    using fun = std::decay_t<F>;
    if constexpr (fits<fun>) {
      ::new (static_cast<void*>(buf_)) fun(std::forward<F>(f));
      ops_ = &in_place<fun>;
    } else {
      ::new (static_cast<void*>(buf_)) fun*(new fun(std::forward<F>(f)));
      ops_ = &on_heap<fun>;
    }
  }

  unique_function(unique_function&& other) noexcept {
    take(other);
  }

  unique_function& operator=(unique_function&& other) noexcept {
    if (this != &other) {
      reset();
      take(other);
    }
    return *this;
  }

  ~unique_function() {
    reset();
  }

  explicit operator bool() const noexcept {
    return ops_ != nullptr;
  }

  R operator()(Ts... xs) {
    return ops_->call(buf_, std::forward<Ts>(xs)...);
  }

private:
  struct operations {
    R (*call)(void*, Ts&&...);
    void (*move)(void* from, void* to) noexcept; // destroys `from`
    void (*destroy)(void*) noexcept;
  };

  // A result that nobody wants is dropped.
  template <class F>
  static R invoke(F& f, Ts&&... xs) {
    if constexpr (std::is_void_v<R>)
      f(std::forward<Ts>(xs)...);
    else
      return f(std::forward<Ts>(xs)...);
  }

  template <class F>
  static constexpr bool fits
    = sizeof(F) <= Capacity && alignof(F) <= alignof(std::max_align_t)
      && std::is_nothrow_move_constructible_v<F>;

  template <class F>
  static constexpr operations in_place = {
    [](void* buf, Ts&&... xs) -> R {
      return invoke(*static_cast<F*>(buf), std::forward<Ts>(xs)...);
    },
    [](void* from, void* to) noexcept {
      auto* f = static_cast<F*>(from);
      ::new (to) F(std::move(*f));
      f->~F();
    },
    [](void* buf) noexcept { static_cast<F*>(buf)->~F(); },
  };

  template <class F>
  static constexpr operations on_heap = {
    [](void* buf, Ts&&... xs) -> R {
      return invoke(**static_cast<F**>(buf), std::forward<Ts>(xs)...);
    },
    [](void* from, void* to) noexcept {
      ::new (to) F*(*static_cast<F**>(from));
    },
    [](void* buf) noexcept { delete *static_cast<F**>(buf); },
  };

  void take(unique_function& other) noexcept {
    if (other.ops_ != nullptr) {
      other.ops_->move(other.buf_, buf_);
      ops_ = std::exchange(other.ops_, nullptr);
    }
  }

  void reset() noexcept {
    if (ops_ != nullptr)
      std::exchange(ops_, nullptr)->destroy(buf_);
  }

  alignas(std::max_align_t) std::byte buf_[Capacity];
  const operations* ops_ = nullptr;
};

} // namespace caf::aiomas::detail
