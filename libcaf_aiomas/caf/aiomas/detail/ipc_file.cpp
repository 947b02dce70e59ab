#include "caf/aiomas/detail/ipc_file.hpp"

#include "caf/aiomas/detail/ipc_name.hpp"

#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

namespace caf::aiomas::detail {

namespace {

constexpr mode_t all_permissions = 0777;

/// Others may come and go between the steps of a replacement, but not for ever.
constexpr int max_tries = 5;

std::error_code last_error() {
  return {errno, std::generic_category()};
}

fault failed(std::string why) {
  return {errc::cannot_listen, std::move(why)};
}

fault failed(std::error_code why) {
  return failed(why.message());
}

/// Tries to connect to a socket that is in the way.
std::error_code probe(const ipc_name& where) {
  descriptor client{
    ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
  if (!client)
    return last_error();
  return where.connect(client.get());
}

} // namespace

// -- the directory ------------------------------------------------------------

outcome<ipc_file> ipc_file::open(std::string path) {
  auto slash = path.rfind('/');
  auto name = slash == std::string::npos ? path : path.substr(slash + 1);
  if (name.empty() || name == "." || name == "..")
    return failed("the path is a directory's");
  auto folder
    = slash == std::string::npos ? std::string{"."} : path.substr(0, slash + 1);
  descriptor fd{
    ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd)
    return failed(last_error());
  return ipc_file{std::move(path), std::move(name), std::move(fd)};
}

ipc_file::~ipc_file() {
  if (folder_)
    remove();
}

std::error_code ipc_file::try_lock() noexcept {
  if (::flock(folder_.get(), LOCK_EX | LOCK_NB) == 0)
    return {};
  // Some file systems have no locks. There, servers that start at the same time
  // and replace the same file are on their own.
  if (errno == EWOULDBLOCK || errno == EINTR)
    return std::make_error_code(std::errc::operation_would_block);
  return {};
}

void ipc_file::unlock() noexcept {
  ::flock(folder_.get(), LOCK_UN);
}

std::optional<ipc_file::identity> ipc_file::look() const noexcept {
  struct stat found = {};
  if (::fstatat(folder_.get(), name_.c_str(), &found, AT_SYMLINK_NOFOLLOW) != 0)
    return std::nullopt;
  return identity{found.st_dev, found.st_ino, found.st_mode};
}

// -- the beginning ------------------------------------------------------------

outcome<void> ipc_file::listen(int socket, uint32_t permissions) {
  // The file gets them when it is made, less the process' mask. Without this,
  // it could be open to others for an instant.
  if (::fchmod(socket, permissions) != 0)
    return failed(last_error());
  if (auto bound = bind(socket); !bound)
    return bound;
  made_ = look();
  if (made_ && !S_ISSOCK(made_->mode))
    made_ = std::nullopt; // somebody was very quick
  auto granted = grant(permissions);
  if (granted && ::listen(socket, SOMAXCONN) != 0)
    granted = failed(last_error());
  if (!granted)
    remove();
  return granted;
}

outcome<void> ipc_file::bind(int socket) {
  auto where = ipc_name::make(path_);
  if (!where)
    return failed(where.error().text);
  for (auto i = 0; i < max_tries; ++i) {
    auto ec = where->bind(socket);
    if (!ec)
      return {};
    if (ec != std::errc::address_in_use)
      return failed(ec);
    if (auto room = make_room(); !room)
      return room;
  }
  return failed(std::make_error_code(std::errc::address_in_use));
}

outcome<void> ipc_file::make_room() {
  auto before = look();
  if (!before)
    return {}; // it has gone already
  if (!S_ISSOCK(before->mode))
    return failed("the file exists and is not a socket");
  auto ec = probe(*ipc_name::make(path_));
  if (ec == std::errc::no_such_file_or_directory)
    return {};
  if (!ec || ec == std::errc::resource_unavailable_try_again)
    return failed(std::make_error_code(std::errc::address_in_use));
  if (ec != std::errc::connection_refused)
    return failed(
      "the file exists, and whether somebody listens there cannot "
      "be found out: "
      + ec.message());
  auto after = look();
  if (after && after->is_same(*before)
      && ::unlinkat(folder_.get(), name_.c_str(), 0) != 0 && errno != ENOENT)
    return failed("a socket that was left behind cannot be removed: "
                  + last_error().message());
  return {};
}

outcome<void> ipc_file::grant(uint32_t permissions) {
  if (!made_ || (made_->mode & all_permissions) == permissions)
    return {};
  // The mask has taken some away. By the name alone, another file could get
  // them that has taken the place meanwhile.
  descriptor fd{
    ::openat(folder_.get(), name_.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC)};
  struct stat found = {};
  if (!fd || ::fstat(fd.get(), &found) != 0)
    return failed(last_error());
  if (!made_->is_same({found.st_dev, found.st_ino, found.st_mode}))
    return {};
  auto open_file = "/proc/self/fd/" + std::to_string(fd.get());
  if (::chmod(open_file.c_str(), permissions) != 0)
    return failed("the permissions cannot be set: " + last_error().message());
  return {};
}

// -- the end ------------------------------------------------------------------

void ipc_file::remove() noexcept {
  auto mine = std::exchange(made_, std::nullopt);
  if (!mine)
    return;
  if (auto found = look(); found && found->is_same(*mine))
    ::unlinkat(folder_.get(), name_.c_str(), 0);
}

} // namespace caf::aiomas::detail
