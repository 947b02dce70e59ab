// What containers do for a simulation. Calls on a socket leave the process, and
// nobody could tell whether they are on their way or being worked on. So a
// container that takes part can also be reached within the process, where this
// is known, and others that take part do so, by its usual URL.

#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/detail/local_listener.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace caf::aiomas::detail {

namespace {

/// Where a container that listens on `where` is found, by those who count in
/// the same place.
address shortcut_to(const address& where, const activity* counted_in) {
  auto id = "aiomas.simulation."
            + std::to_string(reinterpret_cast<uintptr_t>(counted_in)) + "."
            + to_string(where);
  std::replace(id.begin(), id.end(), '/', '|');
  return address::make(address::transport::local, std::move(id));
}

/// What is refused, or left where it is, since there is too much of it, would
/// not be counted as going on. There is no peer to be protected from.
options for_shortcut(options opts) {
  constexpr auto no_limit = std::numeric_limits<size_t>::max();
  opts.ssl = {};
  auto& limits = opts.limits.value();
  limits.max_inbound_requests = no_limit;
  limits.max_inbound_bytes = no_limit;
  limits.max_outbound_bytes = no_limit;
  opts.max_connections = no_limit;
  opts.max_connections_per_peer = no_limit;
  return opts;
}

} // namespace

link_ptr container_impl::make_link(const connection_ptr& conn) {
  auto link = rpc_link::make(mm_, conn, shared_from_this(), opts_.call_timeout);
  // What stays in the process is counted where it happens.
  if (counted_in_ && conn->ends().how() != address::transport::local)
    link->count_calls_in(counted_in_);
  return link;
}

void container_impl::open_shortcut(const address& shown,
                                   unique_function<void()> done) {
  if (!counted_in_ || shown.how() == address::transport::local) {
    done();
    return;
  }
  detail::serve(
    mm_, shortcut_to(shown, counted_in_.get()), for_shortcut(opts_),
    [weak = weak_from_this()](const connection_ptr& conn) {
      if (auto self = weak.lock())
        self->accept(conn);
    },
    [self = shared_from_this(),
     done = std::move(done)](outcome<server_ptr> made) mutable {
      // Others connect as ever if there is none.
      if (made)
        self->shortcut_ = std::move(*made);
      done();
    });
}

connect_attempt container_impl::connect_to(io_loop& home, const address& where,
                                           connected_handler done) {
  if (counted_in_) {
    auto shortcut = shortcut_to(where, counted_in_.get());
    if (local_listener::find(shortcut.path()))
      return detail::dial(home, shortcut, for_shortcut(opts_), std::move(done));
  }
  return detail::dial(home, where, opts_, std::move(done));
}

} // namespace caf::aiomas::detail
