#include "caf/aiomas/pending.hpp"

#include "caf/aiomas/detail/io_loop.hpp"

namespace caf::aiomas::detail {

bool may_block() noexcept {
  return !io_loop::on_any_loop() && !on_scheduler_worker();
}

} // namespace caf::aiomas::detail
