#pragma once

#include "caf/aiomas/outcome.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <variant>

/// OpenSSL's `SSL_CTX`.
struct ssl_ctx_st;

namespace caf::aiomas {

namespace detail {

class tls_context;

} // namespace detail

/// The files, all in PEM format, that one end of TLS connections needs. Both
/// ends have certificates and check each other's.
struct ssl_certs {
  /// Certificates of the CAs that certificates of peers must come from. What
  /// the system trusts besides does not count.
  std::string cafile;

  /// Our own certificate; behind it, those between it and the CA's, if any.
  std::string certfile;

  /// The private key of our certificate.
  std::string keyfile;

  /// Asked for the passphrase of `keyfile`, if that is encrypted, in the thread
  /// that makes or reloads a context. Without it, such keys are refused.
  std::function<std::string()> passphrase = {};
};

enum class tls_version : uint8_t { tls_1_2, tls_1_3 };

/// Which versions of TLS a context speaks. Peers agree on the highest that both
/// have; Python's aiomas has 1.2 only.
struct ssl_settings {
  tls_version lowest = tls_version::tls_1_2;
  tls_version highest = tls_version::tls_1_3;
};

/// How one end of TLS connections behaves and what it shows and trusts. A
/// counted handle, for any thread; many connections can share one.
class ssl_context {
public:
  ssl_context() = default;

  explicit ssl_context(std::shared_ptr<detail::tls_context> impl) noexcept;

  /// A context of your own for servers, whose reference count goes up. It
  /// decides about versions, ciphers and certificates. Only renegotiation is
  /// always off. Fails with `invalid_argument` if it is null.
  static outcome<ssl_context> server_of(ssl_ctx_st* own);

  /// The same for clients. If it verifies peers, and `check_host` is true, the
  /// host that is connected to must be in the certificate of the peer.
  static outcome<ssl_context> client_of(ssl_ctx_st* own,
                                        bool check_host = true);

  /// Reads the files anew. Connections that are open or being opened keep what
  /// they have, all later ones use the new certificates. If that fails, with
  /// `invalid_argument`, all stays as it was. Contexts of your own have no
  /// files, and fail.
  outcome<void> reload() const;

  explicit operator bool() const noexcept {
    return impl_ != nullptr;
  }

  /// @private
  const std::shared_ptr<detail::tls_context>& impl() const noexcept {
    return impl_;
  }

private:
  std::shared_ptr<detail::tls_context> impl_;
};

/// Makes a context for servers, as the original does: clients must have a
/// certificate that comes from a CA in `cafile`. TLS 1.2 with ECDHE and
/// AES-GCM, new keys for each session, no compression, and beyond the original
/// TLS 1.3; no renegotiation, no sessions that are resumed. Fails with
/// `invalid_argument` and a text that names the file and what is wrong with it.
outcome<ssl_context> make_ssl_server_context(ssl_certs certs,
                                             ssl_settings settings = {});

/// Makes a context for clients: the same, and the host that is connected to
/// must be in the certificate of the server, by its name or IP address.
outcome<ssl_context> make_ssl_client_context(ssl_certs certs,
                                             ssl_settings settings = {});

/// Contexts for both, in the original's order.
struct ssl_contexts {
  ssl_context server;
  ssl_context client;
};

/// Whether connections use TLS: not at all, with contexts made of files, with
/// the one context that is needed, or, for containers, with two.
using ssl_choice
  = std::variant<std::monostate, ssl_certs, ssl_context, ssl_contexts>;

} // namespace caf::aiomas
