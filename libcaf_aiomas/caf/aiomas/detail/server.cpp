#include "caf/aiomas/detail/server.hpp"

#include "caf/aiomas/detail/debug.hpp"
#include "caf/aiomas/detail/descriptor_limit.hpp"
#include "caf/aiomas/detail/tls_handshake.hpp"
#include "caf/aiomas/warning.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

namespace {

void add_others(event_fields& to, size_t others) {
  if (others > 0)
    to.emplace_back("others_before", std::to_string(others));
}

} // namespace

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
      self->report(self->listener_->loop(), severity::info, "listening", {});
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
    [loops = loops_, next = size_t{0}](io_loop* other_end) mutable -> io_loop& {
      // Two ends in one thread need not wake each other up.
      auto is_other_end = [other_end](auto& x) { return x.get() == other_end; };
      auto i = std::find_if(loops.begin(), loops.end(), is_other_end);
      return i != loops.end() ? **i : *loops[next++ % loops.size()];
    },
    [weak](const std::string& peer) {
      auto self = weak.lock();
      return self ? self->admit(peer) : nullptr;
    },
    [weak, on_accept = std::make_shared<const accept_handler>(std::move(
             on_accept))](io_loop& home, stream_ptr ends, ticket counted) {
      auto self = weak.lock();
      if (!self)
        return;
      if (self->bounds_.tls)
        self->shake_hands(home, std::move(ends), std::move(counted), on_accept);
      else
        self->welcome(home, std::move(ends), std::move(counted), *on_accept);
    });
}

void server::check_descriptors() const {
  if (auto text = descriptor_warning(descriptor_limit(), bounds_.connections))
    warn("server " + to_string(where()) + ": " + *text);
}

void server::close(unique_function<void()> done) {
  decltype(handshakes_) handshakes;
  auto is_first = false;
  {
    std::lock_guard guard{mtx_};
    is_first = !std::exchange(closed_, true);
    handshakes.swap(handshakes_);
  }
  for (auto& what : handshakes)
    give_up(what);
  listener_->loop().post(
    [listener = listener_, is_first, done = std::move(done)]() mutable {
      if (is_first)
        listener->loop().report(severity::info, "listening_ended", [&] {
          return event_fields{{"at", to_string(listener->where())}};
        });
      listener->abort();
      done();
    });
}

server::ticket server::admit(const std::string& peer) {
  {
    std::lock_guard guard{mtx_};
    auto& same = per_peer_[peer];
    if (count_ < bounds_.connections && same < bounds_.connections_per_peer) {
      ++count_;
      ++same;
      return issue(peer);
    }
    if (same == 0)
      per_peer_.erase(peer);
  }
  refuse(listener_->loop(), {{"counted_as", peer}, {"reason", "too_many"}});
  return nullptr;
}

void server::refuse(io_loop& current, event_fields why) {
  ++refused_;
  ++current.traffic().connections_refused;
  if (auto others = refusals_.may_speak()) {
    add_others(why, *others);
    report(current, severity::warning, "connection_refused", std::move(why));
  }
}

void server::report(io_loop& current, severity how, std::string_view name,
                    event_fields fields) const {
  current.report(how, name, [&] {
    fields.emplace(fields.begin(), "at", to_string(where()));
    return std::move(fields);
  });
}

void server::welcome(io_loop& home, stream_ptr ends, ticket counted,
                     const accept_handler& on_accept) {
  if (welcomes(*ends)) {
    on_accept(home, std::move(ends), std::move(counted));
  } else {
    auto why = peer_fields(*ends);
    why.emplace_back("reason", "on_connect");
    refuse(home, std::move(why));
    ends->close();
  }
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

// -- TLS ----------------------------------------------------------------------

void server::shake_hands(io_loop& home, stream_ptr ends, ticket counted,
                         std::shared_ptr<const accept_handler> on_accept) {
  auto peer = ends->peer_host();
  auto done = [weak = weak_from_this(), &home, peer,
               counted = std::move(counted), on_accept = std::move(on_accept)](
                outcome<stream_ptr> secured) mutable {
    auto self = weak.lock();
    if (!self)
      return;
    if (secured)
      self->welcome(home, *std::move(secured), std::move(counted), *on_accept);
    else if (secured.error().code != errc::shut_down)
      self->handshake_failed(home, peer, secured.error());
  };
  remember(tls_handshake::begin(
    home, std::move(ends), {bounds_.tls, {}, bounds_.tls_handshake_timeout},
    std::move(done)));
}

void server::remember(const connect_attempt& handshake) {
  {
    std::lock_guard guard{mtx_};
    if (!closed_) {
      if (handshakes_.size() >= sweep_at_) {
        std::erase_if(handshakes_, [](auto& x) { return x.expired(); });
        sweep_at_ = 2 * handshakes_.size() + 64;
      }
      handshakes_.push_back(handshake);
      return;
    }
  }
  give_up(handshake);
}

void server::handshake_failed(io_loop& current, const std::string& peer,
                              const fault& why) {
  ++handshakes_failed_;
  ++current.traffic().handshakes_failed;
  auto others = failures_.may_speak();
  if (!others)
    return;
  event_fields fields{{"peer", peer}, {"text", why.text}};
  add_others(fields, *others);
  report(current, severity::warning, "handshake_failed", std::move(fields));
  auto text
    = "server " + to_string(where()) + ": refused " + peer + ": " + why.text;
  if (*others > 0)
    text += " (and " + std::to_string(*others) + " others before)";
  warn(text);
}

} // namespace caf::aiomas::detail
