#pragma once

/// A listener on a Unix socket, and what came of it. To be included after
/// CAF_SUITE is defined.

#include "caf/aiomas/detail/transport.hpp"

#include "loop_fixture.hpp"
#include "unit/unix_sockets.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <string>
#include <vector>

namespace aiomas_test {

struct ipc_fixture : loop_fixture {
  temp_folder folder;
  caf::aiomas::address where = ipc(folder / "s");
  caf::aiomas::detail::listen_settings settings;
  std::promise<std::string> bound; // set twice, it throws
  caf::aiomas::detail::listener_ptr listener;
  std::promise<caf::aiomas::detail::stream_ptr> accepted;
  std::vector<std::string> asked; // what was asked to be admitted
  bool admits = true;

  ~ipc_fixture() {
    loop->stop(); // before the rest goes, which it uses
  }

  /// Begins to listen.
  void start() {
    in_loop([&] {
      caf::aiomas::detail::listen(
        *loop, where, settings,
        [this](caf::aiomas::outcome<caf::aiomas::detail::listener_ptr> what) {
          if (what)
            serve(std::move(*what));
          bound.set_value(what ? "listening" : to_string(what.error()));
        });
      return true;
    });
  }

  void serve(caf::aiomas::detail::listener_ptr what) {
    listener = std::move(what);
    listener->start(
      [this](auto*) -> caf::aiomas::detail::io_loop& { return *loop; },
      [this](const std::string& counted_as) {
        asked.push_back(counted_as);
        return ticket_if(admits);
      },
      [this](caf::aiomas::detail::io_loop&,
             caf::aiomas::detail::stream_ptr ends,
             caf::aiomas::detail::listener::ticket) {
        accepted.set_value(std::move(ends));
      });
  }

  /// How listening ended.
  std::string ending() {
    auto result = result_of(bound);
    bound = {};
    return result;
  }

  std::string listen_on(caf::aiomas::address what) {
    where = std::move(what);
    start();
    return ending();
  }

  std::string listen() {
    return listen_on(where);
  }

  /// Ends the listener.
  void close() {
    in_loop([&] {
      listener->abort();
      return true;
    });
  }

  std::string failure(const std::string& why) {
    return "cannot_listen: Cannot listen on " + to_string(where) + ": " + why;
  }

  /// Whether somebody listens.
  bool answers() {
    raw_unix_socket client;
    return client.try_connect(where.path()) == 0;
  }
};

} // namespace aiomas_test
