#pragma once

#include "caf/aiomas/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace caf::aiomas {

/// Where a server listens and clients connect to.
class address {
public:
  /// The scheme of a URL.
  enum class transport : uint8_t {
    tcp, ///< `tcp://host:port`
    ipc, ///< `ipc://[path]`, a Unix domain socket
    local, ///< `local://id`, a queue inside this process
  };

  /// A TCP address. As the address of a server, port 0 is any free port, and an
  /// empty host is all interfaces.
  address(std::string host, uint16_t port)
    : transport_(transport::tcp), name_(std::move(host)), port_(port) {
    // nop
  }

  /// Parses `tcp://host:port`, `ipc://[path]` or `local://id`, optionally with
  /// a slash at the end. The host may be an IPv6 address, with or without
  /// brackets. Fails with `invalid_url`.
  static outcome<address> parse(std::string_view text);

  /// An address that is not TCP; `name` is a path, behind an `@` the abstract
  /// name of a Unix socket, or the id of a queue.
  static address make(transport how, std::string name);

  transport how() const noexcept {
    return transport_;
  }

  /// The host of a TCP address without brackets.
  const std::string& host() const noexcept {
    return name_;
  }

  /// The path of a Unix socket, or the id of a local queue.
  const std::string& path() const noexcept {
    return name_;
  }

  /// The port of a TCP address, else 0.
  uint16_t port() const noexcept {
    return port_;
  }

  friend bool operator==(const address&, const address&) = default;
  friend auto operator<=>(const address&, const address&) = default;

private:
  transport transport_;
  std::string name_;
  uint16_t port_;
};

/// Names the queue `id` inside of this process, `local://id`, as the original's
/// function does.
inline address get_queue(std::string id) {
  return address::make(address::transport::local, std::move(id));
}

/// Renders an address as `parse` reads it; IPv6 hosts get their brackets.
std::string to_string(const address& x);

} // namespace caf::aiomas
