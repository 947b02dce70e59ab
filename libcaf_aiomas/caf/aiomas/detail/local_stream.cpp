#include "caf/aiomas/detail/local_stream.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/value.hpp"

#include <asio/error.hpp>
#include <asio/post.hpp>

#include <algorithm>
#include <array>
#include <cstring>
#include <mutex>

namespace caf::aiomas::detail {

namespace {

/// Memory up to this size is kept when a buffer runs empty.
constexpr size_t keep_capacity = size_t{256} << 10;

/// Bytes on their way.
class byte_queue {
public:
  size_t size() const noexcept {
    return bytes_.size() - begin_;
  }

  /// Takes what there is room for.
  size_t push(std::span<const std::byte> what) {
    auto n = std::min(what.size(), defaults::local_buffer - size());
    if (begin_ > bytes_.size() / 2) {
      bytes_.erase(bytes_.begin(),
                   bytes_.begin() + static_cast<ptrdiff_t>(begin_));
      begin_ = 0;
    }
    bytes_.insert(bytes_.end(), what.begin(),
                  what.begin() + static_cast<ptrdiff_t>(n));
    return n;
  }

  size_t pop(std::span<std::byte> into) {
    auto n = std::min(into.size(), size());
    std::memcpy(into.data(), bytes_.data() + begin_, n);
    begin_ += n;
    if (size() == 0)
      clear();
    return n;
  }

  void clear() {
    begin_ = 0;
    if (bytes_.capacity() > keep_capacity)
      bytes_ = byte_buffer{};
    else
      bytes_.clear();
  }

private:
  byte_buffer bytes_;
  size_t begin_ = 0;
};

} // namespace

/// An operation that waits is looked at again, in a fresh event of its own
/// loop, whenever that may help. Such an event is only posted under the lock
/// and while the end is open: its loop runs until it is closed.
struct local_stream::wire : std::enable_shared_from_this<wire> {
  template <class Bytes>
  struct operation {
    std::span<Bytes> bytes;
    io_handler done; // empty if nothing is under way
    bool posted = false; // is to be looked at
  };

  struct half {
    io_loop* home = nullptr; // set before anything is under way
    byte_queue in; // what the other end wrote
    operation<std::byte> read;
    operation<const std::byte> write;
    bool open = true;
    bool unread = false; // was closed with bytes that it had not read
    bool told = false; // has read that the other end is closed
  };

  explicit wire(std::string name) : id(std::move(name)) {
    // nop
  }

  void look_at_read(size_t side) {
    auto& mine = halves[side];
    if (mine.read.done && !std::exchange(mine.read.posted, true))
      asio::post(mine.home->context(), [self = shared_from_this(), side,
                                        counts = mine.home->count_event()] {
        self->go_on_reading(side);
      });
  }

  void look_at_write(size_t side) {
    auto& mine = halves[side];
    if (mine.write.done && !std::exchange(mine.write.posted, true))
      asio::post(mine.home->context(), [self = shared_from_this(), side,
                                        counts = mine.home->count_event()] {
        self->go_on_writing(side);
      });
  }

  void go_on_reading(size_t side);
  void go_on_writing(size_t side);
  size_t write(size_t side, std::span<const std::byte> what,
               std::error_code& ec);

  const std::string id;
  std::mutex mtx;
  std::array<half, 2> halves; // guarded by mtx
};

void local_stream::wire::go_on_reading(size_t side) {
  std::error_code ec;
  size_t n = 0;
  io_handler done;
  {
    std::lock_guard guard{mtx};
    auto& mine = halves[side];
    auto& peer = halves[1 - side];
    mine.read.posted = false;
    if (!mine.read.done)
      return;
    if (!mine.open) {
      ec = asio::error::operation_aborted;
    } else if (mine.in.size() > 0) {
      n = mine.in.pop(mine.read.bytes);
      look_at_write(1 - side);
    } else if (!peer.open) {
      mine.told = true;
      if (peer.unread)
        ec = asio::error::connection_reset;
      else
        ec = asio::error::eof;
    } else {
      return;
    }
    done = std::exchange(mine.read.done, {});
  }
  done(ec, n);
}

void local_stream::wire::go_on_writing(size_t side) {
  std::error_code ec;
  size_t n = 0;
  io_handler done;
  {
    std::lock_guard guard{mtx};
    auto& mine = halves[side];
    mine.write.posted = false;
    if (!mine.write.done)
      return;
    n = write(side, mine.write.bytes, ec);
    if (n == 0 && !ec)
      return;
    done = std::exchange(mine.write.done, {});
  }
  done(ec, n);
}

size_t local_stream::wire::write(size_t side, std::span<const std::byte> what,
                                 std::error_code& ec) {
  auto& mine = halves[side];
  auto& peer = halves[1 - side];
  if (!mine.open) {
    ec = asio::error::operation_aborted;
    return 0;
  }
  if (!peer.open) {
    if (!mine.told)
      return what.size();
    ec = asio::error::broken_pipe;
    return 0;
  }
  auto n = peer.in.push(what);
  look_at_read(1 - side);
  return n;
}

// -- local_stream -------------------------------------------------------------

local_stream::local_stream(std::shared_ptr<wire> shared, size_t side)
  : wire_(std::move(shared)), side_(side) {
  // nop
}

local_stream::pair local_stream::make(std::string id, io_loop& home) {
  auto shared = std::make_shared<wire>(std::move(id));
  shared->halves[0].home = &home;
  std::unique_ptr<local_stream> client{new local_stream{shared, 0}};
  std::unique_ptr<local_stream> server{new local_stream{shared, 1}};
  return {std::move(client), std::move(server)};
}

local_stream::~local_stream() {
  close();
}

void local_stream::move_to(io_loop& home) {
  std::lock_guard guard{wire_->mtx};
  wire_->halves[side_].home = &home;
}

void local_stream::read_some(std::span<std::byte> into, io_handler done) {
  std::lock_guard guard{wire_->mtx};
  auto& mine = wire_->halves[side_];
  mine.read.bytes = into;
  mine.read.done = std::move(done);
  if (mine.in.size() > 0 || !mine.open || !wire_->halves[1 - side_].open)
    wire_->look_at_read(side_);
}

size_t local_stream::try_write(std::span<const std::byte> what,
                               std::error_code& ec) {
  std::lock_guard guard{wire_->mtx};
  return wire_->write(side_, what, ec);
}

void local_stream::write_some(std::span<const std::byte> what,
                              io_handler done) {
  std::lock_guard guard{wire_->mtx};
  auto& mine = wire_->halves[side_];
  mine.write.bytes = what;
  mine.write.done = std::move(done);
  wire_->look_at_write(side_);
}

void local_stream::close() noexcept {
  std::lock_guard guard{wire_->mtx};
  auto& mine = wire_->halves[side_];
  if (!std::exchange(mine.open, false))
    return;
  mine.unread = mine.in.size() > 0;
  mine.in.clear();
  for (auto side : {side_, 1 - side_}) {
    wire_->look_at_read(side);
    wire_->look_at_write(side);
  }
}

const std::string& local_stream::peer_host() const noexcept {
  return wire_->id;
}

} // namespace caf::aiomas::detail
