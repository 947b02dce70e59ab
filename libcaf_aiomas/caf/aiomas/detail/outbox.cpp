#include "caf/aiomas/detail/outbox.hpp"

#include <algorithm>
#include <utility>

namespace caf::aiomas::detail {

namespace {

/// Buffers up to this size are kept, whatever they were used for last.
constexpr size_t keep_capacity = size_t{256} << 10;

} // namespace

void outbox::added(size_t n, kind what, time_point now) {
  if (runs_.empty())
    progress_ = now;
  if (!runs_.empty() && runs_.back().what == what)
    runs_.back().bytes += n;
  else
    runs_.push_back({n, what});
  sizes_[static_cast<size_t>(what)] += n;
  waiting_ += n;
}

void outbox::take(gathered_bytes& out) {
  out.clear();
  // One large message must not cost its memory for as long as we are connected.
  auto capacity = out.own().capacity();
  if (capacity > keep_capacity && buf_.own().size() < capacity / 4)
    out = gathered_bytes{};
  taken_ += std::exchange(waiting_, 0);
  std::swap(buf_, out);
}

size_t outbox::written(size_t n, time_point now) {
  n = std::min(n, taken_);
  if (n == 0)
    return 0;
  taken_ -= n;
  progress_ = now;
  for (auto rest = n; rest > 0;) {
    auto& front = runs_.front();
    auto part = std::min(rest, front.bytes);
    sizes_[static_cast<size_t>(front.what)] -= part;
    front.bytes -= part;
    rest -= part;
    if (front.bytes == 0)
      runs_.pop_front();
  }
  return n;
}

} // namespace caf::aiomas::detail
