#pragma once

#include <string>
#include <system_error>

namespace caf::aiomas::detail {

/// Renders an error of OpenSSL's queue for people. Alerts, which is what peers
/// send before they give up, are named as such.
std::string tls_reason(unsigned long code);

/// The same as an error code.
std::error_code tls_error(unsigned long code) noexcept;

/// The peer ended the connection, but not TLS: it may have been somebody else.
std::error_code tls_truncated() noexcept;

} // namespace caf::aiomas::detail
