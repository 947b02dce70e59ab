#include "caf/aiomas/clock.hpp"

namespace caf::aiomas {

clock::~clock() {
  // nop
}

double realtime_clock::time() const {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration<double>(now).count();
}

std::chrono::system_clock::time_point realtime_clock::utcnow() const {
  return std::chrono::system_clock::now();
}

} // namespace caf::aiomas
