#include "caf/aiomas/detail/server.hpp"

#include "caf/aiomas/detail/debug.hpp"
#include "caf/aiomas/detail/descriptor_limit.hpp"
#include "caf/aiomas/warning.hpp"

namespace caf::aiomas::detail {

void server::open(std::vector<std::shared_ptr<io_loop>> loops,
                  const address& where, settings bounds,
                  accept_handler on_accept, done_handler done) {
  auto& home = *loops.front();
  std::shared_ptr<server> self{new server{std::move(loops), std::move(bounds)}};
  home.post([&home, where, self, on_accept = std::move(on_accept),
             done = std::move(done)]() mutable {
    auto bound = [self, on_accept = std::move(on_accept),
                  done = std::move(done)](outcome<listener_ptr> what) mutable {
      if (!what) {
        done(std::move(what.error()));
        return;
      }
      self->start(std::move(*what), std::move(on_accept));
      self->check_descriptors();
      done(std::move(self));
    };
    listen(home, where, self->bounds_.listening, std::move(bound));
  });
}

void server::start(listener_ptr what, accept_handler on_accept) {
  listener_ = std::move(what);
  // The listener must not keep its server alive, nor the other way round.
  auto weak = weak_from_this();
  listener_->start(
    [loops = loops_, next = size_t{0}]() mutable -> io_loop& {
      return *loops[next++ % loops.size()];
    },
    [weak](const std::string& peer) {
      auto self = weak.lock();
      return self && self->admit(peer);
    },
    [weak, on_accept = std::move(on_accept)](io_loop& home, stream_ptr ends) {
      auto self = weak.lock();
      if (!self)
        return;
      auto counted = self->issue(ends->counted_as());
      if (self->welcomes(*ends)) {
        on_accept(home, std::move(ends), std::move(counted));
      } else {
        ++self->refused_;
        ends->close();
      }
    });
}

void server::check_descriptors() const {
  if (auto text = descriptor_warning(descriptor_limit(), bounds_.connections))
    warn("server " + to_string(where()) + ": " + *text);
}

void server::close(unique_function<void()> done) {
  listener_->loop().post(
    [listener = listener_, done = std::move(done)]() mutable {
      listener->abort();
      done();
    });
}

bool server::admit(const std::string& peer) {
  std::lock_guard guard{mtx_};
  auto& same = per_peer_[peer];
  if (count_ < bounds_.connections && same < bounds_.connections_per_peer) {
    ++count_;
    ++same;
    return true;
  }
  if (same == 0)
    per_peer_.erase(peer);
  ++refused_;
  return false;
}

bool server::welcomes(const stream& ends) const {
  if (!bounds_.on_connect)
    return true;
  try {
    return bounds_.on_connect(info_of(ends));
  } catch (...) {
    debug_warning("a connection was refused, since on_connect threw");
    return false;
  }
}

server::ticket server::issue(const std::string& peer) {
  // Any pointer will do: what counts is its deleter.
  return ticket{this, [weak = weak_from_this(), peer](void*) {
                  if (auto self = weak.lock())
                    self->leave(peer);
                }};
}

void server::leave(const std::string& peer) {
  std::lock_guard guard{mtx_};
  --count_;
  if (auto i = per_peer_.find(peer); i != per_peer_.end() && --i->second == 0)
    per_peer_.erase(i);
}

} // namespace caf::aiomas::detail
