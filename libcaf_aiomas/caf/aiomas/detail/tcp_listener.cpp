#include "caf/aiomas/detail/look_up.hpp"
#include "caf/aiomas/detail/socket_listener.hpp"
#include "caf/aiomas/detail/tcp.hpp"
#include "caf/aiomas/detail/tcp_stream.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>

#include <vector>

namespace caf::aiomas::detail {

namespace {

using asio::ip::tcp;

class tcp_listener final : public socket_listener<tcp> {
public:
  tcp_listener(io_loop& home, std::vector<tcp::acceptor> sockets, address where,
               const keepalive& probing)
    : socket_listener(home, std::move(sockets), std::move(where)),
      probing_(probing) {
    // nop
  }

private:
  void accepted(io_loop& target, tcp::socket socket) override {
    asio::error_code ec;
    auto peer = socket.remote_endpoint(ec);
    if (ec || !admit_(peer.address().to_string()))
      return; // closes the socket
    target.post([&target, on_accept = on_accept_, probing = probing_,
                 socket = std::move(socket)]() mutable {
      on_accept(target,
                std::make_unique<tcp_stream>(std::move(socket), probing));
    });
  }

  keepalive probing_;
};

/// Opens `socket` at `where`. With `both_families`, an IPv6 socket takes IPv4
/// connections, too.
asio::error_code open(tcp::acceptor& socket, const tcp::endpoint& where,
                      bool both_families) {
  asio::error_code ec;
  socket.open(where.protocol(), ec);
  if (!ec)
    socket.set_option(tcp::acceptor::reuse_address{true}, ec);
  if (!ec && where.protocol() == tcp::v6())
    socket.set_option(asio::ip::v6_only{!both_families}, ec);
  if (!ec)
    socket.bind(where, ec);
  if (!ec)
    socket.listen(tcp::acceptor::max_listen_connections, ec);
  return ec;
}

fault shut_down(const address& where) {
  return {errc::shut_down,
          "Cannot listen on " + to_string(where) + ": shut down"};
}

outcome<listener_ptr> failed(const address& where, asio::error_code why) {
  return fault{errc::cannot_listen,
               "Cannot listen on " + to_string(where) + ": " + why.message()};
}

bool is_absent(asio::error_code ec) {
  return ec == std::errc::address_not_available
         || ec == std::errc::address_family_not_supported;
}

/// Opens all of `endpoints` under one port. Addresses that this machine does
/// not have are left out, unless none remains.
outcome<listener_ptr> open_all(io_loop& home, const address& where,
                               std::vector<tcp::endpoint> endpoints,
                               const keepalive& probing) {
  std::vector<tcp::acceptor> sockets;
  auto port = where.port();
  asio::error_code last;
  for (auto& candidate : endpoints) {
    tcp::acceptor socket{home.context()};
    candidate.port(port);
    last = open(socket, candidate, where.host().empty());
    if (!last) {
      port = socket.local_endpoint(last).port();
      sockets.push_back(std::move(socket));
      if (where.host().empty())
        break; // takes both families, or there is only one
    } else if (!is_absent(last)) {
      break;
    }
  }
  if (sockets.empty() || (last && !is_absent(last)))
    return failed(where, last);
  return listener_ptr{std::make_shared<tcp_listener>(
    home, std::move(sockets), address{where.host(), port}, probing)};
}

} // namespace

void listen_tcp(io_loop& home, const address& where, const keepalive& probing,
                listen_handler done) {
  if (home.stopping()) {
    done(shut_down(where));
    return;
  }
  if (where.host().empty()) {
    done(open_all(home, where,
                  {tcp::endpoint{tcp::v6(), 0}, tcp::endpoint{tcp::v4(), 0}},
                  probing));
    return;
  }
  look_up(home, where.host(),
          [&home, where, probing,
           done = std::move(done)](const host_entry& found) mutable {
            if (home.stopping()) {
              done(shut_down(where));
              return;
            }
            if (found.error) {
              done(failed(where, found.error));
              return;
            }
            std::vector<tcp::endpoint> endpoints;
            for (auto& known : found.addresses)
              endpoints.emplace_back(known, where.port());
            done(open_all(home, where, std::move(endpoints), probing));
          });
}

} // namespace caf::aiomas::detail
