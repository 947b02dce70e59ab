#pragma once

#include "caf/aiomas/value.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct ssl_st;

namespace caf::aiomas::detail {

/// What is known about a TLS connection once its handshake is done.
class tls_info {
public:
  tls_info() = default;

  explicit tls_info(const ssl_st* from);

  /// Of "cipher", "peercert" and "ssl_version", in the manner of Python.
  std::optional<value> get(std::string_view name) const;

  /// The names in the certificate of the peer, without repetitions: hosts, IP
  /// addresses and others that it may be used for, else its common name.
  const std::vector<std::string>& names() const noexcept {
    return names_;
  }

private:
  value cipher_;
  value peer_cert_;
  value version_;
  std::vector<std::string> names_;
};

} // namespace caf::aiomas::detail
