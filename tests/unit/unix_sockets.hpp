#pragma once

/// Unix sockets that behave as ours never do, and a place for their files. To
/// be included after CAF_SUITE is defined.

#include "caf/test/dsl.hpp"

#include "caf/aiomas/address.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

namespace aiomas_test {

inline caf::aiomas::address ipc(std::string path) {
  return caf::aiomas::address::make(caf::aiomas::address::transport::ipc,
                                    std::move(path));
}

/// An empty folder, removed with all that is in there. Its name is short: those
/// of sockets must be.
class temp_folder {
public:
  temp_folder() {
    auto base = std::getenv("TMPDIR");
    auto name = std::string{base != nullptr ? base : "/tmp"} + "/aioXXXXXX";
    if (::mkdtemp(name.data()) == nullptr)
      CAF_FAIL("no folder");
    path_ = std::move(name);
  }

  temp_folder(const temp_folder&) = delete;
  temp_folder& operator=(const temp_folder&) = delete;

  ~temp_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  const std::string& path() const noexcept {
    return path_;
  }

  std::string operator/(const std::string& name) const {
    return path_ + "/" + name;
  }

private:
  std::string path_;
};

/// What lies at `path`, which is not followed; all is 0 if there is nothing.
inline struct stat look_at(const std::string& path) {
  struct stat result = {};
  ::lstat(path.c_str(), &result);
  return result;
}

inline bool exists(const std::string& path) {
  return look_at(path).st_mode != 0;
}

inline void write_file(const std::string& path) {
  std::ofstream{path} << "data";
}

/// The mask of the process as long as it lives.
class umask_guard {
public:
  explicit umask_guard(mode_t mask) : before_(::umask(mask)) {
    // nop
  }

  umask_guard(const umask_guard&) = delete;
  umask_guard& operator=(const umask_guard&) = delete;

  ~umask_guard() {
    ::umask(before_);
  }

private:
  mode_t before_;
};

/// Holds the lock that servers take while they make their file.
class folder_lock {
public:
  explicit folder_lock(const temp_folder& what)
    : fd_(::open(what.path().c_str(), O_RDONLY | O_DIRECTORY)) {
    if (::flock(fd_, LOCK_EX | LOCK_NB) != 0)
      CAF_FAIL("no lock");
  }

  folder_lock(const folder_lock&) = delete;
  folder_lock& operator=(const folder_lock&) = delete;

  ~folder_lock() {
    release();
  }

  void release() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

private:
  int fd_;
};

/// A Unix socket of the test, closed with its owner. Its file stays.
class raw_unix_socket {
public:
  raw_unix_socket() : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    // nop
  }

  raw_unix_socket(raw_unix_socket&& other) noexcept
    : fd_(std::exchange(other.fd_, -1)) {
    // nop
  }

  ~raw_unix_socket() {
    close();
  }

  /// Of `path`, 108 bytes count: with them, no NUL is left. One that begins
  /// with a NUL is an abstract name.
  void bind(const std::string& path) const {
    auto [name, size] = name_of(path);
    if (::bind(fd_, reinterpret_cast<sockaddr*>(&name), size) != 0)
      CAF_FAIL("cannot bind: " << std::strerror(errno));
  }

  void listen(int backlog = 8) const {
    if (::listen(fd_, backlog) != 0)
      CAF_FAIL("cannot listen");
  }

  /// Returns 0 or the error's number.
  int try_connect(const std::string& path) const {
    ::fcntl(fd_, F_SETFL, O_NONBLOCK);
    auto [name, size] = name_of(path);
    return ::connect(fd_, reinterpret_cast<sockaddr*>(&name), size) == 0
             ? 0
             : errno;
  }

  void connect(const std::string& path) const {
    if (auto error = try_connect(path))
      CAF_FAIL("cannot connect: " << std::strerror(error));
  }

  /// Takes a client, and ends its connection.
  void accept() const {
    auto client = ::accept(fd_, nullptr, nullptr);
    if (client < 0)
      CAF_FAIL("cannot accept");
    ::close(client);
  }

  /// Waits until the peer has ended the connection.
  void wait_closed() const {
    char byte = 0;
    do {
      pollfd what{fd_, POLLIN, 0};
      if (::poll(&what, 1, 10'000) != 1)
        CAF_FAIL("waited in vain");
    } while (::recv(fd_, &byte, 1, 0) > 0);
  }

  void close() {
    if (fd_ >= 0)
      ::close(std::exchange(fd_, -1));
  }

private:
  static std::pair<sockaddr_un, socklen_t> name_of(const std::string& path) {
    sockaddr_un name = {};
    name.sun_family = AF_UNIX;
    auto n = std::min(path.size(), sizeof name.sun_path);
    std::memcpy(name.sun_path, path.data(), n);
    return {name, static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + n)};
  }

  int fd_;
};

/// Leaves the file of a server behind that has died.
inline void leave_socket(const std::string& path) {
  raw_unix_socket server;
  server.bind(path);
  server.listen();
}

/// A server that has no room for another client.
class full_unix_server {
public:
  explicit full_unix_server(const std::string& path) {
    server_.bind(path);
    server_.listen(0);
    first_.connect(path);
    raw_unix_socket second;
    if (second.try_connect(path) != EAGAIN)
      CAF_FAIL("there is room");
  }

  void make_room() const {
    server_.accept();
  }

private:
  raw_unix_socket server_;
  raw_unix_socket first_;
};

} // namespace aiomas_test
