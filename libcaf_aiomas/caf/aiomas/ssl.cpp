#include "caf/aiomas/ssl.hpp"

#include "caf/aiomas/detail/tls_context.hpp"

namespace caf::aiomas {

namespace {

using detail::tls_context;
using detail::tls_role;

outcome<ssl_context> make(tls_role how, ssl_certs certs,
                          ssl_settings settings) {
  auto made = tls_context::make(how, std::move(certs), settings);
  if (!made)
    return std::move(made).error();
  return ssl_context{*std::move(made)};
}

outcome<ssl_context> wrap(tls_role how, ssl_ctx_st* own, bool check_host) {
  if (own == nullptr)
    return fault{errc::invalid_argument, "The SSL_CTX is null"};
  return ssl_context{
    std::make_shared<tls_context>(how, detail::share(own), check_host)};
}

} // namespace

ssl_context::ssl_context(std::shared_ptr<detail::tls_context> impl) noexcept
  : impl_(std::move(impl)) {
  // nop
}

outcome<ssl_context> ssl_context::server_of(ssl_ctx_st* own) {
  return wrap(tls_role::server, own, false);
}

outcome<ssl_context> ssl_context::client_of(ssl_ctx_st* own, bool check_host) {
  return wrap(tls_role::client, own, check_host);
}

outcome<void> ssl_context::reload() const {
  if (!impl_)
    return fault{errc::invalid_argument, "There is no context to reload"};
  auto made = impl_->load();
  if (!made)
    return std::move(made).error();
  impl_->use(*std::move(made));
  return {};
}

outcome<ssl_context> make_ssl_server_context(ssl_certs certs,
                                             ssl_settings settings) {
  return make(tls_role::server, std::move(certs), settings);
}

outcome<ssl_context> make_ssl_client_context(ssl_certs certs,
                                             ssl_settings settings) {
  return make(tls_role::client, std::move(certs), settings);
}

} // namespace caf::aiomas
