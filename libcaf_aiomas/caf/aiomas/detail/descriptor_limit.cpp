#include "caf/aiomas/detail/descriptor_limit.hpp"

#include <sys/resource.h>

namespace caf::aiomas::detail {

std::optional<uint64_t> descriptor_limit() noexcept {
  rlimit result{};
  if (::getrlimit(RLIMIT_NOFILE, &result) != 0
      || result.rlim_cur == RLIM_INFINITY)
    return std::nullopt;
  return result.rlim_cur;
}

std::optional<std::string> descriptor_warning(std::optional<uint64_t> limit,
                                              size_t connections) {
  if (!limit || *limit >= connections)
    return std::nullopt;
  return "at most " + std::to_string(*limit)
         + " files can be open, which is too few for "
         + std::to_string(connections)
         + " connections: raise the limit (ulimit -n), or lower "
           "max-connections";
}

} // namespace caf::aiomas::detail
