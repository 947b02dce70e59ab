#include "caf/aiomas/detail/tls_context.hpp"

#include "caf/aiomas/detail/tls_error.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <exception>
#include <system_error>

namespace caf::aiomas::detail {

namespace {

/// Forward secrecy and authenticated encryption only, as in the original.
constexpr auto ciphers_1_2 = "ECDHE+AESGCM";
constexpr auto ciphers_1_3 = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256";
constexpr auto groups = "X25519:P-256:P-384:P-521";

/// RSA keys of 2048 bits or more, and no SHA-1.
constexpr auto security_level = 2;

// -- files --------------------------------------------------------------------

fault cannot_use(const char* what, const std::string& file,
                 const std::string& why) {
  return {errc::invalid_argument, std::string{"Cannot use the "} + what
                                    + " in \"" + file + "\": " + why};
}

/// Returns why a file cannot be read, which OpenSSL would tell in many words.
std::optional<std::string> unreadable(const std::string& file) {
  if (file.empty())
    return "no file was given";
  errno = 0;
  auto opened = std::fopen(file.c_str(), "rb");
  if (opened == nullptr)
    return std::generic_category().message(errno);
  std::fclose(opened);
  return std::nullopt;
}

bool is_absence(unsigned long code) {
  auto is = [code](int library, int reason) {
    return ERR_GET_LIB(code) == library && ERR_GET_REASON(code) == reason;
  };
  return is(ERR_LIB_PEM, PEM_R_NO_START_LINE)
         || is(ERR_LIB_X509, X509_R_NO_CERTIFICATE_OR_CRL_FOUND)
         || is(ERR_LIB_OSSL_DECODER, ERR_R_UNSUPPORTED);
}

/// Uses up OpenSSL's errors, of which the first ones say most.
std::string why_unusable() {
  auto first = ERR_get_error();
  for (auto code = first; code != 0; code = ERR_get_error())
    if (is_absence(code))
      return "it is not in there";
  return tls_reason(first);
}

// -- passphrases --------------------------------------------------------------

struct passphrase_source {
  const std::function<std::string()>& ask;
  bool asked = false;
  std::string failure = {};
};

int on_passphrase(char* into, int size, int, void* data) noexcept {
  auto& from = *static_cast<passphrase_source*>(data);
  from.asked = true;
  if (!from.ask)
    return -1;
  try {
    auto text = from.ask();
    auto n = text.size();
    auto fits = n <= static_cast<size_t>(size);
    if (fits)
      std::memcpy(into, text.data(), n);
    else
      from.failure = "the passphrase is too long";
    OPENSSL_cleanse(text.data(), n);
    return fits ? static_cast<int>(n) : -1;
  } catch (const std::exception& ex) {
    from.failure = std::string{"no passphrase: "} + ex.what();
  } catch (...) {
    from.failure = "no passphrase: an exception of unknown type";
  }
  return -1;
}

// -- parts of a context -------------------------------------------------------

int number_of(tls_version what) {
  return what == tls_version::tls_1_2 ? TLS1_2_VERSION : TLS1_3_VERSION;
}

/// Everything that has nothing to do with files.
bool configure(SSL_CTX* ctx, tls_role how, const ssl_settings& with) {
  SSL_CTX_set_security_level(ctx, security_level);
  SSL_CTX_set_options(ctx, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION
                             | SSL_OP_NO_TICKET | SSL_OP_SINGLE_ECDH_USE
                             | SSL_OP_CIPHER_SERVER_PREFERENCE);
  SSL_CTX_set_session_cache_mode(ctx, SSL_SESS_CACHE_OFF);
  auto verify = SSL_VERIFY_PEER;
  if (how == tls_role::server)
    verify |= SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
  SSL_CTX_set_verify(ctx, verify, nullptr);
  return SSL_CTX_set_min_proto_version(ctx, number_of(with.lowest)) == 1
         && SSL_CTX_set_max_proto_version(ctx, number_of(with.highest)) == 1
         && SSL_CTX_set_cipher_list(ctx, ciphers_1_2) == 1
         && SSL_CTX_set_ciphersuites(ctx, ciphers_1_3) == 1
         && SSL_CTX_set1_groups_list(ctx, groups) == 1
         && SSL_CTX_set_num_tickets(ctx, 0) == 1;
}

outcome<void> use_ca(SSL_CTX* ctx, const std::string& file) {
  constexpr auto what = "CA certificates";
  if (auto why = unreadable(file))
    return cannot_use(what, file, *why);
  if (SSL_CTX_load_verify_file(ctx, file.c_str()) != 1)
    return cannot_use(what, file, why_unusable());
  return {};
}

outcome<void> use_certificate(SSL_CTX* ctx, const std::string& file) {
  constexpr auto what = "certificate";
  if (auto why = unreadable(file))
    return cannot_use(what, file, *why);
  if (SSL_CTX_use_certificate_chain_file(ctx, file.c_str()) != 1)
    return cannot_use(what, file, why_unusable());
  return {};
}

std::string why_no_key(const passphrase_source& from, const ssl_certs& certs) {
  if (!from.failure.empty())
    return from.failure;
  auto code = ERR_peek_last_error();
  if (ERR_GET_LIB(code) == ERR_LIB_X509
      && ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH)
    return "it does not belong to the certificate in \"" + certs.certfile
           + "\"";
  if (from.asked)
    return from.ask ? "the passphrase is wrong"
                    : "it is encrypted, and there is no passphrase";
  return why_unusable();
}

outcome<void> use_key(SSL_CTX* ctx, const ssl_certs& certs) {
  constexpr auto what = "private key";
  if (auto why = unreadable(certs.keyfile))
    return cannot_use(what, certs.keyfile, *why);
  // Without a callback, OpenSSL would ask the terminal.
  passphrase_source from{certs.passphrase};
  SSL_CTX_set_default_passwd_cb(ctx, on_passphrase);
  SSL_CTX_set_default_passwd_cb_userdata(ctx, &from);
  auto ok
    = SSL_CTX_use_PrivateKey_file(ctx, certs.keyfile.c_str(), SSL_FILETYPE_PEM)
      == 1;
  SSL_CTX_set_default_passwd_cb(ctx, nullptr);
  SSL_CTX_set_default_passwd_cb_userdata(ctx, nullptr);
  if (!ok || SSL_CTX_check_private_key(ctx) != 1)
    return cannot_use(what, certs.keyfile, why_no_key(from, certs));
  return {};
}

outcome<native_context> make_native(tls_role how, const ssl_certs& certs,
                                    const ssl_settings& settings) {
  if (settings.lowest > settings.highest)
    return fault{errc::invalid_argument,
                 "The lowest version of TLS is above the highest"};
  ERR_clear_error();
  native_context result{SSL_CTX_new(how == tls_role::server
                                      ? TLS_server_method()
                                      : TLS_client_method()),
                        SSL_CTX_free};
  auto ctx = result.get();
  if (ctx == nullptr || !configure(ctx, how, settings))
    return fault{errc::invalid_argument, "OpenSSL cannot be used for TLS: "
                                           + tls_reason(ERR_peek_last_error())};
  if (auto ok = use_ca(ctx, certs.cafile); !ok)
    return std::move(ok).error();
  if (auto ok = use_certificate(ctx, certs.certfile); !ok)
    return std::move(ok).error();
  if (auto ok = use_key(ctx, certs); !ok)
    return std::move(ok).error();
  return result;
}

} // namespace

native_context share(ssl_ctx_st* own) {
  SSL_CTX_up_ref(own);
  return {own, SSL_CTX_free};
}

// -- tls_context --------------------------------------------------------------

outcome<std::shared_ptr<tls_context>>
tls_context::make(tls_role how, ssl_certs certs, ssl_settings settings) {
  auto result
    = std::make_shared<tls_context>(how, nullptr, how == tls_role::client);
  result->source_ = source{std::move(certs), settings};
  auto made = result->load();
  if (!made)
    return std::move(made).error();
  result->use(*std::move(made));
  return result;
}

tls_context::tls_context(tls_role how, native_context own, bool check_host)
  : how_(how), check_host_(check_host), current_(std::move(own)) {
  // nop
}

native_context tls_context::current() const {
  std::lock_guard guard{mtx_};
  return current_;
}

outcome<native_context> tls_context::load() const {
  if (!source_)
    return fault{errc::invalid_argument, "The context was not made of files"};
  auto result = make_native(how_, source_->certs, source_->settings);
  ERR_clear_error();
  return result;
}

void tls_context::use(native_context what) {
  std::lock_guard guard{mtx_};
  current_.swap(what);
}

} // namespace caf::aiomas::detail
