#include "caf/aiomas/detail/resolve.hpp"

#include <asio/error.hpp>
#include <asio/ip/tcp.hpp>

#include <cerrno>
#include <cstring>
#include <netdb.h>

namespace caf::aiomas::detail {

namespace {

std::error_code to_error_code(int result) {
  switch (result) {
    case EAI_AGAIN:
      return asio::error::host_not_found_try_again;
    case EAI_FAIL:
      return asio::error::no_recovery;
    case EAI_MEMORY:
      return asio::error::no_memory;
    case EAI_SYSTEM:
      return {errno, std::system_category()};
    default:
      return asio::error::host_not_found;
  }
}

} // namespace

host_entry resolve(const std::string& host) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  if (!host.empty())
    hints.ai_flags |= AI_CANONNAME;
  addrinfo* found = nullptr;
  if (auto failed = ::getaddrinfo(host.empty() ? nullptr : host.c_str(), "0",
                                  &hints, &found))
    return {to_error_code(failed), {}, {}};
  host_entry result;
  if (found->ai_canonname != nullptr)
    result.canonical_name = found->ai_canonname;
  for (auto i = found; i != nullptr; i = i->ai_next) {
    asio::ip::tcp::endpoint where;
    if (i->ai_addrlen > where.capacity())
      continue;
    std::memcpy(where.data(), i->ai_addr, i->ai_addrlen);
    where.resize(i->ai_addrlen);
    result.addresses.push_back(where.address());
  }
  ::freeaddrinfo(found);
  if (result.addresses.empty())
    result.error = asio::error::host_not_found;
  return result;
}

} // namespace caf::aiomas::detail
