#pragma once

#include <chrono>
#include <string>

namespace caf::aiomas::detail {

/// How long an exposed function may run without a warning.
constexpr std::chrono::milliseconds slow_function{100}; // as asyncio's

/// Whether `caf.aiomas.debug` is on in any system of this process. For any
/// thread.
bool debugging() noexcept;

void set_debugging(bool on) noexcept;

/// Warns if debugging is on.
void debug_warning(const std::string& text);

/// Warns of a task that was made and never started, if debugging is on.
void forgotten_task() noexcept;

/// Warns of a function that takes long, if debugging is on.
class slow_function_guard {
public:
  using clock = std::chrono::steady_clock;

  /// `path` must live as long as this.
  explicit slow_function_guard(const std::string& path) noexcept;

  slow_function_guard(const slow_function_guard&) = delete;
  slow_function_guard& operator=(const slow_function_guard&) = delete;

  ~slow_function_guard();

private:
  const std::string* path_; // null if nobody wants to know
  clock::time_point begin_;
};

} // namespace caf::aiomas::detail
