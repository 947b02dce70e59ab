#define CAF_SUITE tcp_options

#include "caf/aiomas/detail/tcp_stream.hpp"

#include "caf/test/dsl.hpp"

#include "loop_fixture.hpp"
#include "unit/sockets.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;

namespace {

int option(int fd, int level, int name) {
  auto result = -1;
  socklen_t size = sizeof result;
  ::getsockopt(fd, level, name, &result, &size);
  return result;
}

struct fixture : loop_fixture {
  listener_ptr listener;
  std::promise<stream_ptr> accepted;

  ~fixture() {
    loop->stop(); // before the rest goes, which it uses
  }

  std::string listen(const address& where) {
    std::promise<std::string> bound;
    in_loop([&] {
      detail::listen(*loop, where, {}, [&](outcome<listener_ptr> what) {
        if (what) {
          listener = std::move(*what);
          listener->start(
            [this](io_loop*) -> io_loop& { return *loop; },
            [](const std::string&) { return aiomas_test::ticket_if(true); },
            [this](io_loop&, stream_ptr ends, listener::ticket) {
              accepted.set_value(std::move(ends));
            });
        }
        bound.set_value(what ? "listening" : to_string(what.error()));
      });
      return true;
    });
    return result_of(bound);
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(tcp_options_tests, fixture)

CAF_TEST(what all connections have) {
  raw_socket server;
  auto port = server.bind();
  server.listen(1);
  asio::ip::tcp::socket socket{loop->context()};
  socket.connect({asio::ip::address_v4::loopback(), port});
  auto fd = socket.native_handle();
  CAF_CHECK_EQUAL(option(fd, IPPROTO_TCP, TCP_NODELAY), 0);
  CAF_CHECK_EQUAL(option(fd, SOL_SOCKET, SO_KEEPALIVE), 0);
  CAF_CHECK_EQUAL(::fcntl(fd, F_GETFD), 0);
  asio::ip::tcp::endpoint peer{asio::ip::address_v4::loopback(), port};
  tcp_stream ends{std::move(socket), peer, {}};
  CAF_CHECK_EQUAL(::fcntl(fd, F_GETFD), FD_CLOEXEC);
  CAF_CHECK_EQUAL(option(fd, IPPROTO_TCP, TCP_NODELAY), 1);
  CAF_CHECK_EQUAL(option(fd, SOL_SOCKET, SO_KEEPALIVE), 1);
  CAF_CHECK((::fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
}

CAF_TEST(a port whose last connection was closed by the server) {
  CAF_REQUIRE_EQUAL(listen({"127.0.0.1", 0}), "listening");
  auto where = listener->where();
  raw_socket client;
  client.connect(where.port());
  auto ends = result_of(accepted);
  in_loop([&] {
    ends->close(); // keeps the port for a minute
    listener->abort();
    return true;
  });
  client.wait_closed();
  client.close();
  CAF_CHECK_EQUAL(listen(where), "listening");
}

CAF_TEST_FIXTURE_SCOPE_END()
