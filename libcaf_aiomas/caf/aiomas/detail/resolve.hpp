#pragma once

#include <asio/ip/address.hpp>

#include <string>
#include <system_error>
#include <vector>

namespace caf::aiomas::detail {

/// What is known about a host.
struct host_entry {
  /// Why nothing is known.
  std::error_code error;

  /// In the order in which they are to be tried; at least one without `error`.
  std::vector<asio::ip::address> addresses;

  /// Its full name; empty if there is none.
  std::string canonical_name;
};

/// Asks the system, which may ask name servers. An empty name is this machine
/// itself. For any thread; blocks.
host_entry resolve(const std::string& host);

} // namespace caf::aiomas::detail
