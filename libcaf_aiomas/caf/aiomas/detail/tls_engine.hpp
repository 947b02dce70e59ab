#pragma once

#include "caf/aiomas/detail/tls_context.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <system_error>

struct ssl_st;

namespace caf::aiomas::detail {

/// One end of a TLS connection without a socket: the bytes of the network go in
/// and come out here, and so does what is encrypted in them. For one thread at
/// a time.
class tls_engine {
public:
  enum class verdict : uint8_t {
    ok,
    wants_input, ///< All that has arrived is used up.
    closed, ///< The peer has ended TLS in an orderly manner.
    failed, ///< It is over, see `error` and `failure`.
  };

  /// `host` is what a client connects to. Fails with `cannot_connect` if that
  /// cannot be looked for in a certificate, though it must be.
  static outcome<std::unique_ptr<tls_engine>> make(const tls_context& with,
                                                   const std::string& host);

  tls_engine(const tls_engine&) = delete;
  tls_engine& operator=(const tls_engine&) = delete;
  ~tls_engine();

  // -- towards the network ----------------------------------------------------

  /// Where the next bytes of the network are to be put. Never empty after
  /// `wants_input`.
  std::span<std::byte> prepare();

  /// Takes `n` bytes that were put there.
  void commit(size_t n) noexcept;

  bool has_output() const noexcept {
    return !out_.empty();
  }

  /// Moves what is to be sent into `into`, whose memory is used again.
  void take_output(byte_buffer& into) noexcept;

  // -- towards the user -------------------------------------------------------

  /// Goes on with the handshake, which is to be done before all else.
  verdict handshake();

  /// Puts at least one byte into `into`, which must have room, unless the
  /// verdict is not `ok`.
  verdict read(std::span<std::byte> into, size_t& n);

  /// Encrypts all of `what`, and returns its size. Returns less if that failed.
  size_t write(std::span<const std::byte> what);

  /// Tells the peer that no more will come, once the handshake is done.
  void shutdown() noexcept;

  // -- properties -------------------------------------------------------------

  bool failed() const noexcept {
    return static_cast<bool>(error_);
  }

  /// Why it is over.
  const std::error_code& error() const noexcept {
    return error_;
  }

  /// The same in more words.
  const std::string& failure() const noexcept {
    return failure_;
  }

  const ssl_st* native() const noexcept {
    return ssl_.get();
  }

private:
  friend struct tls_bio;

  explicit tls_engine(native_context ctx);

  outcome<void> expect_host(const std::string& host, bool check);
  verdict fail(int result);
  verdict check_output();

  native_context context_;
  std::shared_ptr<ssl_st> ssl_;
  byte_buffer in_; // allocated when it is first needed
  size_t in_begin_ = 0; // of what is not used up
  size_t in_end_ = 0;
  byte_buffer out_;
  bool closed_ = false; // by the peer
  std::error_code error_;
  std::string failure_;
};

} // namespace caf::aiomas::detail
