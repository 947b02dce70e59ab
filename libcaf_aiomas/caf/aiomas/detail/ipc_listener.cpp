#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/ipc.hpp"
#include "caf/aiomas/detail/ipc_file.hpp"
#include "caf/aiomas/detail/ipc_name.hpp"
#include "caf/aiomas/detail/ipc_stream.hpp"
#include "caf/aiomas/detail/socket_listener.hpp"

#include <asio/local/stream_protocol.hpp>
#include <asio/steady_timer.hpp>

#include <chrono>
#include <utility>
#include <vector>

namespace caf::aiomas::detail {

namespace {

using asio::local::stream_protocol;

/// Pause between attempts to lock a directory.
constexpr std::chrono::milliseconds lock_pause{10};

class ipc_listener final : public socket_listener<stream_protocol> {
public:
  /// An abstract name has no file.
  ipc_listener(io_loop& home, std::vector<stream_protocol::acceptor> sockets,
               address where, std::optional<ipc_file> file)
    : socket_listener(home, std::move(sockets), std::move(where)),
      file_(std::move(file)) {
    // nop
  }

private:
  void accepted(io_loop& target, stream_protocol::socket socket) override {
    auto counted = admit_(counted_as(credentials_of(socket.native_handle())));
    if (!counted)
      return; // closes the socket
    target.post([&target, on_accept = on_accept_, counted = std::move(counted),
                 socket = std::move(socket)]() mutable {
      on_accept(target, std::make_unique<ipc_stream>(std::move(socket)),
                std::move(counted));
    });
  }

  void closing() noexcept override {
    file_.reset();
  }

  std::optional<ipc_file> file_;
};

/// Makes a listener of a socket that listens.
listener_ptr make_listener(io_loop& home, const address& where,
                           stream_protocol::acceptor socket,
                           std::optional<ipc_file> file) {
  std::vector<stream_protocol::acceptor> sockets;
  sockets.push_back(std::move(socket));
  return std::make_shared<ipc_listener>(home, std::move(sockets), where,
                                        std::move(file));
}

outcome<listener_ptr> listen_abstract(io_loop& home, const address& where,
                                      const ipc_name& name) {
  stream_protocol::acceptor socket{home.context()};
  asio::error_code ec;
  socket.open({}, ec);
  if (!ec)
    ec = name.bind(socket.native_handle());
  if (!ec)
    socket.listen(stream_protocol::acceptor::max_listen_connections, ec);
  if (ec)
    return cannot_listen(where, ec.message());
  return make_listener(home, where, std::move(socket), std::nullopt);
}

outcome<listener_ptr> listen_locked(io_loop& home, const address& where,
                                    ipc_file file, uint32_t permissions) {
  stream_protocol::acceptor socket{home.context()};
  asio::error_code ec;
  socket.open({}, ec);
  if (ec)
    return cannot_listen(where, ec.message());
  auto ok = file.listen(socket.native_handle(), permissions);
  file.unlock();
  if (!ok)
    return cannot_listen(where, ok.error().text);
  return make_listener(home, where, std::move(socket), std::move(file));
}

/// Waits for the lock of a directory. Kept alive by its timer.
class ipc_binder final : public io_loop::resident,
                         public std::enable_shared_from_this<ipc_binder> {
public:
  ipc_binder(io_loop& home, address where, ipc_file file, uint32_t permissions,
             listen_handler done)
    : resident(home),
      where_(std::move(where)),
      file_(std::move(file)),
      permissions_(permissions),
      done_(std::move(done)),
      end_(std::chrono::steady_clock::now() + defaults::ipc_lock_timeout),
      timer_(home.context()) {
    // nop
  }

  void attempt() {
    if (!file_.try_lock()) {
      finish(listen_locked(loop(), where_, std::move(file_), permissions_));
    } else if (std::chrono::steady_clock::now() > end_) {
      finish(cannot_listen(where_,
                           "another process keeps the directory "
                           "locked"));
    } else {
      timer_.expires_after(lock_pause);
      timer_.async_wait([self = shared_from_this()](asio::error_code ec) {
        io_loop::turn guard{self->loop()};
        if (!ec && self->done_)
          self->attempt();
      });
    }
  }

  void abort() override {
    finish(listening_shut_down(where_));
  }

private:
  void finish(outcome<listener_ptr> result) {
    if (!done_)
      return;
    timer_.cancel();
    retire();
    auto done = std::exchange(done_, {});
    done(std::move(result));
  }

  address where_;
  ipc_file file_;
  uint32_t permissions_;
  listen_handler done_;
  std::chrono::steady_clock::time_point end_;
  asio::steady_timer timer_;
};

} // namespace

void listen_ipc(io_loop& home, const address& where,
                const listen_settings& settings, listen_handler done) {
  if (settings.ipc_permissions > 0777) {
    done(fault{errc::invalid_argument,
               "Cannot listen on " + to_string(where)
                 + ": the permissions must be from 0 to 0777"});
    return;
  }
  auto name = ipc_name::make(where.path());
  if (!name) {
    done(cannot_listen(where, name.error().text));
    return;
  }
  if (name->is_abstract()) {
    done(listen_abstract(home, where, *name));
    return;
  }
  auto file = ipc_file::open(where.path());
  if (!file) {
    done(cannot_listen(where, file.error().text));
    return;
  }
  std::make_shared<ipc_binder>(home, where, *std::move(file),
                               settings.ipc_permissions, std::move(done))
    ->attempt();
}

} // namespace caf::aiomas::detail
