#pragma once

/// Certificates that are made when a test runs, good ones and others. To be
/// included after CAF_SUITE is defined.

#include "caf/test/dsl.hpp"

#include "caf/aiomas/ssl.hpp"

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

namespace aiomas_test {

/// A folder that goes with its owner.
class temp_dir {
public:
  temp_dir() {
    auto name
      = (std::filesystem::temp_directory_path() / "aiomas-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr)
      CAF_FAIL("no folder");
    path_ = name;
  }

  temp_dir(const temp_dir&) = delete;
  temp_dir& operator=(const temp_dir&) = delete;

  ~temp_dir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  std::string file(const std::string& name) const {
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

/// What is to be in a certificate.
struct wanted_certificate {
  std::string name = "localhost";
  std::string hosts = "DNS:localhost,IP:127.0.0.1,IP:::1"; // none if empty
  long valid_from = -3600; // seconds from now
  long valid_to = 3600;
  std::string passphrase = {};
};

class certificate_authority {
public:
  using key_ptr = std::shared_ptr<EVP_PKEY>;
  using certificate_ptr = std::shared_ptr<X509>;

  explicit certificate_authority(const std::string& name = "Test CA")
    : key_(make_key()), file_(dir_.file("ca.pem")) {
    self_ = make({name, {}}, key_, nullptr);
    write(file_, *self_);
  }

  const std::string& file() const {
    return file_;
  }

  /// Certificate and key of a machine, under names that are not taken yet.
  caf::aiomas::ssl_certs issue(const wanted_certificate& what = {}) {
    return issue_to("machine" + std::to_string(++issued_), what);
  }

  /// The same in files of the same names as before.
  caf::aiomas::ssl_certs issue_to(const std::string& stem,
                                  const wanted_certificate& what) {
    auto key = make_key();
    auto cert = make(what, key, self_.get());
    return store(stem, what, *cert, *key);
  }

  /// A certificate that no CA stands for.
  caf::aiomas::ssl_certs self_signed() {
    auto key = make_key();
    auto cert = make({}, key, nullptr);
    return store("self" + std::to_string(++issued_), {}, *cert, *key);
  }

private:
  static key_ptr make_key() {
    return {EVP_EC_gen("P-256"), EVP_PKEY_free};
  }

  static void extend(X509* cert, const X509* issuer, int what,
                     const std::string& content) {
    X509V3_CTX ctx;
    X509V3_set_ctx(&ctx, const_cast<X509*>(issuer), cert, nullptr, nullptr, 0);
    auto ext = X509V3_EXT_conf_nid(nullptr, &ctx, what, content.c_str());
    if (ext == nullptr)
      CAF_FAIL("no extension " << content);
    X509_add_ext(cert, ext, -1);
    X509_EXTENSION_free(ext);
  }

  /// Signed by `issuer`, or by itself.
  certificate_ptr make(const wanted_certificate& what, const key_ptr& key,
                       const X509* issuer) {
    certificate_ptr result{X509_new(), X509_free};
    auto cert = result.get();
    static long serial = 0;
    X509_set_version(cert, X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(cert), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(cert), what.valid_from);
    X509_gmtime_adj(X509_getm_notAfter(cert), what.valid_to);
    auto text = reinterpret_cast<const unsigned char*>(what.name.c_str());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(cert), "CN", MBSTRING_UTF8,
                               text, -1, -1, 0);
    auto signer = issuer != nullptr ? issuer : cert;
    X509_set_issuer_name(cert, X509_get_subject_name(signer));
    X509_set_pubkey(cert, key.get());
    auto is_ca = issuer == nullptr && what.hosts.empty();
    extend(cert, signer, NID_basic_constraints,
           is_ca ? "critical,CA:TRUE" : "CA:FALSE");
    if (!what.hosts.empty())
      extend(cert, signer, NID_subject_alt_name, what.hosts);
    auto& by = issuer != nullptr ? key_ : key;
    if (X509_sign(cert, by.get(), EVP_sha256()) == 0)
      CAF_FAIL("no signature");
    return result;
  }

  using file_ptr = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;

  static file_ptr open(const std::string& name) {
    file_ptr result{std::fopen(name.c_str(), "wb"), std::fclose};
    if (!result)
      CAF_FAIL("cannot write " << name);
    return result;
  }

  static void write(const std::string& name, X509& what) {
    PEM_write_X509(open(name).get(), &what);
  }

  caf::aiomas::ssl_certs store(const std::string& stem,
                               const wanted_certificate& what, X509& cert,
                               EVP_PKEY& key) {
    caf::aiomas::ssl_certs result{file_, dir_.file(stem + ".pem"),
                                  dir_.file(stem + ".key")};
    write(result.certfile, cert);
    auto secret = reinterpret_cast<const unsigned char*>(
      what.passphrase.empty() ? nullptr : what.passphrase.data());
    PEM_write_PrivateKey(
      open(result.keyfile).get(), &key, secret ? EVP_aes_256_cbc() : nullptr,
      secret, static_cast<int>(what.passphrase.size()), nullptr, nullptr);
    return result;
  }

  temp_dir dir_;
  key_ptr key_;
  std::string file_;
  certificate_ptr self_;
  int issued_ = 0;
};

/// A context as ours never are.
class own_context {
public:
  explicit own_context(const SSL_METHOD* how) : ctx_(SSL_CTX_new(how)) {
    SSL_CTX_set_security_level(ctx_, 0);
  }

  own_context(const own_context&) = delete;
  own_context& operator=(const own_context&) = delete;

  ~own_context() {
    SSL_CTX_free(ctx_);
  }

  SSL_CTX* get() const {
    return ctx_;
  }

  /// Shows a certificate.
  void show(const caf::aiomas::ssl_certs& what) const {
    SSL_CTX_use_certificate_chain_file(ctx_, what.certfile.c_str());
    SSL_CTX_use_PrivateKey_file(ctx_, what.keyfile.c_str(), SSL_FILETYPE_PEM);
  }

private:
  SSL_CTX* ctx_;
};

} // namespace aiomas_test
