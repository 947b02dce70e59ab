#pragma once

#include "caf/aiomas/outcome.hpp"

#include <string>
#include <system_error>

#include <sys/socket.h>
#include <sys/un.h>

namespace caf::aiomas::detail {

/// The name of a Unix socket as the system takes it: a path, or behind an `@`,
/// an abstract name, which has no file.
class ipc_name {
public:
  /// Longest path, and longest abstract name without its `@`, in bytes.
  static constexpr size_t max_size = sizeof(sockaddr_un::sun_path) - 1;

  /// Fails with `invalid_argument` if there can't be such a socket.
  static outcome<ipc_name> make(const std::string& path);

  bool is_abstract() const noexcept;

  /// Connects a socket that does not block. Unlike Asio's function, it does not
  /// take `would_block` for a success that is to come: the server has no room.
  std::error_code connect(int socket) const noexcept;

  /// Fails also when there is a file of this name.
  std::error_code bind(int socket) const noexcept;

private:
  ipc_name() = default;

  const sockaddr* data() const noexcept;

  sockaddr_un name_ = {};
  socklen_t size_ = 0;
};

/// The name that `socket` is bound to, as `ipc_name::make` reads it, or an
/// empty one. Since peers choose theirs, whatever is not UTF-8 is replaced.
std::string name_of_socket(int socket);

/// The name that the peer of `socket` is bound to.
std::string name_of_peer(int socket);

} // namespace caf::aiomas::detail
