#include "payloads.hpp"
#include "stage.hpp"
#include "subjects.hpp"

#include "caf/aiomas/detail/ipc_stream.hpp"

#include <asio/buffer.hpp>
#include <asio/io_context.hpp>
#include <asio/local/connect_pair.hpp>
#include <asio/local/stream_protocol.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <span>

using namespace caf::aiomas;

namespace stages {

namespace {

/// What the system certainly takes before anybody reads it.
constexpr size_t most_bytes = size_t{64} << 10;

// What has been written is read again outside of the time measured.
class write_stage final : public stage {
public:
  write_stage(const char* format, const payload& what, size_t at_a_time)
    : out_(replies(format, what)), at_a_time_(at_a_time) {
    out_.resize(out_.size() / depth * at_a_time);
    writes_ = std::clamp<size_t>(most_bytes / out_.size(), 1, batch / depth);
    asio::local::stream_protocol::socket mine{context_};
    asio::local::connect_pair(mine, peer_);
    peer_.non_blocking(true);
    stream_.emplace(std::move(mine));
  }

  void prepare() override {
    drain();
    written_ = 0;
  }

  void run() override {
    for (size_t i = 0; i < writes_; ++i) {
      std::error_code ec;
      written_ += stream_->try_write(out_, ec);
    }
  }

  void check() const override {
    require(written_ == writes_ * out_.size(), "a reply was not written");
  }

  size_t calls() const override {
    return writes_ * at_a_time_;
  }

private:
  void drain() {
    std::error_code ec;
    while (!ec)
      peer_.read_some(asio::buffer(room_), ec);
  }

  byte_buffer out_;
  size_t at_a_time_; // replies
  size_t writes_ = 0; // in a run
  size_t written_ = 0; // bytes
  asio::io_context context_;
  asio::local::stream_protocol::socket peer_{context_};
  std::optional<detail::ipc_stream> stream_;
  std::array<std::byte, most_bytes> room_{};
};

} // namespace

void register_write() {
  for (auto format : formats)
    for (auto& what : payloads) {
      add<write_stage>(name_of("write", format, what), format, what, depth);
      add<write_stage>(name_of("write_alone", format, what), format, what,
                       size_t{1});
    }
}

} // namespace stages
