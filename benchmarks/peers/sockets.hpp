#pragma once

#include <cstdint>
#include <string>

namespace peers {

/// Opens a non-blocking socket that listens at `tcp://IPV4:PORT` or
/// `ipc://[PATH]`. Throws `std::exception`.
int listen_at(const std::string& url);

/// The URL of a socket that listens, with the port that it has got.
std::string url_of(int listener, const std::string& url);

/// Opens a non-blocking socket to a URL of these kinds, with or without a slash
/// at the end. Throws `std::exception`.
int connect_to(const std::string& url);

/// Returns the port of a URL `tcp://127.0.0.1:PORT`, with or without a slash at
/// the end. Throws `std::runtime_error`.
uint16_t port_of(const std::string& url);

/// Makes a socket non-blocking and lets it send at once.
void tune(int fd);

} // namespace peers
