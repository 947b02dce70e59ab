#pragma once

#include "caf/aiomas/all.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

namespace faults {

using namespace caf;

/// Keeps account of how often each call ends, and how. For any thread.
class call_ledger {
public:
  /// Calls `on_mark(i)` when as many calls have ended as `marks[i]` says, which
  /// must ascend.
  call_ledger(size_t calls, std::vector<size_t> marks,
              std::function<void(size_t)> on_mark)
    : ends_(calls), marks_(std::move(marks)), on_mark_(std::move(on_mark)) {
    // nop
  }

  /// Lets calls be made until there were `n` in all.
  void allow(size_t n) {
    allowed_ = std::min(n, ends_.size());
  }

  /// Returns the number of the next call; nothing if no more are to be made.
  std::optional<size_t> take() {
    auto n = next_.load();
    while (n < allowed_)
      if (next_.compare_exchange_weak(n, n + 1))
        return n;
    return std::nullopt;
  }

  // -- ends -------------------------------------------------------------------

  void result(size_t call, const aiomas::value& got,
              const aiomas::value& want) {
    if (got != want)
      complain("call " + std::to_string(call) + " got " + excerpt(got)
               + " instead of " + excerpt(want));
    ended(call, aiomas::errc::none);
  }

  void failure(size_t call, const error& why) {
    auto code = aiomas::code_of(why);
    if (code != aiomas::errc::connection_closed
        && code != aiomas::errc::connection_reset
        && code != aiomas::errc::timeout)
      complain("call " + std::to_string(call) + " ended with "
               + aiomas::describe(why));
    ended(call, code);
  }

  void end(size_t call, const expected<aiomas::value>& got,
           const aiomas::value& want) {
    if (got)
      result(call, *got, want);
    else
      failure(call, got.error());
  }

  /// Attempts to connect are no calls, but fail in documented ways as well. A
  /// server that has just come back may not have its agents yet.
  void no_connection(const error& why) {
    auto code = aiomas::code_of(why);
    if (code != aiomas::errc::connection_closed
        && code != aiomas::errc::connection_reset
        && code != aiomas::errc::timeout && code != aiomas::errc::cannot_connect
        && code != aiomas::errc::no_such_agent)
      complain("an attempt to connect ended with " + aiomas::describe(why));
    ++attempts_[index(code)];
  }

  void complain(std::string what) {
    std::lock_guard guard{mtx_};
    complaints_.push_back(std::move(what));
  }

  // -- results ----------------------------------------------------------------

  /// Says what is wrong, once all should be over.
  std::vector<std::string> complaints() {
    auto missing = 0;
    auto repeated = 0;
    for (size_t i = 0; i < next_; ++i) {
      missing += ends_[i] == 0;
      repeated += ends_[i] > 1;
    }
    if (missing > 0)
      complain(std::to_string(missing) + " calls have not ended");
    if (repeated > 0)
      complain(std::to_string(repeated) + " calls have ended more than once");
    std::lock_guard guard{mtx_};
    return complaints_;
  }

  /// Renders how often each kind of end came about.
  std::string summary() const {
    std::ostringstream out;
    out << next_ << " calls: " << render(outcomes_)
        << "; attempts to connect that failed: " << render(attempts_);
    return out.str();
  }

private:
  using tally = std::array<std::atomic<size_t>, 32>;

  static size_t index(aiomas::errc code) {
    return static_cast<size_t>(code);
  }

  static std::string excerpt(const aiomas::value& x) {
    return to_string(x).substr(0, 80);
  }

  static std::string render(const tally& what) {
    std::string result;
    for (size_t i = 0; i < what.size(); ++i)
      if (what[i] > 0) {
        auto name = i == 0 ? "results" : to_string(aiomas::errc(i));
        result += (result.empty() ? "" : ", ") + std::to_string(what[i]) + " "
                  + name;
      }
    return result.empty() ? "none" : result;
  }

  void ended(size_t call, aiomas::errc code) {
    ++ends_[call];
    ++outcomes_[index(code)];
    auto n = ++all_ends_;
    auto mark = std::lower_bound(marks_.begin(), marks_.end(), n);
    for (; mark != marks_.end() && *mark == n; ++mark)
      on_mark_(static_cast<size_t>(mark - marks_.begin()));
  }

  std::vector<std::atomic<uint8_t>> ends_; // of each call
  std::vector<size_t> marks_;
  std::function<void(size_t)> on_mark_;
  std::atomic<size_t> allowed_ = 0;
  std::atomic<size_t> next_ = 0;
  std::atomic<size_t> all_ends_ = 0;
  tally outcomes_{};
  tally attempts_{};
  std::mutex mtx_;
  std::vector<std::string> complaints_; // guarded by mtx_
};

} // namespace faults
