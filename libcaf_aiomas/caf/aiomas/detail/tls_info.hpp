#pragma once

#include "caf/aiomas/peer_info.hpp"
#include "caf/aiomas/value.hpp"

#include <optional>
#include <string_view>

struct ssl_st;

namespace caf::aiomas::detail {

/// What is known about a TLS connection once its handshake is done.
class tls_info {
public:
  tls_info() = default;

  explicit tls_info(const ssl_st* from);

  /// Of "cipher", "peercert" and "ssl_version", in the manner of Python.
  std::optional<value> get(std::string_view name) const;

  /// Nothing if the peer has shown none.
  const std::optional<peer_certificate>& certificate() const noexcept {
    return certificate_;
  }

private:
  value cipher_;
  value peer_cert_;
  value version_;
  std::optional<peer_certificate> certificate_;
};

} // namespace caf::aiomas::detail
