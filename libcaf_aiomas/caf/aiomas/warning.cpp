#include "caf/aiomas/warning.hpp"

#include <cstdio>
#include <mutex>
#include <utility>

namespace caf::aiomas {

namespace {

void print(const std::string& text) {
  // One call, so that lines of several threads do not mix.
  std::fputs(("aiomas: warning: " + text + "\n").c_str(), stderr);
}

struct warning_sink {
  std::mutex mtx;
  warning_handler handler = print; // guarded by mtx
};

warning_sink& sink() {
  static warning_sink instance;
  return instance;
}

} // namespace

warning_handler on_warning(warning_handler what) {
  std::lock_guard guard{sink().mtx};
  return std::exchange(sink().handler, std::move(what));
}

namespace detail {

void warn(const std::string& text) {
  std::lock_guard guard{sink().mtx};
  if (auto& handler = sink().handler)
    handler(text);
}

} // namespace detail

} // namespace caf::aiomas
