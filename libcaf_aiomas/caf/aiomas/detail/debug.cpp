#include "caf/aiomas/detail/debug.hpp"

#include "caf/aiomas/warning.hpp"

#include <atomic>

namespace caf::aiomas::detail {

namespace {

std::atomic<bool> is_on = false;

} // namespace

bool debugging() noexcept {
  return is_on.load(std::memory_order_relaxed);
}

void set_debugging(bool on) noexcept {
  is_on = on;
}

void debug_warning(const std::string& text) {
  if (debugging())
    warn(text);
}

void forgotten_task() noexcept {
  if (debugging())
    warn("a task was never started: it is to be awaited or launched");
}

slow_function_guard::slow_function_guard(const std::string& path) noexcept
  : path_(debugging() ? &path : nullptr) {
  if (path_ != nullptr)
    begin_ = clock::now();
}

slow_function_guard::~slow_function_guard() {
  if (path_ == nullptr)
    return;
  auto time = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now()
                                                                    - begin_);
  if (time >= slow_function)
    warn(*path_ + "() took " + std::to_string(time.count())
         + " ms: others wait for the thread meanwhile");
}

} // namespace caf::aiomas::detail
