#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace caf::aiomas::detail {

/// Something that happens at a time.
class timer_entry {
public:
  timer_entry() = default;
  timer_entry(const timer_entry&) = delete;
  timer_entry& operator=(const timer_entry&) = delete;
  virtual ~timer_entry();

  /// Called once, when it is due.
  virtual void expire() noexcept = 0;

private:
  friend class timer_queue;

  static constexpr size_t nowhere = static_cast<size_t>(-1);

  size_t position_ = nowhere; // in the queue
};

using timer_ptr = std::shared_ptr<timer_entry>;

/// Timers in the order of their times; those of equal times in the order in
/// which they came. All changes cost O(log n). Without threads or a clock.
class timer_queue {
public:
  timer_queue() = default;
  timer_queue(const timer_queue&) = delete;
  timer_queue& operator=(const timer_queue&) = delete;

  /// Those that are left are dropped without being called.
  ~timer_queue();

  /// Adds a timer that is in no queue, for a time that is a number. Returns
  /// whether it is the first one now.
  bool insert(double when, timer_ptr what);

  /// Removes a timer and returns it; null if it is not in this queue any more.
  timer_ptr remove(timer_entry& what);

  /// Removes and returns the first timer, if its time is `now` or before.
  timer_ptr pop(double now);

  /// The time of the first timer.
  std::optional<double> next() const noexcept;

  size_t size() const noexcept {
    return heap_.size();
  }

private:
  // A heap in which each node has four children: it is flatter than a binary
  // one, and siblings share cache lines.
  static constexpr size_t fan_out = 4;

  struct item {
    double when;
    uint64_t number;
    timer_ptr what;

    bool operator<(const item& other) const noexcept {
      return when < other.when || (when == other.when && number < other.number);
    }
  };

  void put(size_t position, item what) noexcept;
  void sift_up(size_t position, item what) noexcept;
  void sift_down(size_t position, item what) noexcept;
  timer_ptr take(size_t position) noexcept;

  std::vector<item> heap_;
  uint64_t next_number_ = 0;
};

} // namespace caf::aiomas::detail
