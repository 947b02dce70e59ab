#define CAF_SUITE local_stream

#include "loop_fixture.hpp"

#include "caf/aiomas/detail/local_stream.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/transport.hpp"
#include "caf/aiomas/value.hpp"

#include <asio/error.hpp>

#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;
using namespace std::chrono_literals;

namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span{text});
}

address local(std::string id) {
  return address::make(address::transport::local, std::move(id));
}

/// How an operation ended.
struct ending {
  std::error_code ec;
  size_t n = 0;
};

/// Two I/O threads, one for each end.
struct fixture {
  std::shared_ptr<io_loop> near_loop = std::make_shared<io_loop>();
  std::shared_ptr<io_loop> far_loop = std::make_shared<io_loop>();
  std::unique_ptr<local_stream> near;
  std::unique_ptr<local_stream> far;

  fixture() {
    near_loop->start();
    far_loop->start();
    std::tie(near, far) = local_stream::make("q", *near_loop);
    in(*far_loop, [this] {
      far->move_to(*far_loop);
      return 0;
    });
  }

  ~fixture() {
    in(*near_loop, [this] {
      near.reset();
      return 0;
    });
    in(*far_loop, [this] {
      far.reset();
      return 0;
    });
    near_loop->stop();
    far_loop->stop();
  }

  static ending try_write(io_loop& loop, stream& end, std::string_view text) {
    return in(loop, [&] {
      ending result;
      result.n = end.try_write(bytes_of(text), result.ec);
      return result;
    });
  }

  using later = std::shared_ptr<std::promise<ending>>;

  static later begin_read(io_loop& loop, stream& end,
                          std::span<std::byte> into) {
    auto result = std::make_shared<std::promise<ending>>();
    loop.post([&end, into, result] {
      end.read_some(into, [result](std::error_code ec, size_t n) {
        result->set_value({ec, n});
      });
    });
    return result;
  }

  static later begin_write(io_loop& loop, stream& end, std::string_view text) {
    auto result = std::make_shared<std::promise<ending>>();
    loop.post([&end, text, result] {
      end.write_some(bytes_of(text), [result](std::error_code ec, size_t n) {
        result->set_value({ec, n});
      });
    });
    return result;
  }

  /// Reads once and returns the bytes, or the error in brackets.
  static std::string read(io_loop& loop, stream& end, size_t at_most = 64) {
    std::string buffer(at_most, '\0');
    auto got = begin_read(loop, end, std::as_writable_bytes(std::span{buffer}));
    auto [ec, n] = result_of(*got);
    if (ec)
      return "<" + ec.message() + ">";
    buffer.resize(n);
    return buffer;
  }

  static void close(io_loop& loop, stream& end) {
    in(loop, [&] {
      end.close();
      return 0;
    });
  }

  static std::string text_of(asio::error::basic_errors code) {
    return "<" + asio::error_code{code}.message() + ">";
  }

  const std::string eof
    = "<" + asio::error_code{asio::error::eof}.message() + ">";
  const std::string reset = text_of(asio::error::connection_reset);
  const std::string aborted = text_of(asio::error::operation_aborted);

  /// As many bytes as a direction holds.
  const std::string full = std::string(defaults::local_buffer, 'x');
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(local_stream_tests, fixture)

// -- bytes --------------------------------------------------------------------

CAF_TEST(bytes go both ways) {
  CAF_CHECK_EQUAL(try_write(*near_loop, *near, "hello").n, 5u);
  CAF_CHECK_EQUAL(try_write(*far_loop, *far, "hi").n, 2u);
  CAF_CHECK_EQUAL(read(*far_loop, *far, 2), "he");
  CAF_CHECK_EQUAL(read(*far_loop, *far), "llo");
  CAF_CHECK_EQUAL(read(*near_loop, *near), "hi");
}

CAF_TEST(a read that waits) {
  std::string buffer(8, '\0');
  auto got
    = begin_read(*far_loop, *far, std::as_writable_bytes(std::span{buffer}));
  try_write(*near_loop, *near, "hello");
  CAF_CHECK_EQUAL(result_of(*got).n, 5u);
  CAF_CHECK_EQUAL(buffer.substr(0, 5), "hello");
}

CAF_TEST(each direction is bounded) {
  CAF_CHECK_EQUAL(try_write(*near_loop, *near, full + "y").n, full.size());
  CAF_CHECK_EQUAL(try_write(*near_loop, *near, "y").n, 0u);
  CAF_CHECK_EQUAL(try_write(*far_loop, *far, "hi").n, 2u);
  auto written = begin_write(*near_loop, *near, "yz");
  CAF_CHECK_EQUAL(read(*far_loop, *far, 1), "x");
  CAF_CHECK_EQUAL(result_of(*written).n, 1u);
}

CAF_TEST(many bytes arrive in their order) {
  std::string all;
  for (auto i = 0; all.size() < (size_t{8} << 20); ++i)
    all += std::to_string(i);
  std::string got;
  std::string buffer(70000, '\0');
  std::promise<int> ended;
  std::function<void(std::string_view)> write = [&](std::string_view rest) {
    near->write_some(bytes_of(rest), [&, rest](std::error_code, size_t n) {
      if (n < rest.size())
        write(rest.substr(n));
      else
        near->close();
    });
  };
  std::function<void()> go_on = [&] {
    auto into = std::as_writable_bytes(std::span{buffer});
    far->read_some(into, [&](std::error_code ec, size_t n) {
      got.append(buffer, 0, n);
      if (ec)
        ended.set_value(0);
      else
        go_on();
    });
  };
  far_loop->post([&] { go_on(); });
  near_loop->post([&] { write(all); });
  result_of(ended);
  CAF_CHECK(got == all);
}

// -- ends ---------------------------------------------------------------------

CAF_TEST(what was written before the end can be read) {
  try_write(*near_loop, *near, "hello");
  close(*near_loop, *near);
  CAF_CHECK_EQUAL(read(*far_loop, *far, 2), "he");
  CAF_CHECK_EQUAL(read(*far_loop, *far), "llo");
  CAF_CHECK_EQUAL(read(*far_loop, *far), eof);
}

CAF_TEST(an end with unread bytes resets) {
  try_write(*far_loop, *far, "hello");
  try_write(*near_loop, *near, "hi");
  CAF_CHECK_EQUAL(read(*near_loop, *near, 2), "he");
  close(*near_loop, *near);
  CAF_CHECK_EQUAL(read(*far_loop, *far), "hi");
  CAF_CHECK_EQUAL(read(*far_loop, *far), reset);
}

CAF_TEST(writing to an end that was closed) {
  close(*near_loop, *near);
  CAF_MESSAGE("is lost until the writer knows");
  CAF_CHECK_EQUAL(try_write(*far_loop, *far, "hello").n, 5u);
  CAF_CHECK_EQUAL(read(*far_loop, *far), eof);
  auto after = try_write(*far_loop, *far, "hello");
  CAF_CHECK(after.ec == asio::error::broken_pipe);
}

CAF_TEST(closing ends what is under way) {
  std::string buffer(8, '\0');
  auto into = std::as_writable_bytes(std::span{buffer});
  try_write(*near_loop, *near, full);
  auto near_read = begin_read(*near_loop, *near, into);
  auto near_write = begin_write(*near_loop, *near, "y");
  close(*near_loop, *near);
  CAF_CHECK(result_of(*near_read).ec == asio::error::operation_aborted);
  CAF_CHECK(result_of(*near_write).ec == asio::error::operation_aborted);
  CAF_CHECK_EQUAL(read(*near_loop, *near), aborted);
}

CAF_TEST(closing ends what the other end waits for) {
  std::string buffer(8, '\0');
  auto into = std::as_writable_bytes(std::span{buffer});
  try_write(*near_loop, *near, full);
  auto near_read = begin_read(*near_loop, *near, into);
  auto near_write = begin_write(*near_loop, *near, "y");
  close(*far_loop, *far);
  CAF_CHECK(result_of(*near_read).ec == asio::error::connection_reset);
  result_of(*near_write);
}

CAF_TEST(names) {
  CAF_CHECK(near->how() == address::transport::local);
  CAF_CHECK_EQUAL(near->peer_host(), "q");
  CAF_CHECK_EQUAL(far->local_host(), "q");
  CAF_CHECK_EQUAL(far->peer_port(), 0u);
}

// -- connecting ---------------------------------------------------------------

namespace {

struct server_fixture : fixture {
  listener_ptr server;
  // An accepted connection may arrive when the server is closed already.
  std::shared_ptr<std::promise<stream_ptr>> accepted
    = std::make_shared<std::promise<stream_ptr>>();
  bool admits = true;

  ~server_fixture() {
    if (server)
      stop();
  }

  std::string start(const std::string& id) {
    return in(*far_loop, [&] {
      std::string result;
      listen(*far_loop, local(id), {}, [&](outcome<listener_ptr> made) {
        if (!made) {
          result = to_string(made.error());
          return;
        }
        server = *made;
        server->start(
          [this](io_loop*) -> io_loop& { return *far_loop; },
          [this](const std::string&) { return aiomas_test::ticket_if(admits); },
          [accepted = accepted](io_loop&, stream_ptr end, listener::ticket) {
            accepted->set_value(std::move(end));
          });
      });
      return result;
    });
  }

  void stop() {
    in(*far_loop, [this] {
      server->abort();
      server.reset();
      return 0;
    });
  }

  struct attempt {
    std::promise<std::string> ended;
    stream_ptr end;
    connect_attempt handle;
  };

  std::unique_ptr<attempt>
  begin_connect(const std::string& id,
                std::optional<std::chrono::nanoseconds> timeout = 0s) {
    auto result = std::make_unique<attempt>();
    connect_settings settings;
    settings.timeout = timeout;
    in(*near_loop, [&, ptr = result.get()] {
      ptr->handle = connect(
        *near_loop, local(id), settings, [ptr](outcome<stream_ptr> made) {
          if (made)
            ptr->end = std::move(*made);
          ptr->ended.set_value(made ? "connected" : to_string(made.error()));
        });
      return 0;
    });
    return result;
  }

  std::string try_connect(const std::string& id) {
    return result_of(begin_connect(id)->ended);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE_END()

CAF_TEST_FIXTURE_SCOPE(local_server_tests, local_stream_tests::server_fixture)

CAF_TEST(a server takes connections) {
  CAF_CHECK_EQUAL(start("a"), "");
  auto client = begin_connect("a");
  CAF_CHECK_EQUAL(result_of(client->ended), "connected");
  CAF_CHECK_EQUAL(try_write(*near_loop, *client->end, "hello").n, 5u);
  auto end = result_of(*accepted);
  CAF_CHECK_EQUAL(read(*far_loop, *end), "hello");
}

CAF_TEST(the empty id is one) {
  CAF_CHECK_EQUAL(start(""), "");
  CAF_CHECK_EQUAL(try_connect(""), "connected");
}

CAF_TEST(an id has one server at a time) {
  CAF_CHECK_EQUAL(start("a"), "");
  auto first = std::exchange(server, nullptr);
  CAF_CHECK_EQUAL(start("a"),
                  "cannot_listen: Cannot listen on local://a: "
                  "Server is already set.");
  CAF_CHECK_EQUAL(start("b"), "");
  stop();
  server = std::move(first);
  stop();
  CAF_CHECK_EQUAL(start("a"), "");
}

CAF_TEST(there must be a server) {
  CAF_CHECK_EQUAL(try_connect("a"),
                  "cannot_connect: Cannot connect to local://a: No server "
                  "started for this local queue instance.");
}

CAF_TEST(ids without slashes) {
  CAF_CHECK_EQUAL(start("a/b"),
                  "cannot_listen: Cannot listen on local://a/b: "
                  "\"/\" not allowed in queue ID ('a/b')");
  CAF_CHECK_EQUAL(result_of(begin_connect("a/b", 1min)->ended),
                  "cannot_connect: Cannot connect to local://a/b: \"/\" not "
                  "allowed in queue ID ('a/b')");
}

CAF_TEST(connecting goes on until there is a server) {
  auto client = begin_connect("a", std::nullopt);
  CAF_CHECK_EQUAL(start("a"), "");
  CAF_CHECK_EQUAL(result_of(client->ended), "connected");
}

CAF_TEST(connecting fails after its time) {
  auto client = begin_connect("a", 1ms);
  CAF_CHECK_EQUAL(result_of(client->ended),
                  "cannot_connect: Cannot connect to local://a: No server "
                  "started for this local queue instance.");
}

CAF_TEST(giving up) {
  auto client = begin_connect("a", std::nullopt);
  give_up(client->handle);
  CAF_CHECK_EQUAL(result_of(client->ended),
                  "shut_down: Cannot connect to local://a: shut down");
}

CAF_TEST(a loop that ends in the middle of it) {
  auto client = begin_connect("a", std::nullopt);
  near_loop->stop();
  CAF_CHECK_EQUAL(result_of(client->ended),
                  "shut_down: Cannot connect to local://a: shut down");
}

CAF_TEST(refused connections end) {
  admits = false;
  CAF_CHECK_EQUAL(start("a"), "");
  auto client = begin_connect("a");
  CAF_CHECK_EQUAL(result_of(client->ended), "connected");
  CAF_CHECK_EQUAL(read(*near_loop, *client->end), eof);
}

CAF_TEST_FIXTURE_SCOPE_END()
