#include "caf/aiomas/detail/caf_event_log.hpp"

#include <caf/atom.hpp>
#include <caf/logger.hpp>
#include <caf/timestamp.hpp>

#include <thread>
#include <utility>

namespace caf::aiomas::detail {

namespace {

constexpr auto component = atom("aiomas");

unsigned level_of(severity how) noexcept {
  switch (how) {
    case severity::debug:
      return CAF_LOG_LEVEL_DEBUG;
    case severity::info:
      return CAF_LOG_LEVEL_INFO;
    default:
      return CAF_LOG_LEVEL_WARNING;
  }
}

} // namespace

bool caf_event_log::wants(severity how) const noexcept {
  return sys_.logger().accepts(level_of(how), component);
}

// CAF's macros are empty where CAF was built without log output, as Debian's
// is, but its logger works.
void caf_event_log::write(severity how, std::string line) {
  sys_.logger().log(logger::event{
    level_of(how), __LINE__, component, "caf::aiomas::detail::caf_event_log",
    "write", logger::skip_path(__FILE__), std::move(line),
    std::this_thread::get_id(), 0, make_timestamp()});
}

} // namespace caf::aiomas::detail
