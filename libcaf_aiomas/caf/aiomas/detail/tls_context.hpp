#pragma once

#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/ssl.hpp"

#include <memory>
#include <mutex>
#include <optional>

namespace caf::aiomas::detail {

enum class tls_role : uint8_t { server, client };

/// A counted reference to an `SSL_CTX`, which never changes any more.
using native_context = std::shared_ptr<ssl_ctx_st>;

/// Adds a reference to a context of the user.
native_context share(ssl_ctx_st* own);

/// What is behind an `ssl_context`. For any thread.
class tls_context {
public:
  /// Fails with `invalid_argument`.
  static outcome<std::shared_ptr<tls_context>>
  make(tls_role how, ssl_certs certs, ssl_settings settings);

  /// A context that is not made of files.
  tls_context(tls_role how, native_context own, bool check_host);

  tls_role how() const noexcept {
    return how_;
  }

  /// Whether the host of a client's peer must be in its certificate.
  bool checks_host() const noexcept {
    return check_host_;
  }

  /// What new connections use.
  native_context current() const;

  /// Makes what `use` takes from the files as they are now. Fails with
  /// `invalid_argument`.
  outcome<native_context> load() const;

  void use(native_context what);

private:
  struct source {
    ssl_certs certs;
    ssl_settings settings;
  };

  tls_role how_;
  bool check_host_;
  std::optional<source> source_;
  mutable std::mutex mtx_;
  native_context current_; // guarded by mtx_
};

} // namespace caf::aiomas::detail
