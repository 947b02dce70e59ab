#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace peers {

/// Bytes of a frame's header: the length of the payload, big-endian.
constexpr size_t header_size = 4;

/// Writes a header.
void write_header(char* where, size_t payload_size);

/// Received bytes.
class input_buffer {
public:
  /// Reads once. Returns false when the peer is gone.
  bool fill(int fd);

  /// Returns the next complete frame with its header, to be changed if need be;
  /// empty if there is none. It is valid until the next `fill`. Throws
  /// `std::runtime_error` if a frame is longer than 64 MiB.
  std::span<char> next();

private:
  /// Makes room for the rest of the frame that has begun.
  void make_room();

  std::vector<char> bytes_ = std::vector<char>(64 << 10);
  size_t begin_ = 0;
  size_t end_ = 0;
};

/// Bytes that the socket has not taken yet.
class output_buffer {
public:
  /// Where to append to.
  std::string& bytes() noexcept {
    return bytes_;
  }

  bool empty() const noexcept {
    return begin_ == bytes_.size();
  }

  /// Writes until all is gone or the socket is full. Returns false when the
  /// peer is gone.
  bool flush(int fd);

  /// Writes bytes, without copying what the socket takes at once.
  bool send(int fd, std::string_view what);

private:
  std::string bytes_;
  size_t begin_ = 0;
};

} // namespace peers
