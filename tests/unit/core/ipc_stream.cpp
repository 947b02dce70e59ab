#define CAF_SUITE ipc_stream

#include "ipc_fixture.hpp"

#include "caf/test/dsl.hpp"

#include <asio/error.hpp>

#include <string>
#include <string_view>

using namespace caf::aiomas;
using namespace caf::aiomas::detail;
using namespace aiomas_test;

namespace {

struct fixture : ipc_fixture {
  stream_ptr near;
  stream_ptr far;

  ~fixture() {
    in_loop([this] {
      near = nullptr;
      far = nullptr;
      return true;
    });
  }

  /// Listens and connects.
  void open() {
    CAF_REQUIRE_EQUAL(listen(), "listening");
    std::promise<stream_ptr> connected;
    in_loop([&] {
      connect(*loop, where, {}, [&](outcome<stream_ptr> ends) {
        connected.set_value(ends ? std::move(*ends) : nullptr);
      });
      return true;
    });
    near = result_of(connected);
    CAF_REQUIRE(near != nullptr);
    far = result_of(accepted);
  }

  std::string read(stream& from) {
    char bytes[64];
    std::promise<std::string> result;
    in_loop([&] {
      from.read_some(std::as_writable_bytes(std::span{bytes}),
                     [&](std::error_code ec, size_t n) {
                       result.set_value(ec == asio::error::eof
                                          ? "eof"
                                          : std::string(bytes, n));
                     });
      return true;
    });
    return result_of(result);
  }

  size_t write(stream& to, std::string_view text) {
    return in_loop([&] {
      std::error_code ec;
      return to.try_write(std::as_bytes(std::span{text}), ec);
    });
  }

  /// Connects a socket that is bound to a name of its choice.
  void connect_raw(raw_unix_socket& client, const std::string& name) {
    CAF_REQUIRE_EQUAL(listen(), "listening");
    client.bind(name);
    client.connect(where.path());
    far = result_of(accepted);
  }
};

peer_credentials me() {
  return {::getuid(), ::getgid(), ::getpid()};
}

} // namespace

CAF_TEST_FIXTURE_SCOPE(ipc_stream_tests, fixture)

CAF_TEST(bytes both ways) {
  open();
  CAF_CHECK_EQUAL(write(*near, "hello"), 5u);
  CAF_CHECK_EQUAL(read(*far), "hello");
  CAF_CHECK_EQUAL(write(*far, "there"), 5u);
  CAF_CHECK_EQUAL(read(*near), "there");
  in_loop([this] {
    near->close();
    return true;
  });
  CAF_CHECK_EQUAL(read(*far), "eof");
}

CAF_TEST(the names of the ends) {
  open();
  for (auto& end : {near.get(), far.get()}) {
    CAF_CHECK(end->how() == address::transport::ipc);
    CAF_CHECK_EQUAL(end->peer_port(), 0u);
    CAF_CHECK_EQUAL(end->local_port(), 0u);
  }
  CAF_CHECK_EQUAL(near->peer_host(), where.path());
  CAF_CHECK_EQUAL(near->local_host(), "");
  CAF_CHECK_EQUAL(far->peer_host(), "");
  CAF_CHECK_EQUAL(far->local_host(), where.path());
}

CAF_TEST(abstract names of the ends) {
  where = ipc("@" + (folder / "s"));
  open();
  CAF_CHECK_EQUAL(near->peer_host(), where.path());
  CAF_CHECK_EQUAL(far->local_host(), where.path());
}

CAF_TEST(who the peers are) {
  open();
  CAF_CHECK(near->credentials() == me());
  CAF_CHECK(far->credentials() == me());
  CAF_REQUIRE_EQUAL(asked.size(), 1u);
  CAF_CHECK_EQUAL(asked[0], "uid:" + std::to_string(::getuid()));
  auto info = info_of(*far);
  CAF_CHECK(info.transport == address::transport::ipc);
  CAF_CHECK(info.credentials == me());
  CAF_CHECK(info.host.empty() && info.path.empty() && info.port == 0);
  CAF_CHECK_EQUAL(info_of(*near).path, where.path());
}

CAF_TEST(peers that are refused) {
  admits = false;
  CAF_REQUIRE_EQUAL(listen(), "listening");
  raw_unix_socket client;
  client.connect(where.path());
  client.wait_closed();
  CAF_CHECK_EQUAL(in_loop([this] { return asked.size(); }), 1u);
}

CAF_TEST(peers with names of their own) {
  raw_unix_socket client;
  connect_raw(client, folder / "client");
  CAF_CHECK_EQUAL(far->peer_host(), folder / "client");
}

CAF_TEST(peers with names that leave no room) {
  CAF_MESSAGE("the system counts one byte more than there is room for");
  auto name = folder / std::string(107 - folder.path().size(), 'x');
  CAF_REQUIRE_EQUAL(name.size(), 108u);
  raw_unix_socket client;
  connect_raw(client, name);
  CAF_CHECK_EQUAL(far->peer_host(), name);
}

CAF_TEST(peers with names that are no text) {
  raw_unix_socket client;
  connect_raw(client, folder / "\xff");
  CAF_CHECK_EQUAL(far->peer_host(), folder / "\xef\xbf\xbd");
}

CAF_TEST_FIXTURE_SCOPE_END()
