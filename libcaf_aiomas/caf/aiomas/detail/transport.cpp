#include "caf/aiomas/detail/transport.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/ipc.hpp"
#include "caf/aiomas/detail/local.hpp"
#include "caf/aiomas/detail/tcp.hpp"

#include <algorithm>
#include <random>

namespace caf::aiomas::detail {

stream::~stream() {
  // nop
}

size_t stream::try_write_all(std::span<const std::span<const std::byte>> pieces,
                             std::error_code& ec) {
  size_t result = 0;
  for (auto& what : pieces) {
    auto n = try_write(what, ec);
    result += n;
    if (ec || n < what.size())
      break;
  }
  return result;
}

peer_info info_of(const stream& ends) {
  peer_info result;
  result.transport = ends.how();
  if (ends.how() == address::transport::tcp) {
    result.host = ends.peer_host();
    result.port = ends.peer_port();
  } else {
    result.path = ends.peer_host();
  }
  result.credentials = ends.credentials();
  result.certificate = ends.certificate();
  return result;
}

address peer_of(const stream& ends) {
  if (ends.how() == address::transport::tcp)
    return {ends.peer_host(), ends.peer_port()};
  return address::make(ends.how(), ends.peer_host());
}

event_fields peer_fields(const stream& ends) {
  event_fields result{{"peer", to_string(peer_of(ends))}};
  if (auto who = ends.credentials()) {
    result.emplace_back("uid", std::to_string(who->uid));
    result.emplace_back("pid", std::to_string(who->pid));
  }
  return result;
}

std::optional<value> stream::extra_info(std::string_view) const {
  return std::nullopt;
}

std::optional<peer_certificate> stream::certificate() const {
  return std::nullopt;
}

connect_settings::connect_settings() noexcept
  : attempt_timeout(defaults::connect_attempt_timeout),
    head_start(defaults::connect_head_start),
    retry_min(defaults::connect_retry_min),
    retry_max(defaults::connect_retry_max),
    tls_handshake_timeout(defaults::tls_handshake_timeout) {
  // nop
}

listen_settings::listen_settings() noexcept
  : ipc_permissions(defaults::ipc_permissions) {
  // nop
}

fault cannot_listen(const address& where, const std::string& why) {
  return {errc::cannot_listen,
          "Cannot listen on " + to_string(where) + ": " + why};
}

fault listening_shut_down(const address& where) {
  return {errc::shut_down,
          "Cannot listen on " + to_string(where) + ": shut down"};
}

fault cannot_connect(const address& where, const std::string& why) {
  return {errc::cannot_connect,
          "Cannot connect to " + to_string(where) + ": " + why};
}

fault connecting_shut_down(const address& where) {
  return {errc::shut_down,
          "Cannot connect to " + to_string(where) + ": shut down"};
}

std::chrono::nanoseconds retry_plan::next_pause() noexcept {
  auto result
    = std::max<std::chrono::nanoseconds>(pause_, std::chrono::milliseconds{1});
  pause_ = std::min(pause_ * 3 / 2, longest_pause_);
  return result;
}

std::chrono::nanoseconds jittered(std::chrono::nanoseconds pause) {
  static thread_local std::minstd_rand engine{std::random_device{}()};
  std::uniform_real_distribution<double> factor{0.9, 1.1};
  return std::chrono::duration_cast<std::chrono::nanoseconds>(pause
                                                              * factor(engine));
}

connect_attempt connect(io_loop& home, const address& where,
                        const connect_settings& settings,
                        connect_handler done) {
  switch (where.how()) {
    case address::transport::local:
      return connect_local(home, where, settings, std::move(done));
    case address::transport::ipc:
      return connect_ipc(home, where, settings, std::move(done));
    default:
      return connect_tcp(home, where, settings, std::move(done));
  }
}

void give_up(const connect_attempt& what) {
  if (auto attempt = what.lock()) {
    auto& home = attempt->loop();
    home.post([attempt = std::move(attempt)] { attempt->abort(); });
  }
}

void listen(io_loop& home, const address& where,
            const listen_settings& settings, listen_handler done) {
  if (home.stopping()) {
    done(listening_shut_down(where));
    return;
  }
  switch (where.how()) {
    case address::transport::local:
      listen_local(home, where, std::move(done));
      break;
    case address::transport::ipc:
      listen_ipc(home, where, settings, std::move(done));
      break;
    default:
      listen_tcp(home, where, settings, std::move(done));
  }
}

} // namespace caf::aiomas::detail
