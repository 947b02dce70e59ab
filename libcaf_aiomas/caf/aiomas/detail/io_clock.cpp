#include "caf/aiomas/detail/io_clock.hpp"

#include <utility>

namespace caf::aiomas::detail {

namespace {

thread_local const io_clock::time_point* shown = nullptr;

} // namespace

io_clock::time_point io_clock::now() noexcept {
  return shown != nullptr ? *shown : std::chrono::steady_clock::now();
}

const io_clock::time_point* io_clock::show(const time_point* source) noexcept {
  return std::exchange(shown, source);
}

} // namespace caf::aiomas::detail
