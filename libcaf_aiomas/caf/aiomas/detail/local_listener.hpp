#pragma once

#include "caf/aiomas/detail/local_stream.hpp"
#include "caf/aiomas/detail/transport.hpp"

#include <memory>
#include <string>

namespace caf::aiomas::detail {

/// A server for connections inside this process.
class local_listener final : public listener {
public:
  /// Use `bind`.
  local_listener(io_loop& home, address where);

  /// Makes the server of an id, which must not have one. Fails with
  /// `cannot_listen`. For the thread of `home`.
  static outcome<listener_ptr> bind(io_loop& home, const address& where);

  /// Returns the server of an id, or null. For any thread.
  static std::shared_ptr<local_listener> find(const std::string& id);

  /// Takes the far end of a new connection, whose near end lives in `near`, and
  /// closes it if it is refused. For any thread.
  void take(std::unique_ptr<local_stream> what, std::shared_ptr<io_loop> near);

  void start(loop_chooser choose, admission admit,
             accept_handler on_accept) override;

  const address& where() const noexcept override {
    return where_;
  }

  void abort() override;

private:
  void accept(std::unique_ptr<local_stream> what, io_loop& near);

  address where_;
  loop_chooser choose_;
  admission admit_;
  accept_handler on_accept_; // empty once there is nothing more to accept
};

} // namespace caf::aiomas::detail
