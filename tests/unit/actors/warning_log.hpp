#pragma once

/// What the suites that look at warnings share. To be included after CAF_SUITE
/// is defined.

#include "fixture.hpp"

#include "caf/aiomas/warning.hpp"

#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace aiomas_test {

/// Takes all warnings as long as it lives.
class warning_log {
public:
  warning_log() {
    before_ = on_warning([this](const std::string& text) {
      std::lock_guard guard{mtx_};
      texts_.push_back(text);
    });
  }

  ~warning_log() {
    on_warning(std::move(before_));
  }

  std::vector<std::string> texts() const {
    std::lock_guard guard{mtx_};
    return texts_;
  }

private:
  mutable std::mutex mtx_;
  std::vector<std::string> texts_;
  warning_handler before_;
};

} // namespace aiomas_test
