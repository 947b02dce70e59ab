#pragma once

#include <cstddef>
#include <cstdlib>
#include <memory>
#include <new>

namespace caf::aiomas::detail {

/// Uninitialized memory. Where it is large, growing mostly copies nothing: the
/// system moves its pages.
class frame_buffer {
public:
  explicit frame_buffer(size_t size) {
    resize(size);
  }

  std::byte* data() noexcept {
    return data_.get();
  }

  size_t size() const noexcept {
    return size_;
  }

  /// Keeps the content as far as it fits. Throws `std::bad_alloc`, and then
  /// nothing has changed.
  void resize(size_t size) {
    auto moved = std::realloc(data_.get(), size);
    if (moved == nullptr)
      throw std::bad_alloc{};
    (void) data_.release();
    data_.reset(static_cast<std::byte*>(moved));
    size_ = size;
  }

private:
  struct releaser {
    void operator()(std::byte* ptr) const noexcept {
      std::free(ptr);
    }
  };

  std::unique_ptr<std::byte, releaser> data_;
  size_t size_ = 0;
};

} // namespace caf::aiomas::detail
