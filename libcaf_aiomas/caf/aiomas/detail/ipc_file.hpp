#pragma once

#include "caf/aiomas/detail/descriptor.hpp"
#include "caf/aiomas/outcome.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include <sys/types.h>

namespace caf::aiomas::detail {

/// The file of a Unix socket that listens, from before it is made until it is
/// removed. Other files of the name are none of its business.
///
/// Between `bind` and `listen`, a socket looks as if its server had died. So
/// that servers don't take each other's files for such, they hold a lock on the
/// directory meanwhile. It vanishes with the process, and needs no file.
class ipc_file {
public:
  /// Opens the directory of `path`. Fails with `cannot_listen`, and a text that
  /// does not tell where.
  static outcome<ipc_file> open(std::string path);

  ipc_file(ipc_file&&) = default;
  ipc_file& operator=(ipc_file&&) = delete;

  /// Removes the file. The socket must still be open: nobody else's file can
  /// have the same number then.
  ~ipc_file();

  /// Takes the lock of the directory. Fails with `operation_would_block` if
  /// another server has it.
  std::error_code try_lock() noexcept;

  void unlock() noexcept;

  /// Binds `socket` to the path and makes it listen, with these permissions
  /// from the first moment on. Replaces the file of a server that has died. To
  /// be called once, under the lock. Fails as `open` does.
  outcome<void> listen(int socket, uint32_t permissions);

  /// Removes the file if it is still the one that was made. Does nothing the
  /// second time.
  void remove() noexcept;

private:
  /// What stays the same when a file is renamed.
  struct identity {
    dev_t device;
    ino_t number;
    mode_t mode; // with the kind of the file

    bool is_same(const identity& other) const noexcept {
      return device == other.device && number == other.number;
    }
  };

  ipc_file(std::string path, std::string name, descriptor folder)
    : path_(std::move(path)),
      name_(std::move(name)),
      folder_(std::move(folder)) {
    // nop
  }

  std::optional<identity> look() const noexcept;
  outcome<void> bind(int socket);
  outcome<void> make_room();
  outcome<void> grant(uint32_t permissions);

  std::string path_; // as it was written
  std::string name_; // in the folder
  descriptor folder_;
  std::optional<identity> made_; // empty if there is nothing to remove
};

} // namespace caf::aiomas::detail
