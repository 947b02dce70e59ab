#include "caf/aiomas/detail/local_listener.hpp"

#include "caf/aiomas/detail/local.hpp"

#include <map>
#include <mutex>

namespace caf::aiomas::detail {

namespace {

/// All ids of this process that have a server. A listener leaves before it
/// goes.
struct registry {
  std::mutex mtx;
  std::map<std::string, std::weak_ptr<local_listener>> servers; // by mtx

  static registry& instance() {
    // Loops may stop after static objects were destroyed.
    static auto result = new registry;
    return *result;
  }
};

} // namespace

local_listener::local_listener(io_loop& home, address where)
  : listener(home), where_(std::move(where)) {
  // nop
}

outcome<listener_ptr> local_listener::bind(io_loop& home,
                                           const address& where) {
  auto& known = registry::instance();
  std::lock_guard guard{known.mtx};
  if (known.servers.contains(where.path()))
    return cannot_listen(where, "Server is already set.");
  auto result = std::make_shared<local_listener>(home, where);
  known.servers.emplace(where.path(), result);
  return listener_ptr{std::move(result)};
}

std::shared_ptr<local_listener> local_listener::find(const std::string& id) {
  auto& known = registry::instance();
  std::lock_guard guard{known.mtx};
  auto i = known.servers.find(id);
  return i != known.servers.end() ? i->second.lock() : nullptr;
}

void local_listener::take(std::unique_ptr<local_stream> what,
                          std::shared_ptr<io_loop> near) {
  auto self = std::static_pointer_cast<local_listener>(shared_from_this());
  loop().post([self = std::move(self), what = std::move(what),
               near = std::move(near)]() mutable {
    self->accept(std::move(what), *near);
  });
}

void local_listener::accept(std::unique_ptr<local_stream> what, io_loop& near) {
  if (!on_accept_)
    return; // closes it
  auto counted = admit_(what->peer_host());
  if (!counted)
    return;
  auto& target = choose_(&near);
  target.post([&target, on_accept = on_accept_, counted = std::move(counted),
               what = std::move(what)]() mutable {
    what->move_to(target);
    on_accept(target, std::move(what), std::move(counted));
  });
}

void local_listener::start(loop_chooser choose, admission admit,
                           accept_handler on_accept) {
  choose_ = std::move(choose);
  admit_ = std::move(admit);
  on_accept_ = std::move(on_accept);
}

void local_listener::abort() {
  {
    auto& known = registry::instance();
    std::lock_guard guard{known.mtx};
    auto i = known.servers.find(where_.path());
    // The id may have another server by now.
    if (i != known.servers.end() && i->second.lock().get() == this)
      known.servers.erase(i);
  }
  choose_ = nullptr;
  admit_ = nullptr;
  on_accept_ = nullptr;
  retire();
}

void listen_local(io_loop& home, const address& where, listen_handler done) {
  if (where.path().find('/') != std::string::npos) {
    done(cannot_listen(where, "\"/\" not allowed in queue ID ('" + where.path()
                                + "')"));
    return;
  }
  done(local_listener::bind(home, where));
}

} // namespace caf::aiomas::detail
