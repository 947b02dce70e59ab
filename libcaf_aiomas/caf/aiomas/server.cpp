#include "caf/aiomas/server.hpp"

#include "caf/aiomas/detail/server.hpp"

namespace caf::aiomas {

class server::owner {
public:
  explicit owner(detail::server_ptr what) : what_(std::move(what)) {
    // nop
  }

  ~owner() {
    close([] {});
  }

  void close(detail::unique_function<void()> done) {
    what_->close(std::move(done));
  }

  const aiomas::address& where() const noexcept {
    return what_->where();
  }

  size_t refused() const noexcept {
    return what_->refused();
  }

  size_t handshakes_failed() const noexcept {
    return what_->handshakes_failed();
  }

private:
  detail::server_ptr what_;
};

server::server(detail::server_ptr impl)
  : owner_(std::make_shared<owner>(std::move(impl))) {
  // nop
}

const address& server::address() const {
  return owner_->where();
}

size_t server::refused() const {
  return owner_->refused();
}

size_t server::handshakes_failed() const {
  return owner_->handshakes_failed();
}

void server::close() {
  if (owner_)
    owner_->close([] {});
}

pending<void> server::wait_closed() {
  return pending<void>{
    [owner = owner_](pending<void>::completion done,
                     std::optional<pending<void>::duration>) {
      if (owner)
        owner->close([done = std::move(done)]() mutable { done({}); });
      else
        done({});
    }};
}

} // namespace caf::aiomas
