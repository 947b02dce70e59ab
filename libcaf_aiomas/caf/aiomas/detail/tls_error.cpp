#include "caf/aiomas/detail/tls_error.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

namespace caf::aiomas::detail {

namespace {

/// No code of OpenSSL, whose library numbers begin at 1.
constexpr int truncated = 1;

class category final : public std::error_category {
public:
  const char* name() const noexcept override {
    return "aiomas.tls";
  }

  std::string message(int code) const override {
    if (code == truncated)
      return "the peer ended the connection without ending TLS";
    return tls_reason(static_cast<unsigned long>(code));
  }
};

const category& instance() noexcept {
  static const category result;
  return result;
}

std::string alert_name(int number) {
  // OpenSSL does not name those that are new in TLS 1.3.
  switch (number) {
    case SSL_AD_MISSING_EXTENSION:
      return "missing extension";
    case SSL_AD_CERTIFICATE_REQUIRED:
      return "certificate required";
    default:
      return SSL_alert_desc_string_long(number);
  }
}

} // namespace

std::string tls_reason(unsigned long code) {
  auto reason = ERR_GET_REASON(code);
  if (ERR_GET_LIB(code) == ERR_LIB_SSL) {
    if (reason > SSL_AD_REASON_OFFSET && reason <= SSL_AD_REASON_OFFSET + 255)
      return std::string{"the peer ended TLS with the alert \""}
             + alert_name(reason - SSL_AD_REASON_OFFSET) + "\"";
    if (reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST)
      return "the peer does not speak TLS";
  }
  auto text = ERR_reason_error_string(code);
  return text != nullptr ? text : "unknown reason";
}

std::error_code tls_error(unsigned long code) noexcept {
  // Codes of the system have the highest bit set, and never occur here.
  return {static_cast<int>(code & 0x7fffffffu), instance()};
}

std::error_code tls_truncated() noexcept {
  return {truncated, instance()};
}

} // namespace caf::aiomas::detail
