#include "caf/aiomas/detail/caf_event_log.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/atom.hpp>
#include <caf/defaults.hpp>
#include <caf/logger.hpp>
#include <caf/timestamp.hpp>

#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <unistd.h>
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

/// Whether the logger can write its file.
bool has_file(const logger& what, const actor_system_config& cfg) {
  if (what.file_verbosity() == CAF_LOG_LEVEL_QUIET)
    return false;
  auto fallback = caf::defaults::logger::file_name;
  auto name = get_or(cfg, "logger.file-name",
                     std::string{fallback.begin(), fallback.end()});
  if (name.empty())
    return false;
  if (name.find('[') == std::string::npos)
    return std::ofstream{name, std::ios::app}.is_open();
  // With placeholders, for example for the process.
  auto folder = std::filesystem::path{name}.parent_path();
  return ::access(folder.empty() ? "." : folder.c_str(), W_OK) == 0;
}

} // namespace

// A logger that has nowhere to write accepts events all the same, and blocks
// once its queue is full, since nobody reads that.
std::shared_ptr<caf_event_log> caf_event_log::make(actor_system& sys) {
  auto& to = sys.logger();
  if (to.console_verbosity() != CAF_LOG_LEVEL_QUIET
      || has_file(to, sys.config()))
    return std::make_shared<caf_event_log>(sys);
  return nullptr;
}

bool caf_event_log::wants(severity how) const noexcept {
  return sys_.logger().accepts(level_of(how), component);
}

// CAF's macros are empty where CAF was built without log output, as Debian's
// is, but its logger works.
void caf_event_log::write(severity how, std::string line) {
  std::lock_guard guard{mtx_};
  sys_.logger().log(logger::event{
    level_of(how), __LINE__, component, "caf::aiomas::detail::caf_event_log",
    "write", logger::skip_path(__FILE__), std::move(line),
    std::this_thread::get_id(), 0, make_timestamp()});
}

} // namespace caf::aiomas::detail
