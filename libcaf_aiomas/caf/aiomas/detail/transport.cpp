#include "caf/aiomas/detail/transport.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/local.hpp"
#include "caf/aiomas/detail/tcp.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

stream::~stream() {
  // nop
}

std::optional<value> stream::extra_info(std::string_view) const {
  return std::nullopt;
}

std::vector<std::string> stream::certificate_names() const {
  return {};
}

connect_settings::connect_settings() noexcept
  : attempt_timeout(defaults::connect_attempt_timeout),
    head_start(defaults::connect_head_start),
    retry_min(defaults::connect_retry_min),
    retry_max(defaults::connect_retry_max),
    tls_handshake_timeout(defaults::tls_handshake_timeout) {
  // nop
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

connect_attempt connect(io_loop& home, const address& where,
                        const connect_settings& settings,
                        connect_handler done) {
  if (where.how() == address::transport::tcp)
    return connect_tcp(home, where, settings, std::move(done));
  if (where.how() == address::transport::local)
    return connect_local(home, where, settings, std::move(done));
  done(cannot_connect(where, "only tcp and local addresses are supported"));
  return {};
}

void give_up(const connect_attempt& what) {
  if (auto attempt = what.lock()) {
    auto& home = attempt->loop();
    home.post([attempt = std::move(attempt)] { attempt->abort(); });
  }
}

void listen(io_loop& home, const address& where, const keepalive& probing,
            listen_handler done) {
  if (where.how() == address::transport::tcp)
    listen_tcp(home, where, probing, std::move(done));
  else if (where.how() == address::transport::local)
    listen_local(home, where, std::move(done));
  else
    done(fault{errc::cannot_listen,
               "Cannot listen on " + to_string(where)
                 + ": only tcp and local addresses are supported"});
}

} // namespace caf::aiomas::detail
