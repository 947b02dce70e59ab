#include "caf/aiomas/detail/look_up.hpp"
#include "caf/aiomas/detail/socket_listener.hpp"
#include "caf/aiomas/detail/tcp.hpp"
#include "caf/aiomas/detail/tcp_stream.hpp"

#include <asio/ip/tcp.hpp>
#include <asio/ip/v6_only.hpp>

#include <optional>
#include <random>
#include <vector>

namespace caf::aiomas::detail {

namespace {

using asio::ip::tcp;

/// How many of the system's ports are tried for several addresses.
constexpr int max_tries = 16;

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
    if (ec)
      return; // closes the socket
    auto counted = admit_(peer.address().to_string());
    if (!counted)
      return;
    target.post([&target, on_accept = on_accept_, probing = probing_, peer,
                 counted = std::move(counted),
                 socket = std::move(socket)]() mutable {
      on_accept(target,
                std::make_unique<tcp_stream>(std::move(socket), peer, probing),
                std::move(counted));
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

/// Whether an error of the system is `what`. Asio's category does not know that
/// its numbers are those of `std::errc`.
bool is(asio::error_code ec, std::errc what) {
  return ec.category() == asio::error::get_system_category()
         && ec.value() == static_cast<int>(what);
}

bool is_absent(asio::error_code ec) {
  return is(ec, std::errc::address_not_available)
         || is(ec, std::errc::address_family_not_supported);
}

/// Whether another port may do.
bool is_taken(asio::error_code ec) {
  return is(ec, std::errc::address_in_use)
         || is(ec, std::errc::permission_denied);
}

/// Opens all of `endpoints` under `port`, which is set to the one that it is in
/// the end. Addresses that this machine does not have are left out, unless none
/// remains.
asio::error_code open_all(io_loop& home, const address& where,
                          std::vector<tcp::endpoint> endpoints, uint16_t& port,
                          std::vector<tcp::acceptor>& sockets) {
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
  if (!sockets.empty() && is_absent(last))
    last.clear();
  if (last)
    sockets.clear();
  return last;
}

/// Which ports of a range are tried, and in which order: all, from one of them
/// on, so that servers that start together seldom meet.
class port_choice {
public:
  explicit port_choice(const port_range& from)
    : first_(from.first), count_(from.last - from.first + 1u) {
    std::uniform_int_distribution<uint32_t> any{0, count_ - 1};
    std::random_device source;
    offset_ = any(source);
  }

  std::optional<uint16_t> next() {
    if (tried_ == count_)
      return std::nullopt;
    return static_cast<uint16_t>(first_ + (offset_ + tried_++) % count_);
  }

private:
  uint32_t first_;
  uint32_t count_;
  uint32_t offset_;
  uint32_t tried_ = 0;
};

outcome<listener_ptr> bind_all(io_loop& home, const address& where,
                               const std::vector<tcp::endpoint>& endpoints,
                               const listen_settings& settings) {
  std::vector<tcp::acceptor> sockets;
  auto port = where.port();
  asio::error_code ec;
  if (port == 0 && settings.ports) {
    port_choice choice{*settings.ports};
    do {
      auto candidate = choice.next();
      if (!candidate)
        return cannot_listen(
          where, "none of the ports from "
                   + std::to_string(settings.ports->first) + " to "
                   + std::to_string(settings.ports->last) + " is free");
      port = *candidate;
      ec = open_all(home, where, endpoints, port, sockets);
    } while (is_taken(ec));
  } else {
    // The port that the system gave for the first may be taken on others.
    auto tries = port == 0 ? max_tries : 1;
    do {
      port = where.port();
      ec = open_all(home, where, endpoints, port, sockets);
    } while (is_taken(ec) && --tries > 0);
  }
  if (ec || sockets.empty())
    return cannot_listen(where, ec.message());
  return listener_ptr{std::make_shared<tcp_listener>(
    home, std::move(sockets), address{where.host(), port}, settings.keepalive)};
}

} // namespace

void listen_tcp(io_loop& home, const address& where,
                const listen_settings& settings, listen_handler done) {
  if (auto& x = settings.ports; x && (x->first == 0 || x->first > x->last)) {
    done(fault{errc::invalid_argument, "Cannot listen on " + to_string(where)
                                         + ": there are no ports " + "from "
                                         + std::to_string(x->first) + " to "
                                         + std::to_string(x->last)});
    return;
  }
  if (where.host().empty()) {
    done(bind_all(home, where,
                  {tcp::endpoint{tcp::v6(), 0}, tcp::endpoint{tcp::v4(), 0}},
                  settings));
    return;
  }
  look_up(home, where.host(),
          [&home, where, settings,
           done = std::move(done)](const host_entry& found) mutable {
            if (home.stopping()) {
              done(listening_shut_down(where));
              return;
            }
            if (found.error) {
              done(cannot_listen(where, found.error.message()));
              return;
            }
            std::vector<tcp::endpoint> endpoints;
            for (auto& known : found.addresses)
              endpoints.emplace_back(known, where.port());
            done(bind_all(home, where, endpoints, settings));
          });
}

} // namespace caf::aiomas::detail
