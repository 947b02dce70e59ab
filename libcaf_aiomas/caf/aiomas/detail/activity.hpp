#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

/// Counts what is going on: whatever is counted is begun before that which has
/// caused it ends, so that nothing is going on exactly while the count is zero.
/// For any thread.
class activity : public std::enable_shared_from_this<activity> {
public:
  /// Is told when nothing is going on.
  class observer {
  public:
    /// Called by one thread at a time, while that counts as going on. Returns
    /// whether it has done something: the next one is asked when that is over.
    virtual bool on_rest() = 0;

  protected:
    ~observer() = default;
  };

  /// Something that is going on until this goes. May be empty.
  class token {
  public:
    token() = default;

    explicit token(std::shared_ptr<activity> where) noexcept
      : where_(std::move(where)) {
      if (where_)
        where_->begin();
    }

    token(token&& other) noexcept = default;

    token& operator=(token&& other) noexcept {
      std::swap(where_, other.where_);
      return *this;
    }

    ~token() {
      if (where_)
        where_->end();
    }

    explicit operator bool() const noexcept {
      return where_ != nullptr;
    }

  private:
    std::shared_ptr<activity> where_;
  };

  void begin() noexcept {
    ++count_;
  }

  void end(uint64_t n = 1) {
    if ((count_ -= n) == 0)
      at_rest();
  }

  uint64_t count() const noexcept {
    return count_;
  }

  /// Lets `who` know whenever nothing is going on.
  void watch(std::weak_ptr<observer> who);

  /// Asks all observers anew, as soon as nothing is going on.
  void look_again();

  /// The same, for something that is going on.
  void change() noexcept {
    ++looks_;
  }

private:
  void at_rest();
  bool tell();

  std::atomic<uint64_t> count_ = 0;
  std::atomic<uint64_t> looks_ = 0;
  std::mutex mtx_;
  std::vector<std::weak_ptr<observer>> observers_; // guarded by mtx_
};

} // namespace caf::aiomas::detail
