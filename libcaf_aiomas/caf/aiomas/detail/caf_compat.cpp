#include "caf/aiomas/detail/caf_compat.hpp"

#include <pthread.h>

#include <string_view>

namespace caf::aiomas::detail {

bool on_scheduler_worker() noexcept {
  char name[16] = {};
  return pthread_getname_np(pthread_self(), name, sizeof name) == 0
         && std::string_view{name} == "caf.multiplexer";
}

} // namespace caf::aiomas::detail
