#pragma once

#include <algorithm>
#include <compare>
#include <cstddef>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace caf::aiomas {

/// Raw bytes, as in Python's `bytes`.
using byte_buffer = std::vector<std::byte>;

/// Text or bytes that nobody changes and that all copies share. What arrives in
/// a message and is large is a part of the buffer that it was received in, see
/// `defaults::min_shared_size`: whoever takes it as one of these gets it
/// without any further copy, and keeps that buffer as long as it is kept.
///
/// Copies are cheap and may be used by several threads at once.
template <class T>
class shared_data {
public:
  static_assert(
    std::is_same_v<T, std::string> || std::is_same_v<T, byte_buffer>);

  /// What looks at the data without owning them.
  using view_type
    = std::conditional_t<std::is_same_v<T, std::string>, std::string_view,
                         std::span<const std::byte>>;

  using value_type = typename T::value_type;

  /// No data.
  shared_data() noexcept = default;

  /// Takes over `x`.
  explicit shared_data(T x)
    : block_(std::make_shared<const block>(std::move(x))) {
    // nop
  }

  /// Refers to `data`, which must not change and which `owner` keeps alive,
  /// within `kept` bytes in all, if that is known.
  shared_data(std::shared_ptr<const void> owner, view_type data,
              size_t kept = 0)
    : block_(std::make_shared<const block>(std::move(owner), data, kept)) {
    // nop
  }

  view_type view() const noexcept {
    return block_ ? block_->view : view_type{};
  }

  operator view_type() const noexcept {
    return view();
  }

  /// What keeps the data alive and unchanged; null if there are none.
  std::shared_ptr<const void> owner() const noexcept {
    return block_;
  }

  /// How many bytes are kept with these data, as far as is known.
  size_t kept() const noexcept {
    return block_ ? std::max(block_->kept, size()) : 0;
  }

  const value_type* data() const noexcept {
    return view().data();
  }

  size_t size() const noexcept {
    return view().size();
  }

  bool empty() const noexcept {
    return size() == 0;
  }

  /// Returns the data as an object of their own, which lives as long as these.
  /// Data that are a part of something larger are copied for the first call.
  const T& get() const {
    static const T nothing;
    return block_ ? block_->get() : nothing;
  }

  /// Equal content.
  friend bool operator==(const shared_data& x, const shared_data& y) noexcept {
    auto lhs = x.view();
    auto rhs = y.view();
    return std::equal(lhs.begin(), lhs.end(), rhs.begin(), rhs.end());
  }

  /// By content, as text or bytes are ordered.
  friend std::strong_ordering operator<=>(const shared_data& x,
                                          const shared_data& y) noexcept {
    auto lhs = x.view();
    auto rhs = y.view();
    return std::lexicographical_compare_three_way(lhs.begin(), lhs.end(),
                                                  rhs.begin(), rhs.end());
  }

private:
  struct block {
    explicit block(T x) : copy(std::move(x)), view(copy) {
      std::call_once(copied, [] {});
    }

    block(std::shared_ptr<const void> who, view_type what, size_t all)
      : owner(std::move(who)), kept(all), view(what) {
      // nop
    }

    const T& get() const {
      std::call_once(copied, [this] { copy.assign(view.begin(), view.end()); });
      return copy;
    }

    std::shared_ptr<const void> owner;
    size_t kept = 0;
    mutable std::once_flag copied;
    mutable T copy;
    view_type view;
  };

  std::shared_ptr<const block> block_;
};

using shared_string = shared_data<std::string>;
using shared_bytes = shared_data<byte_buffer>;

} // namespace caf::aiomas
