#include "frames.hpp"

#include <cerrno>
#include <cstring>
#include <stdexcept>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace peers {

namespace {

constexpr size_t max_frame = size_t{64} << 20;

/// What is read at once, at least.
constexpr size_t min_room = 4096;

size_t frame_size(const char* header) {
  uint32_t n = 0;
  std::memcpy(&n, header, sizeof n);
  auto result = header_size + ntohl(n);
  if (result > max_frame)
    throw std::runtime_error{"a frame is too long"};
  return result;
}

} // namespace

void write_header(char* where, size_t payload_size) {
  auto n = htonl(static_cast<uint32_t>(payload_size));
  std::memcpy(where, &n, sizeof n);
}

bool input_buffer::fill(int fd) {
  make_room();
  auto n = ::read(fd, bytes_.data() + end_, bytes_.size() - end_);
  if (n > 0)
    end_ += static_cast<size_t>(n);
  return n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR));
}

std::span<char> input_buffer::next() {
  auto have = end_ - begin_;
  if (have < header_size)
    return {};
  auto n = frame_size(bytes_.data() + begin_);
  if (have < n)
    return {};
  std::span<char> result{bytes_.data() + begin_, n};
  begin_ += n;
  return result;
}

void input_buffer::make_room() {
  auto used = end_ - begin_;
  auto need
    = used < header_size ? header_size : frame_size(bytes_.data() + begin_);
  if (begin_ + need + min_room > bytes_.size() || used == 0) {
    std::memmove(bytes_.data(), bytes_.data() + begin_, used);
    begin_ = 0;
    end_ = used;
  }
  if (need + min_room > bytes_.size())
    bytes_.resize(need + min_room);
}

bool output_buffer::flush(int fd) {
  while (!empty()) {
    auto n = ::send(fd, bytes_.data() + begin_, bytes_.size() - begin_,
                    MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
      return false;
    if (n < 0 && errno == EAGAIN) {
      if (begin_ > bytes_.size() / 2) {
        bytes_.erase(0, begin_);
        begin_ = 0;
      }
      return true;
    }
    if (n > 0)
      begin_ += static_cast<size_t>(n);
  }
  bytes_.clear();
  begin_ = 0;
  return true;
}

bool output_buffer::send(int fd, std::string_view what) {
  while (empty() && !what.empty()) {
    auto n = ::send(fd, what.data(), what.size(), MSG_NOSIGNAL);
    if (n < 0 && errno != EAGAIN && errno != EINTR)
      return false;
    if (n < 0 && errno == EAGAIN)
      break;
    if (n > 0)
      what.remove_prefix(static_cast<size_t>(n));
  }
  bytes_ += what;
  return true;
}

} // namespace peers
