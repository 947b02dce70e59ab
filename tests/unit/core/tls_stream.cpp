#define CAF_SUITE tls_stream

#include "caf/aiomas/detail/tls_stream.hpp"

#include "caf/test/dsl.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/local_stream.hpp"
#include "caf/aiomas/detail/tls_handshake.hpp"

#include "unit/certificates.hpp"

#include "loop_fixture.hpp"

#include <asio/error.hpp>

#include <algorithm>
#include <array>
#include <atomic>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;
using namespace std::chrono_literals;

namespace {

template <class T>
T must(outcome<T> x) {
  if (!x)
    CAF_FAIL("unexpected " << to_string(x.error()));
  return *std::move(x);
}

/// How an operation ended. Told twice, it throws.
using ending = std::promise<std::string>;

/// Writes all of a text, in the loop's thread.
struct writer : std::enable_shared_from_this<writer> {
  stream& to;
  std::string text;
  ending& done;
  size_t written = 0;

  writer(stream& ends, std::string what, ending& told)
    : to(ends), text(std::move(what)), done(told) {
    // nop
  }

  std::span<const std::byte> rest() const {
    return std::as_bytes(std::span{text}).subspan(written);
  }

  void run() {
    std::error_code ec;
    written += to.try_write(rest(), ec);
    go_on(ec);
  }

  void go_on(std::error_code ec) {
    if (ec || rest().empty())
      done.set_value(ec ? ec.message() : "written");
    else
      to.write_some(rest(), [self = shared_from_this()](auto err, size_t n) {
        self->written += n;
        self->go_on(err);
      });
  }
};

/// Reads until that fails.
struct reader : std::enable_shared_from_this<reader> {
  stream& from;
  ending& done;
  std::string text;
  std::byte room[10'000];

  reader(stream& ends, ending& told) : from(ends), done(told) {
    // nop
  }

  void run() {
    from.read_some(room, [self = shared_from_this()](auto ec, size_t n) {
      self->text.append(reinterpret_cast<char*>(self->room), n);
      if (ec)
        self->done.set_value(ec.message());
      else
        self->run();
    });
  }
};

/// A stream whose peer has reset it, but for what was read before: nothing can
/// be written any more.
class reset_stream final : public stream {
public:
  reset_stream(stream_ptr below, const bool& was_reset)
    : below_(std::move(below)), was_reset_(was_reset) {
    // nop
  }

  void read_some(std::span<std::byte> into, io_handler done) override {
    below_->read_some(into, std::move(done));
  }

  size_t try_write(std::span<const std::byte> what,
                   std::error_code& ec) override {
    if (!was_reset_)
      return below_->try_write(what, ec);
    ec = asio::error::connection_reset;
    return 0;
  }

  void write_some(std::span<const std::byte> what, io_handler done) override {
    below_->write_some(what, std::move(done));
  }

  void close() noexcept override {
    below_->close();
  }

  const std::string& peer_host() const noexcept override {
    return below_->peer_host();
  }

  uint16_t peer_port() const noexcept override {
    return below_->peer_port();
  }

  const std::string& local_host() const noexcept override {
    return below_->local_host();
  }

  uint16_t local_port() const noexcept override {
    return below_->local_port();
  }

private:
  stream_ptr below_;
  const bool& was_reset_;
};

/// Both ends of a connection in memory.
struct fixture : loop_fixture {
  certificate_authority ca;
  ssl_context for_client = must(make_ssl_client_context(ca.issue()));
  ssl_context for_server = must(make_ssl_server_context(ca.issue()));
  stream_ptr client;
  stream_ptr server;
  ending client_shaken;
  ending server_shaken;
  ending read;
  ending written;

  ~fixture() {
    in_loop([this] {
      client = nullptr;
      server = nullptr;
      return true;
    });
    loop->stop(); // before the rest goes, which it uses
  }

  std::weak_ptr<io_loop::resident>
  shake(stream_ptr below, ssl_context how, stream_ptr& into, ending& told,
        std::chrono::nanoseconds timeout = 1h) {
    return tls_handshake::begin(
      *loop, std::move(below), {std::move(how), "localhost", timeout},
      [&into, &told](outcome<stream_ptr> made) {
        auto text = made ? "shaken" : to_string(made.error());
        if (made)
          into = *std::move(made);
        told.set_value(text);
      });
  }

  local_stream::pair make_pair() {
    auto result = local_stream::make("tls", *loop);
    result.second->move_to(*loop);
    return result;
  }

  void connect() {
    in_loop([this] {
      auto [near, far] = make_pair();
      shake(std::move(near), for_client, client, client_shaken);
      shake(std::move(far), for_server, server, server_shaken);
      return true;
    });
    CAF_CHECK_EQUAL(result_of(client_shaken), "shaken");
    CAF_CHECK_EQUAL(result_of(server_shaken), "shaken");
    CAF_CHECK_EQUAL(residents(), 0u);
  }

  void start_writing(stream_ptr& to, std::string text) {
    in_loop([&] {
      std::make_shared<writer>(*to, std::move(text), written)->run();
      return true;
    });
  }

  std::shared_ptr<reader> start_reading(stream_ptr& from) {
    return in_loop([&] {
      auto result = std::make_shared<reader>(*from, read);
      result->run();
      return result;
    });
  }

  void close(stream_ptr& what) {
    in_loop([&] {
      what = nullptr;
      return true;
    });
  }
};

std::string long_text() {
  std::string result;
  for (auto i = 0; result.size() < 4 * defaults::local_buffer; ++i)
    result += std::to_string(i);
  return result;
}

std::string text_of(std::error_code ec) {
  return ec.message();
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(tls_stream_tests, fixture)

CAF_TEST(what is written arrives and then the end) {
  connect();
  CAF_MESSAGE("far more than there is room for on the way");
  auto text = long_text();
  start_writing(client, text);
  auto seen = start_reading(server);
  CAF_CHECK_EQUAL(result_of(written), "written");
  close(client);
  CAF_CHECK_EQUAL(result_of(read), text_of(asio::error::eof));
  CAF_CHECK(seen->text == text);
}

CAF_TEST(closing ends what is under way) {
  connect();
  start_reading(client);
  start_writing(client, long_text()); // which nobody reads
  in_loop([this] {
    client->close();
    return true;
  });
  auto aborted = text_of(asio::error::operation_aborted);
  CAF_CHECK_EQUAL(result_of(read), aborted);
  CAF_CHECK_EQUAL(result_of(written), aborted);
  CAF_MESSAGE("and what is begun then");
  read = {};
  written = {};
  start_reading(client);
  start_writing(client, "late");
  CAF_CHECK_EQUAL(result_of(read), aborted);
  CAF_CHECK_EQUAL(result_of(written), aborted);
}

CAF_TEST(streams that go in the middle) {
  connect();
  start_reading(client);
  start_writing(client, long_text());
  close(client);
  CAF_CHECK_EQUAL(result_of(read), text_of(asio::error::operation_aborted));
  CAF_CHECK_EQUAL(result_of(written), text_of(asio::error::operation_aborted));
  CAF_MESSAGE("which the peer can tell from an end");
  read = {};
  start_reading(server);
  CAF_CHECK_EQUAL(result_of(read),
                  "the peer ended the connection without ending TLS");
}

CAF_TEST(refusals of clients arrive) {
  certificate_authority other{"Other CA"};
  auto shows = other.issue();
  shows.cafile = ca.file();
  for_client = must(make_ssl_client_context(shows));
  in_loop([this] {
    auto [near, far] = make_pair();
    shake(std::move(near), for_client, client, client_shaken);
    shake(std::move(far), for_server, server, server_shaken);
    return true;
  });
  CAF_CHECK_EQUAL(result_of(client_shaken), "shaken");
  start_writing(client, "hello");
  start_reading(client);
  CAF_CHECK_EQUAL(result_of(read),
                  "the peer ended TLS with the alert \"unknown CA\"");
  close(client);
  CAF_CHECK_EQUAL(result_of(server_shaken),
                  "cannot_connect: certificate verify failed: unable to get "
                  "local issuer certificate");
  CAF_CHECK_EQUAL(residents(), 0u);
}

CAF_TEST(refusals are told even if writing fails first) {
  certificate_authority other{"Other CA"};
  auto shows = other.issue();
  shows.cafile = ca.file();
  for_client = must(make_ssl_client_context(shows));
  auto was_reset = false;
  in_loop([&] {
    auto [near, far] = make_pair();
    shake(std::make_unique<reset_stream>(std::move(near), was_reset),
          for_client, client, client_shaken);
    shake(std::move(far), for_server, server, server_shaken);
    return true;
  });
  CAF_CHECK_EQUAL(result_of(client_shaken), "shaken");
  in_loop([&] {
    was_reset = true;
    return true;
  });
  in_loop([&] {
    std::make_shared<writer>(*client, "hello", written)->run();
    std::make_shared<reader>(*client, read)->run();
    return true;
  });
  for (auto* ended : {&read, &written})
    CAF_CHECK_EQUAL(result_of(*ended),
                    "the peer ended TLS with the alert \"unknown CA\"");
  close(client);
}

CAF_TEST(handshakes that come to nothing) {
  std::unique_ptr<local_stream> silent;
  auto begin = [&](std::chrono::nanoseconds timeout) {
    return in_loop([&, timeout] {
      auto [near, far] = make_pair();
      silent = std::move(far);
      return shake(std::move(near), for_client, client, client_shaken, timeout);
    });
  };
  begin(10ms);
  CAF_CHECK_EQUAL(result_of(client_shaken),
                  "cannot_connect: the TLS handshake timed out");
  client_shaken = {};
  begin(1h);
  // What it has read first is the greeting: nothing is left unread.
  std::array<std::byte, 10'000> greeting;
  in_loop([&] {
    silent->read_some(greeting, [&](auto, size_t) { silent->close(); });
    return true;
  });
  CAF_CHECK_EQUAL(result_of(client_shaken),
                  "cannot_connect: the peer closed the connection during the "
                  "TLS handshake");
  client_shaken = {};
  auto under_way = begin(1h);
  give_up(under_way);
  CAF_CHECK_EQUAL(result_of(client_shaken),
                  "shut_down: shut down during the TLS handshake");
  CAF_CHECK_EQUAL(residents(), 0u);
  client_shaken = {};
  under_way = begin(1h);
  loop->stop();
  CAF_CHECK_EQUAL(result_of(client_shaken),
                  "shut_down: shut down during the TLS handshake");
  CAF_CHECK(under_way.expired());
}

CAF_TEST_FIXTURE_SCOPE_END()
