#include "caf/aiomas/detail/connect_race.hpp"
#include "caf/aiomas/detail/connector.hpp"
#include "caf/aiomas/detail/look_up.hpp"
#include "caf/aiomas/detail/tcp.hpp"
#include "caf/aiomas/detail/tcp_stream.hpp"
#include "caf/aiomas/detail/tls_handshake.hpp"

#include <asio/ip/tcp.hpp>

namespace caf::aiomas::detail {

namespace {

using asio::ip::tcp;

class tcp_connector final : public connector {
public:
  using connector::connector;

private:
  std::shared_ptr<tcp_connector> self() {
    return std::static_pointer_cast<tcp_connector>(shared_from_this());
  }

  void begin() override {
    look_up_ = look_up(loop(), where().host(),
                       [self = self(), n = number()](const host_entry& found) {
                         if (!self->is_current(n))
                           return;
                         if (found.error)
                           self->failed(found.error.message());
                         else
                           self->race(found.addresses);
                       });
  }

  void race(const std::vector<asio::ip::address>& addresses) {
    std::vector<tcp::endpoint> endpoints;
    for (auto& known : addresses)
      endpoints.emplace_back(known, where().port());
    race_ = std::make_shared<connect_race>(
      loop(), std::move(endpoints), settings().head_start,
      [self = self()](std::error_code ec, tcp::socket socket) {
        if (ec) {
          self->failed(ec.message());
          return;
        }
        asio::error_code ignored; // whoever has reset it ends up as nobody
        auto peer = socket.remote_endpoint(ignored);
        self->connected(std::make_unique<tcp_stream>(
          std::move(socket), peer, self->settings().keepalive));
      });
    race_->start();
  }

  void connected(stream_ptr ends) {
    if (!settings().tls) {
      finish(std::move(ends));
      return;
    }
    stop_clock(); // the handshake has a time of its own
    handshake_ = tls_handshake::begin(
      loop(), std::move(ends),
      {settings().tls, where().host(), settings().tls_handshake_timeout},
      [self = self(), n = number()](outcome<stream_ptr> secured) {
        if (!self->is_current(n))
          return;
        if (secured)
          self->finish(std::move(secured));
        else if (secured.error().code == errc::shut_down)
          self->abort(); // the loop may have ended the handshake first
        else
          self->failed(secured.error().text);
      });
  }

  void cancel() noexcept override {
    if (auto current = look_up_.lock())
      current->abort();
    if (auto current = std::exchange(race_, nullptr))
      current->cancel();
    if (auto current = handshake_.lock())
      current->abort();
  }

  std::weak_ptr<io_loop::resident> look_up_;
  std::shared_ptr<connect_race> race_;
  std::weak_ptr<io_loop::resident> handshake_;
};

} // namespace

connect_attempt connect_tcp(io_loop& home, const address& where,
                            const connect_settings& settings,
                            connect_handler done) {
  return begin_connecting<tcp_connector>(home, where, settings,
                                         std::move(done));
}

} // namespace caf::aiomas::detail
