#include "caf/aiomas/detail/connector.hpp"
#include "caf/aiomas/detail/ipc.hpp"
#include "caf/aiomas/detail/ipc_name.hpp"
#include "caf/aiomas/detail/ipc_stream.hpp"

#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <utility>

namespace caf::aiomas::detail {

namespace {

using asio::local::stream_protocol;

/// When to look again at a server that is there, but not ready. The system has
/// no event for that.
constexpr std::chrono::milliseconds look_again{10};

class ipc_connector final : public connector {
public:
  ipc_connector(io_loop& home, const address& where,
                const connect_settings& settings, connect_handler done,
                const ipc_name& name)
    : connector(home, where, settings, std::move(done)),
      name_(name),
      pause_(home.context()) {
    // nop
  }

private:
  void begin() override {
    starting_ = true;
    go_on();
  }

  void go_on() {
    stream_protocol::socket socket{loop().context()};
    asio::error_code ec;
    socket.open({}, ec);
    if (!ec)
      socket.non_blocking(true, ec);
    if (!ec)
      ec = name_.connect(socket.native_handle());
    if (!ec)
      finish(stream_ptr{std::make_unique<ipc_stream>(std::move(socket))});
    else if (ec == std::errc::resource_unavailable_try_again
             || ec == std::errc::interrupted)
      wait(); // there is no room for another client
    else if (ec == std::errc::connection_refused && may_be_starting())
      wait();
    else
      failed(ec.message(), ec == missing());
  }

  /// What tells that there is no server yet.
  std::errc missing() const noexcept {
    return name_.is_abstract() ? std::errc::connection_refused
                               : std::errc::no_such_file_or_directory;
  }

  /// A server has its file for an instant before it listens. Whoever waits for
  /// one to come must not take that for the end.
  bool may_be_starting() noexcept {
    return !name_.is_abstract() && goes_on() && std::exchange(starting_, false);
  }

  void wait() {
    pause_.expires_after(look_again);
    pause_.async_wait(
      [self = std::static_pointer_cast<ipc_connector>(shared_from_this()),
       n = number()](asio::error_code ec) {
        io_loop::turn guard{self->loop()};
        if (!ec && self->is_current(n))
          self->go_on();
      });
  }

  void cancel() noexcept override {
    pause_.cancel();
  }

  ipc_name name_;
  asio::steady_timer pause_;
  bool starting_ = true; // a refusal may be due to that
};

} // namespace

connect_attempt connect_ipc(io_loop& home, const address& where,
                            const connect_settings& settings,
                            connect_handler done) {
  auto name = ipc_name::make(where.path());
  if (!name) {
    done(cannot_connect(where, name.error().text));
    return {};
  }
  return begin_connecting<ipc_connector>(home, where, settings, std::move(done),
                                         *name);
}

} // namespace caf::aiomas::detail
