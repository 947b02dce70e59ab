#include "caf/aiomas/detail/tls_engine.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/tls_error.hpp"

#include <asio/ip/address.hpp>

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <cstring>

namespace caf::aiomas::detail {

namespace {

/// A little more than the longest record.
constexpr size_t input_size = size_t{17} << 10;

/// What a record can hold.
constexpr size_t max_record = size_t{16} << 10;

/// Memory up to this size is kept when all output has gone.
constexpr size_t keep_capacity = size_t{128} << 10;

fault not_checkable(const std::string& host) {
  return {errc::cannot_connect,
          "the host \"" + host + "\" cannot be looked for in a certificate"};
}

} // namespace

/// What OpenSSL takes for its socket.
struct tls_bio {
  static tls_engine& engine(BIO* bio) {
    return *static_cast<tls_engine*>(BIO_get_data(bio));
  }

  static int read(BIO* bio, char* into, int size) noexcept {
    auto& from = engine(bio);
    BIO_clear_retry_flags(bio);
    auto n = std::min(static_cast<size_t>(std::max(size, 0)),
                      from.in_end_ - from.in_begin_);
    if (n == 0) {
      BIO_set_retry_read(bio);
      return -1;
    }
    std::memcpy(into, from.in_.data() + from.in_begin_, n);
    from.in_begin_ += n;
    return static_cast<int>(n);
  }

  static int write(BIO* bio, const char* what, int size) noexcept {
    auto& to = engine(bio).out_;
    BIO_clear_retry_flags(bio);
    if (size <= 0)
      return 0;
    auto bytes = reinterpret_cast<const std::byte*>(what);
    try {
      to.insert(to.end(), bytes, bytes + size);
    } catch (...) {
      return -1; // C functions know no exceptions
    }
    return size;
  }

  static long control(BIO*, int what, long, void*) noexcept {
    return what == BIO_CTRL_FLUSH ? 1 : 0;
  }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* result = [] {
      auto made
        = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "aiomas");
      if (made != nullptr) {
        BIO_meth_set_read(made, read);
        BIO_meth_set_write(made, write);
        BIO_meth_set_ctrl(made, control);
      }
      return made;
    }();
    return result;
  }
};

// -- start and end ------------------------------------------------------------

tls_engine::tls_engine(native_context ctx)
  : context_(std::move(ctx)), ssl_(SSL_new(context_.get()), SSL_free) {
  auto method = tls_bio::method();
  auto bio = method != nullptr ? BIO_new(method) : nullptr;
  if (!ssl_ || bio == nullptr) {
    BIO_free(bio);
    ssl_.reset();
    return;
  }
  BIO_set_data(bio, this);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_mode(ssl_.get(), SSL_MODE_ENABLE_PARTIAL_WRITE
                             | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER
                             | SSL_MODE_RELEASE_BUFFERS);
  // Writing would have to wait for reading.
  SSL_set_options(ssl_.get(), SSL_OP_NO_RENEGOTIATION);
}

tls_engine::~tls_engine() {
  // nop
}

outcome<std::unique_ptr<tls_engine>> tls_engine::make(const tls_context& with,
                                                      const std::string& host) {
  ERR_clear_error();
  std::unique_ptr<tls_engine> result{new tls_engine{with.current()}};
  if (!result->ssl_)
    return fault{errc::cannot_connect, tls_reason(ERR_peek_last_error())};
  if (with.how() == tls_role::server) {
    SSL_set_accept_state(result->ssl_.get());
    return result;
  }
  SSL_set_connect_state(result->ssl_.get());
  if (auto ok = result->expect_host(host, with.checks_host()); !ok)
    return std::move(ok).error();
  return result;
}

outcome<void> tls_engine::expect_host(const std::string& host, bool check) {
  // For OpenSSL, an empty name is any name, and a zero byte ends it.
  auto name = host.substr(0, host.find('%')); // without an IPv6 zone
  if (name.ends_with('.'))
    name.pop_back();
  if (name.empty() || name.find('\0') != std::string::npos)
    return check ? outcome<void>{not_checkable(host)} : outcome<void>{};
  auto ssl = ssl_.get();
  asio::error_code not_an_address;
  asio::ip::make_address(name, not_an_address);
  // Servers may have a certificate for each of their names.
  auto ok = !not_an_address || SSL_set_tlsext_host_name(ssl, name.c_str()) == 1;
  if (!check)
    return {};
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (ok && not_an_address)
    ok = SSL_set1_host(ssl, name.c_str()) == 1;
  else if (ok)
    ok = X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1;
  return ok ? outcome<void>{} : outcome<void>{not_checkable(host)};
}

// -- towards the network ------------------------------------------------------

std::span<std::byte> tls_engine::prepare() {
  in_.resize(input_size);
  if (failed())
    in_begin_ = in_end_; // nobody wants it any more
  if (in_begin_ > 0) {
    std::memmove(in_.data(), in_.data() + in_begin_, in_end_ - in_begin_);
    in_end_ -= in_begin_;
    in_begin_ = 0;
  }
  return std::span{in_}.subspan(in_end_);
}

void tls_engine::commit(size_t n) noexcept {
  in_end_ += std::min(n, in_.size() - in_end_);
}

void tls_engine::take_output(byte_buffer& into) noexcept {
  into.clear();
  if (into.capacity() > keep_capacity)
    into = byte_buffer{};
  into.swap(out_);
}

// -- towards the user ---------------------------------------------------------

tls_engine::verdict tls_engine::handshake() {
  if (failed())
    return verdict::failed;
  ERR_clear_error();
  auto result = SSL_do_handshake(ssl_.get());
  if (result == 1)
    return check_output();
  return fail(result);
}

tls_engine::verdict tls_engine::read(std::span<std::byte> into, size_t& n) {
  n = 0;
  auto last = verdict::ok;
  while (n < into.size() && last == verdict::ok && !failed() && !closed_) {
    ERR_clear_error();
    size_t got = 0;
    auto rest = into.subspan(n);
    auto result = SSL_read_ex(ssl_.get(), rest.data(), rest.size(), &got);
    if (result == 1) {
      n += got;
      last = check_output();
    } else {
      last = fail(result);
    }
  }
  if (n > 0)
    return verdict::ok; // what else there is comes next time
  if (failed())
    return verdict::failed;
  return closed_ ? verdict::closed : last;
}

size_t tls_engine::write(std::span<const std::byte> what) {
  size_t n = 0;
  while (n < what.size() && !failed()) {
    ERR_clear_error();
    size_t taken = 0;
    auto rest = what.subspan(n, std::min(max_record, what.size() - n));
    auto result = SSL_write_ex(ssl_.get(), rest.data(), rest.size(), &taken);
    if (result != 1) {
      // Nothing to wait for: there is always room for output, and no
      // renegotiation.
      if (fail(result) != verdict::failed)
        error_ = std::make_error_code(std::errc::protocol_error);
      break;
    }
    n += taken;
  }
  return n;
}

void tls_engine::shutdown() noexcept {
  if (failed() || !SSL_is_init_finished(ssl_.get()))
    return;
  ERR_clear_error();
  (void) SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

// -- what went wrong ----------------------------------------------------------

tls_engine::verdict tls_engine::check_output() {
  if (out_.size() <= defaults::max_tls_output)
    return verdict::ok;
  failure_ = "the peer makes us write more than it reads";
  error_ = std::make_error_code(std::errc::no_buffer_space);
  return verdict::failed;
}

tls_engine::verdict tls_engine::fail(int result) {
  switch (SSL_get_error(ssl_.get(), result)) {
    case SSL_ERROR_WANT_READ: {
      auto ok = check_output();
      return ok == verdict::ok ? verdict::wants_input : ok;
    }
    case SSL_ERROR_ZERO_RETURN:
      closed_ = true;
      return verdict::closed;
    default:
      break;
  }
  auto code = ERR_peek_last_error();
  ERR_clear_error();
  error_ = code != 0 ? tls_error(code)
                     : std::make_error_code(std::errc::protocol_error);
  failure_ = error_.message();
  if (ERR_GET_LIB(code) == ERR_LIB_SSL
      && ERR_GET_REASON(code) == SSL_R_CERTIFICATE_VERIFY_FAILED)
    failure_
      += std::string{": "}
         + X509_verify_cert_error_string(SSL_get_verify_result(ssl_.get()));
  return verdict::failed;
}

} // namespace caf::aiomas::detail
