#include "caf/aiomas/detail/tls_stream.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/tls_error.hpp"

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <utility>

namespace caf::aiomas::detail {

namespace {

/// Bytes that are encrypted at a time: some records in one write.
constexpr size_t batch = size_t{64} << 10;

fault shaking_failed(std::string why) {
  return {errc::cannot_connect, std::move(why)};
}

} // namespace

class tls_stream::core : public std::enable_shared_from_this<core> {
public:
  core(io_loop& home, stream_ptr transport, std::unique_ptr<tls_engine> engine)
    : below(std::move(transport)), home_(home), engine_(std::move(engine)) {
    // nop
  }

  void handshake(handshake_handler done) {
    on_handshake_ = std::move(done);
    asio::post(home_.context(), [self = shared_from_this()] { self->shake(); });
  }

  void drain(drain_handler done) {
    on_drained_ = std::move(done);
    asio::post(home_.context(), [self = shared_from_this()] { self->sink(); });
  }

  void read_some(std::span<std::byte> into, io_handler done) {
    read_into_ = into;
    on_read_ = std::move(done);
    go_on_reading(false);
  }

  size_t try_write(std::span<const std::byte> what, std::error_code& ec) {
    if (closed_) {
      ec = asio::error::operation_aborted;
      return 0;
    }
    auto n = push(what);
    if (n == 0)
      ec = write_failure();
    return n;
  }

  void write_some(std::span<const std::byte> what, io_handler done) {
    to_write_ = what;
    on_write_ = std::move(done);
    go_on_writing(false);
  }

  void close() noexcept;
  bool end_output() noexcept;

  const stream_ptr below;
  tls_info info; // once the handshake is done
  bool told = false;

private:
  // -- what users wait for ----------------------------------------------------

  void shake();
  void sink();
  void go_on_reading(bool at_once);
  void go_on_writing(bool at_once);

  /// Handlers are never called from within the function that they are given to.
  void finish(io_handler& which, bool at_once, std::error_code ec, size_t n) {
    auto done = std::exchange(which, {});
    if (at_once)
      done(ec, n);
    else
      asio::post(home_.context(),
                 [self = shared_from_this(), ec, n,
                  done = std::move(done)]() mutable { done(ec, n); });
  }

  // -- the stream below -------------------------------------------------------

  void say_goodbye() noexcept;
  void receive();
  void on_received(std::error_code ec, size_t n);
  void flush();
  void on_flushed(std::error_code ec, size_t n);
  size_t push(std::span<const std::byte> what);

  bool is_flushed() const noexcept {
    return !flushing_ && sent_ == sending_.size() && !engine_->has_output();
  }

  /// A peer that ends the connection may have said why before.
  void look_for_reason() {
    if (!read_error_ && !closed_)
      receive();
  }

  /// Why writing is over, unless reading may tell a better reason.
  std::error_code write_failure() const {
    if (closed_)
      return asio::error::operation_aborted;
    if (engine_->failed())
      return engine_->error();
    return receiving_ ? std::error_code{} : write_error_;
  }

  io_loop& home_;
  std::unique_ptr<tls_engine> engine_;
  handshake_handler on_handshake_;
  drain_handler on_drained_;
  size_t drained_ = 0;
  std::span<std::byte> read_into_;
  io_handler on_read_;
  std::span<const std::byte> to_write_;
  io_handler on_write_;
  size_t encrypted_ = 0; // bytes of the user that are on their way out
  byte_buffer sending_; // belongs to the stream below while that writes
  size_t sent_ = 0;
  bool receiving_ = false; // a read is under way below
  bool flushing_ = false; // a write is under way below
  bool closed_ = false;
  std::error_code read_error_;
  std::error_code write_error_;
};

// -- what users wait for ------------------------------------------------------

void tls_stream::core::shake() {
  outcome<void> result;
  if (closed_) {
    result = shaking_failed("aborted");
  } else {
    auto verdict = engine_->handshake();
    told = engine_->has_output();
    flush();
    if (verdict == tls_engine::verdict::ok) {
      info = tls_info{engine_->native()};
    } else if (verdict == tls_engine::verdict::failed) {
      result = shaking_failed(engine_->failure());
    } else if (read_error_ == tls_truncated()) {
      result = shaking_failed(
        "the peer closed the connection during the TLS "
        "handshake");
    } else if (read_error_) {
      result
        = shaking_failed(read_error_.message() + " during the TLS handshake");
    } else {
      receive();
      return;
    }
  }
  auto done = std::exchange(on_handshake_, {});
  done(std::move(result));
}

void tls_stream::core::sink() {
  if (!closed_ && !read_error_ && drained_ <= defaults::max_tls_drained) {
    receive();
    return;
  }
  auto done = std::exchange(on_drained_, {});
  done();
}

void tls_stream::core::go_on_reading(bool at_once) {
  if (closed_) {
    finish(on_read_, at_once, asio::error::operation_aborted, 0);
    return;
  }
  size_t n = 0;
  auto verdict = engine_->read(read_into_, n);
  flush(); // reading may want to answer
  switch (verdict) {
    case tls_engine::verdict::ok:
      finish(on_read_, at_once, {}, n);
      break;
    case tls_engine::verdict::closed:
      finish(on_read_, at_once, asio::error::eof, 0);
      break;
    case tls_engine::verdict::failed:
      finish(on_read_, at_once, engine_->error(), 0);
      break;
    default:
      if (read_error_)
        finish(on_read_, at_once, read_error_, 0);
      else
        receive();
  }
}

void tls_stream::core::go_on_writing(bool at_once) {
  auto n = closed_ ? 0 : push(to_write_);
  auto ec = n == 0 ? write_failure() : std::error_code{};
  if (n > 0 || ec)
    finish(on_write_, at_once, ec, n);
}

void tls_stream::core::close() noexcept {
  if (std::exchange(closed_, true))
    return;
  say_goodbye();
  below->close();
}

bool tls_stream::core::end_output() noexcept {
  if (closed_)
    return true;
  say_goodbye();
  auto is_said = sent_ == sending_.size() && !flushing_;
  return (is_said || write_error_) && below->end_output();
}

void tls_stream::core::say_goodbye() noexcept {
  // What was cut off in the middle must come to its end first.
  if (flushing_ || write_error_)
    return;
  if (sent_ == sending_.size()) {
    engine_->shutdown();
    engine_->take_output(sending_);
    sent_ = 0;
  }
  auto rest = std::span<const std::byte>{sending_}.subspan(sent_);
  if (!rest.empty())
    sent_ += below->try_write(rest, write_error_);
}

// -- the stream below ---------------------------------------------------------

void tls_stream::core::receive() {
  if (std::exchange(receiving_, true))
    return;
  below->read_some(engine_->prepare(),
                   [self = shared_from_this()](std::error_code ec, size_t n) {
                     self->on_received(ec, n);
                   });
}

void tls_stream::core::on_received(std::error_code ec, size_t n) {
  receiving_ = false;
  if (ec)
    read_error_ = ec == asio::error::eof ? tls_truncated() : ec;
  if (on_drained_) {
    drained_ += n;
    sink();
    return;
  }
  engine_->commit(n);
  if (on_handshake_)
    shake();
  else if (on_read_)
    go_on_reading(true);
  // A write may have waited to fail.
  if (on_write_ && !flushing_)
    go_on_writing(true);
}

void tls_stream::core::flush() {
  while (!flushing_ && !write_error_ && !closed_) {
    if (sent_ == sending_.size()) {
      sent_ = 0;
      engine_->take_output(sending_);
      if (sending_.empty())
        return;
    }
    auto rest = std::span<const std::byte>{sending_}.subspan(sent_);
    auto n = below->try_write(rest, write_error_);
    sent_ += n;
    if (write_error_)
      look_for_reason();
    if (n == rest.size() || write_error_)
      continue;
    flushing_ = true;
    below->write_some(rest.subspan(n), [self = shared_from_this()](
                                         std::error_code ec, size_t count) {
      self->on_flushed(ec, count);
    });
  }
}

void tls_stream::core::on_flushed(std::error_code ec, size_t n) {
  flushing_ = false;
  sent_ += n;
  if (ec) {
    write_error_ = ec;
    look_for_reason();
  }
  flush();
  if (on_write_)
    go_on_writing(true);
}

/// Writes what can be written without waiting. Only what the stream below has
/// taken counts: the rest is encrypted already, and comes again.
size_t tls_stream::core::push(std::span<const std::byte> what) {
  size_t confirmed = 0;
  for (;;) {
    flush();
    if (write_error_ || !is_flushed())
      return confirmed;
    confirmed += std::exchange(encrypted_, 0);
    if (confirmed >= what.size())
      return what.size();
    auto next
      = what.subspan(confirmed, std::min(batch, what.size() - confirmed));
    encrypted_ = engine_->write(next);
    if (engine_->failed())
      return confirmed;
  }
}

// -- tls_stream ---------------------------------------------------------------

tls_stream::tls_stream(io_loop& home, stream_ptr below,
                       std::unique_ptr<tls_engine> engine)
  : core_(std::make_shared<core>(home, std::move(below), std::move(engine))) {
  // nop
}

tls_stream::~tls_stream() {
  core_->close();
}

void tls_stream::handshake(handshake_handler done) {
  core_->handshake(std::move(done));
}

void tls_stream::drain(drain_handler done) {
  core_->drain(std::move(done));
}

bool tls_stream::told() const noexcept {
  return core_->told;
}

void tls_stream::read_some(std::span<std::byte> into, io_handler done) {
  core_->read_some(into, std::move(done));
}

size_t tls_stream::try_write(std::span<const std::byte> what,
                             std::error_code& ec) {
  return core_->try_write(what, ec);
}

void tls_stream::write_some(std::span<const std::byte> what, io_handler done) {
  core_->write_some(what, std::move(done));
}

void tls_stream::close() noexcept {
  core_->close();
}

bool tls_stream::settled() noexcept {
  return core_->below->settled();
}

size_t tls_stream::outstanding() noexcept {
  return core_->below->outstanding();
}

bool tls_stream::end_output() noexcept {
  return core_->end_output();
}

address::transport tls_stream::how() const noexcept {
  return core_->below->how();
}

const std::string& tls_stream::peer_host() const noexcept {
  return core_->below->peer_host();
}

uint16_t tls_stream::peer_port() const noexcept {
  return core_->below->peer_port();
}

const std::string& tls_stream::local_host() const noexcept {
  return core_->below->local_host();
}

uint16_t tls_stream::local_port() const noexcept {
  return core_->below->local_port();
}

std::optional<value> tls_stream::extra_info(std::string_view name) const {
  return core_->info.get(name);
}

std::optional<peer_certificate> tls_stream::certificate() const {
  return core_->info.certificate();
}

} // namespace caf::aiomas::detail
