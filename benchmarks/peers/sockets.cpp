#include "sockets.hpp"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <stdexcept>
#include <string_view>
#include <system_error>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace peers {

namespace {

constexpr std::string_view tcp = "tcp://";
constexpr std::string_view ipc = "ipc://[";

void check(bool ok, const std::string& url) {
  if (!ok)
    throw std::system_error{errno, std::generic_category(), url};
}

std::string_view without_slash(std::string_view url) {
  return url.ends_with('/') ? url.substr(0, url.size() - 1) : url;
}

/// Opens a socket and calls `use`, which is `bind` or `connect`.
template <class F>
int open(const std::string& url, F use) {
  auto text = without_slash(url);
  if (text.starts_with(ipc) && text.ends_with(']')) {
    text.remove_prefix(ipc.size());
    text.remove_suffix(1);
    sockaddr_un where{};
    where.sun_family = AF_UNIX;
    if (text.size() >= sizeof where.sun_path)
      throw std::runtime_error{"path is too long: " + url};
    std::memcpy(where.sun_path, text.data(), text.size());
    auto fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    check(fd >= 0, url);
    check(use(fd, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0, url);
    return fd;
  }
  sockaddr_in where{};
  where.sin_family = AF_INET;
  where.sin_port = htons(port_of(url));
  auto host = text.substr(tcp.size());
  host = host.substr(0, host.rfind(':'));
  if (inet_pton(AF_INET, std::string{host}.c_str(), &where.sin_addr) != 1)
    throw std::runtime_error{"not an IPv4 address: " + url};
  auto fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  check(fd >= 0, url);
  auto on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  check(use(fd, reinterpret_cast<sockaddr*>(&where), sizeof where) == 0, url);
  return fd;
}

} // namespace

uint16_t port_of(const std::string& url) {
  auto text = without_slash(url);
  auto colon = text.rfind(':');
  uint16_t result = 0;
  if (!text.starts_with(tcp) || colon < tcp.size()
      || std::from_chars(text.data() + colon + 1, text.data() + text.size(),
                         result)
             .ptr
           != text.data() + text.size())
    throw std::runtime_error{"neither tcp://IPV4:PORT nor ipc://[PATH]: "
                             + url};
  return result;
}

int listen_at(const std::string& url) {
  auto fd = open(url, ::bind);
  check(::listen(fd, SOMAXCONN) == 0, url);
  tune(fd);
  return fd;
}

std::string url_of(int listener, const std::string& url) {
  if (!url.starts_with(tcp))
    return url;
  sockaddr_in where{};
  socklen_t size = sizeof where;
  getsockname(listener, reinterpret_cast<sockaddr*>(&where), &size);
  return url.substr(0, url.rfind(':') + 1)
         + std::to_string(ntohs(where.sin_port)) + "/";
}

int connect_to(const std::string& url) {
  auto fd = open(url, ::connect);
  tune(fd);
  return fd;
}

void tune(int fd) {
  auto on = 1;
  // Fails for Unix sockets, which need it not.
  setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  fcntl(fd, F_SETFL, O_NONBLOCK);
}

} // namespace peers
