#include "caf/aiomas/detail/tls_info.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstdio>
#include <memory>

#include <arpa/inet.h>

namespace caf::aiomas::detail {

namespace {

std::string text_of(const ASN1_STRING* from) {
  unsigned char* text = nullptr;
  auto size = ASN1_STRING_to_UTF8(&text, from);
  if (size < 0)
    return {};
  std::unique_ptr<unsigned char, void (*)(unsigned char*)> owner{
    text, [](unsigned char* x) { OPENSSL_free(x); }};
  return {reinterpret_cast<const char*>(text), static_cast<size_t>(size)};
}

std::string name_of(const ASN1_OBJECT* what) {
  char name[128] = {};
  OBJ_obj2txt(name, sizeof name, what, 0);
  return name;
}

/// Python's `((('commonName', 'x'),), …)`.
value value_of(const X509_NAME* from) {
  list result;
  auto last_set = -1;
  for (auto i = 0; i < X509_NAME_entry_count(from); ++i) {
    auto entry = X509_NAME_get_entry(from, i);
    auto pair = list{value{name_of(X509_NAME_ENTRY_get_object(entry))},
                     value{text_of(X509_NAME_ENTRY_get_data(entry))}};
    auto set = X509_NAME_ENTRY_set(entry);
    if (set == last_set)
      result.back().get_if<list>()->push_back(std::move(pair));
    else
      result.push_back(list{value{std::move(pair)}});
    last_set = set;
  }
  return result;
}

/// For example "Jan  5 09:34:43 2028 GMT".
std::string date_of(const ASN1_TIME* from) {
  std::unique_ptr<BIO, int (*)(BIO*)> out{BIO_new(BIO_s_mem()), BIO_free};
  char* text = nullptr;
  if (!out || ASN1_TIME_print(out.get(), from) != 1)
    return {};
  auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<size_t>(size)};
}

std::string digits_of(const ASN1_INTEGER* from) {
  std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number{
    ASN1_INTEGER_to_BN(from, nullptr), BN_free};
  std::unique_ptr<char, void (*)(char*)> text{number ? BN_bn2hex(number.get())
                                                     : nullptr,
                                              [](char* x) { OPENSSL_free(x); }};
  return text ? text.get() : "";
}

std::string address_of(const ASN1_OCTET_STRING* from) {
  auto size = ASN1_STRING_length(from);
  char text[INET6_ADDRSTRLEN] = {};
  if (size == 4)
    inet_ntop(AF_INET, ASN1_STRING_get0_data(from), text, sizeof text);
  else if (size == 16)
    inet_ntop(AF_INET6, ASN1_STRING_get0_data(from), text, sizeof text);
  return text;
}

struct alternative_name {
  const char* kind;
  std::string text;
};

alternative_name name_of(const GENERAL_NAME* from) {
  switch (from->type) {
    case GEN_DNS:
      return {"DNS", text_of(from->d.dNSName)};
    case GEN_IPADD:
      return {"IP Address", address_of(from->d.iPAddress)};
    case GEN_EMAIL:
      return {"email", text_of(from->d.rfc822Name)};
    case GEN_URI:
      return {"URI", text_of(from->d.uniformResourceIdentifier)};
    default:
      return {"", {}};
  }
}

std::vector<alternative_name> alternative_names(const X509* cert) {
  std::unique_ptr<GENERAL_NAMES, void (*)(GENERAL_NAMES*)> all{
    static_cast<GENERAL_NAMES*>(
      X509_get_ext_d2i(cert, NID_subject_alt_name, nullptr, nullptr)),
    GENERAL_NAMES_free};
  std::vector<alternative_name> result;
  for (auto i = 0; all && i < sk_GENERAL_NAME_num(all.get()); ++i) {
    auto name = name_of(sk_GENERAL_NAME_value(all.get(), i));
    if (!name.text.empty())
      result.push_back(std::move(name));
  }
  return result;
}

value describe(const X509* cert, const std::vector<alternative_name>& names) {
  dict result;
  result.set("subject", value_of(X509_get_subject_name(cert)));
  result.set("issuer", value_of(X509_get_issuer_name(cert)));
  result.set("version", value{X509_get_version(cert) + 1});
  result.set("serialNumber", value{digits_of(X509_get0_serialNumber(cert))});
  result.set("notBefore", value{date_of(X509_get0_notBefore(cert))});
  result.set("notAfter", value{date_of(X509_get0_notAfter(cert))});
  if (!names.empty()) {
    list all;
    for (auto& x : names)
      all.push_back(list{value{x.kind}, value{x.text}});
    result.set("subjectAltName", std::move(all));
  }
  return result;
}

std::string common_name(const X509* cert) {
  auto subject = X509_get_subject_name(cert);
  auto i = X509_NAME_get_index_by_NID(subject, NID_commonName, -1);
  if (i < 0)
    return {};
  return text_of(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(subject, i)));
}

} // namespace

tls_info::tls_info(const ssl_st* from) {
  version_ = SSL_get_version(from);
  if (auto cipher = SSL_get_current_cipher(from))
    cipher_ = list{value{SSL_CIPHER_get_name(cipher)},
                   value{SSL_CIPHER_get_version(cipher)},
                   value{SSL_CIPHER_get_bits(cipher, nullptr)}};
  auto cert = SSL_get0_peer_certificate(from);
  if (cert == nullptr)
    return;
  auto alternatives = alternative_names(cert);
  peer_cert_ = describe(cert, alternatives);
  auto& shown = certificate_.emplace();
  shown.common_name = common_name(cert);
  auto& names = shown.alternative_names;
  for (auto& x : alternatives)
    if (std::find(names.begin(), names.end(), x.text) == names.end())
      names.push_back(x.text);
  ERR_clear_error();
}

std::optional<value> tls_info::get(std::string_view name) const {
  if (name == "cipher")
    return cipher_;
  if (name == "peercert")
    return peer_cert_;
  if (name == "ssl_version")
    return version_;
  return std::nullopt;
}

} // namespace caf::aiomas::detail
