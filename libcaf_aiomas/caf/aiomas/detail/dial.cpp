#include "caf/aiomas/detail/dial.hpp"

#include "caf/aiomas/date_time.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"

#include <utility>

namespace caf::aiomas::detail {

namespace {

connection_ptr wrap(io_loop& home, stream_ptr ends, const options& opts,
                    std::shared_ptr<void> ticket = nullptr) {
  return std::make_shared<connection>(home, std::move(ends), opts.codec(),
                                      opts.limits.value(), std::move(ticket));
}

/// Puts the serializers of a connection in order.
outcome<serializers> arrange(const serializers& own,
                             const std::vector<any_serializer>& extra,
                             layer what) {
  serializers result{own.how()};
  // Containers of the original register dates first.
  if (what == layer::container)
    (void) result.add(date_serializer());
  if (auto ok = result.add(own.entries()); !ok)
    return std::move(ok).error();
  if (auto ok = result.add(extra); !ok)
    return std::move(ok).error();
  return result;
}

} // namespace

outcome<options> prepare(middleman& mm, options opts, layer what) {
  opts = mm.complete(std::move(opts));
  auto made = arrange(opts.codec()->types(), opts.serializers, what);
  auto known = made ? *made : serializers{};
  if (made && what != layer::channel)
    if (auto added = made->add(fallback_serializer({}, {})); !added)
      made = std::move(added).error();
  if (!made)
    return std::move(made).error();
  opts.codec = [factory = std::move(opts.codec),
                extra = std::exchange(opts.serializers, {}),
                known = std::move(known), what] {
    auto result = factory();
    auto types = arrange(result->types(), extra, what);
    // The factory made the same before, and that was fine.
    result->types(types ? *std::move(types) : known);
    return result;
  };
  return opts;
}

connect_attempt dial(io_loop& home, const address& where, const options& opts,
                     connected_handler done) {
  connect_settings settings;
  settings.attempt_timeout = opts.connect_attempt_timeout.value();
  settings.retry_min = opts.connect_retry_min.value();
  settings.retry_max = opts.connect_retry_max.value();
  settings.keepalive = opts.keepalive.value();
  if (opts.connect_timeout == options::forever)
    settings.timeout = std::nullopt;
  else
    settings.timeout = opts.connect_timeout;
  return connect(
    home, where, settings,
    [&home, opts, done = std::move(done)](outcome<stream_ptr> ends) mutable {
      if (ends)
        done(wrap(home, std::move(*ends), opts));
      else
        done(std::move(ends.error()));
    });
}

void serve(middleman& mm, const address& where, const options& opts,
           std::function<void(connection_ptr)> on_connect,
           server::done_handler done) {
  listen_settings listening;
  listening.keepalive = opts.keepalive.value();
  listening.ipc_permissions = opts.ipc_permissions;
  listening.ports = opts.ports;
  server::settings bounds{opts.max_connections.value(),
                          opts.max_connections_per_peer.value(), listening,
                          opts.on_connect};
  server::open(
    mm.loops(), where, std::move(bounds),
    [opts, on_connect = std::move(on_connect)](io_loop& home, stream_ptr ends,
                                               server::ticket ticket) {
      on_connect(wrap(home, std::move(ends), opts, std::move(ticket)));
    },
    std::move(done));
}

pending<aiomas::server>
make_server(middleman& mm, address where, options opts,
            std::function<void(connection_ptr)> on_connect) {
  using result = pending<aiomas::server>;
  auto begin = [&mm, where = std::move(where), opts = std::move(opts),
                on_connect = std::move(on_connect)](
                 result::completion done,
                 std::optional<result::duration> limit) mutable {
    auto listen = [&mm, where = std::move(where), opts = std::move(opts),
                   on_connect = std::move(on_connect)](
                    deadline_slot_ptr<aiomas::server> slot) {
      serve(mm, where, opts, on_connect, [slot](outcome<server_ptr> made) {
        if (made)
          slot->complete(aiomas::server{std::move(*made)});
        else
          slot->complete(to_error(std::move(made.error())));
      });
    };
    // Where servers call back.
    auto& home = *mm.loops().front();
    return begin_in_loop<aiomas::server>(home, std::move(done), limit,
                                         std::move(listen));
  };
  return result{std::move(begin)};
}

std::string name_of(const address& where) {
  switch (where.how()) {
    case address::transport::local:
      return "LocalQueue('" + where.path() + "')";
    case address::transport::ipc:
      return where.path();
    default:
      return "('" + where.host() + "', " + std::to_string(where.port()) + ")";
  }
}

std::string peer_name(const stream& ends) {
  if (ends.how() == address::transport::tcp)
    return name_of(address{ends.peer_host(), ends.peer_port()});
  return name_of(address::make(ends.how(), ends.peer_host()));
}

} // namespace caf::aiomas::detail
