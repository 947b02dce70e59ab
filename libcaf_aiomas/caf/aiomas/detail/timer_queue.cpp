#include "caf/aiomas/detail/timer_queue.hpp"

#include <algorithm>
#include <utility>

namespace caf::aiomas::detail {

timer_entry::~timer_entry() {
  // nop
}

timer_queue::~timer_queue() {
  // What goes here may still be held elsewhere.
  for (auto& x : heap_)
    x.what->position_ = timer_entry::nowhere;
}

bool timer_queue::insert(double when, timer_ptr what) {
  heap_.emplace_back();
  sift_up(heap_.size() - 1, item{when, next_number_++, std::move(what)});
  return heap_.front().number == next_number_ - 1;
}

timer_ptr timer_queue::remove(timer_entry& what) {
  auto position = what.position_;
  if (position >= heap_.size() || heap_[position].what.get() != &what)
    return nullptr;
  return take(position);
}

timer_ptr timer_queue::pop(double now) {
  if (heap_.empty() || heap_.front().when > now)
    return nullptr;
  return take(0);
}

std::optional<double> timer_queue::next() const noexcept {
  if (heap_.empty())
    return std::nullopt;
  return heap_.front().when;
}

void timer_queue::put(size_t position, item what) noexcept {
  what.what->position_ = position;
  heap_[position] = std::move(what);
}

// Both move a hole from `position` to where `what` belongs.

void timer_queue::sift_up(size_t position, item what) noexcept {
  while (position > 0) {
    auto parent = (position - 1) / fan_out;
    if (!(what < heap_[parent]))
      break;
    put(position, std::move(heap_[parent]));
    position = parent;
  }
  put(position, std::move(what));
}

void timer_queue::sift_down(size_t position, item what) noexcept {
  for (;;) {
    auto first = position * fan_out + 1;
    if (first >= heap_.size())
      break;
    auto last = std::min(first + fan_out, heap_.size());
    auto least = first;
    for (auto i = first + 1; i < last; ++i)
      if (heap_[i] < heap_[least])
        least = i;
    if (!(heap_[least] < what))
      break;
    put(position, std::move(heap_[least]));
    position = least;
  }
  put(position, std::move(what));
}

timer_ptr timer_queue::take(size_t position) noexcept {
  auto result = std::move(heap_[position].what);
  result->position_ = timer_entry::nowhere;
  auto last = std::move(heap_.back());
  heap_.pop_back();
  if (position == heap_.size())
    return result;
  auto parent = (position - 1) / fan_out;
  if (position > 0 && last < heap_[parent])
    sift_up(position, std::move(last));
  else
    sift_down(position, std::move(last));
  return result;
}

} // namespace caf::aiomas::detail
