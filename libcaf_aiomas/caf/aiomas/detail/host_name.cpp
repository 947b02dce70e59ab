#include "caf/aiomas/detail/host_name.hpp"

#include <netdb.h>
#include <unistd.h>

namespace caf::aiomas::detail {

std::string full_host_name() {
  char name[256] = {};
  if (::gethostname(name, sizeof name - 1) != 0)
    return "localhost";
  addrinfo hints{};
  hints.ai_flags = AI_CANONNAME;
  addrinfo* found = nullptr;
  std::string result{name};
  if (::getaddrinfo(name, nullptr, &hints, &found) == 0) {
    if (found->ai_canonname != nullptr)
      result = found->ai_canonname;
    ::freeaddrinfo(found);
  }
  return result;
}

} // namespace caf::aiomas::detail
