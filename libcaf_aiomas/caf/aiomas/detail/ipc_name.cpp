#include "caf/aiomas/detail/ipc_name.hpp"

#include "caf/aiomas/detail/repair_utf8.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <string_view>

namespace caf::aiomas::detail {

namespace {

#ifdef __linux__
constexpr bool has_abstract_names = true;
#else
constexpr bool has_abstract_names = false;
#endif

fault invalid(std::string why) {
  return {errc::invalid_argument, std::move(why)};
}

std::error_code last_error() {
  return {errno, std::generic_category()};
}

using get_name = int (*)(int, sockaddr*, socklen_t*);

std::string read_name(int socket, get_name get) {
  sockaddr_un name = {};
  socklen_t size = sizeof name;
  if (get(socket, reinterpret_cast<sockaddr*>(&name), &size) != 0)
    return {};
  constexpr size_t head = offsetof(sockaddr_un, sun_path);
  // The system counts a NUL that there was no room for.
  auto n = std::min<size_t>(size, sizeof name);
  if (n <= head)
    return {};
  std::string result{name.sun_path, n - head};
  if (result.front() == '\0')
    result.front() = '@';
  else
    result.resize(std::min(result.find('\0'), result.size()));
  if (name.sun_path[0] == '@')
    result.insert(0, "./");
  return repair_utf8(std::move(result));
}

} // namespace

outcome<ipc_name> ipc_name::make(const std::string& path) {
  if (path.empty())
    return invalid("the path is empty");
  if (path.find('\0') != std::string::npos)
    return invalid("the path contains a NUL byte");
  ipc_name result;
  result.name_.sun_family = AF_UNIX;
  auto is_abstract = path.front() == '@';
  if (is_abstract && !has_abstract_names)
    return invalid("this system has no abstract names");
  if (is_abstract && path.size() == 1)
    return invalid("the abstract name is empty");
  auto size = is_abstract ? path.size() - 1 : path.size();
  if (size > max_size)
    return invalid("the path has " + std::to_string(size)
                   + " bytes, but names of Unix sockets have at most "
                   + std::to_string(max_size));
  // The NUL is in front of an abstract name, and behind a path.
  std::memcpy(result.name_.sun_path, path.data(), path.size());
  if (is_abstract)
    result.name_.sun_path[0] = '\0';
  result.size_
    = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size + 1);
  return result;
}

bool ipc_name::is_abstract() const noexcept {
  return name_.sun_path[0] == '\0';
}

const sockaddr* ipc_name::data() const noexcept {
  return reinterpret_cast<const sockaddr*>(&name_);
}

std::error_code ipc_name::connect(int socket) const noexcept {
  if (::connect(socket, data(), size_) == 0)
    return {};
  return last_error();
}

std::error_code ipc_name::bind(int socket) const noexcept {
  if (::bind(socket, data(), size_) == 0)
    return {};
  return last_error();
}

std::string name_of_socket(int socket) {
  return read_name(socket, ::getsockname);
}

std::string name_of_peer(int socket) {
  return read_name(socket, ::getpeername);
}

} // namespace caf::aiomas::detail
