#include "caf/aiomas/detail/dial.hpp"

#include "caf/aiomas/date_time.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/detail/tls_context.hpp"

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

fault no_tls(std::string why) {
  return {errc::invalid_argument, std::move(why)};
}

fault not_tcp(const address& where) {
  return no_tls("TLS is for TCP: it cannot be used with " + to_string(where));
}

bool fits(const ssl_context& what, tls_role how) {
  return what && what.impl()->how() == how;
}

outcome<ssl_choice> make_contexts(const ssl_certs& from, purpose why) {
  ssl_contexts result;
  if (why != purpose::connecting) {
    auto made = make_ssl_server_context(from);
    if (!made)
      return std::move(made).error();
    result.server = *std::move(made);
  }
  if (why != purpose::serving) {
    auto made = make_ssl_client_context(from);
    if (!made)
      return std::move(made).error();
    result.client = *std::move(made);
  }
  return ssl_choice{std::move(result)};
}

/// Turns what the user chose into nothing or the contexts that are needed.
outcome<ssl_choice> choose_tls(ssl_choice from, const address& where,
                               purpose why) {
  if (std::holds_alternative<std::monostate>(from))
    return from;
  if (where.how() != address::transport::tcp)
    return not_tcp(where);
  if (auto certs = std::get_if<ssl_certs>(&from))
    return make_contexts(*certs, why);
  ssl_contexts result;
  if (auto pair = std::get_if<ssl_contexts>(&from))
    result = *pair;
  else if (why == purpose::connecting)
    result.client = std::get<ssl_context>(from);
  else if (why == purpose::serving)
    result.server = std::get<ssl_context>(from);
  else
    return no_tls(
      "A container needs two TLS contexts, one for its server and "
      "one for its connections to others");
  if (why != purpose::connecting && !fits(result.server, tls_role::server))
    return no_tls("The TLS context for the server is none for servers");
  if (why != purpose::serving && !fits(result.client, tls_role::client))
    return no_tls("The TLS context for connecting is none for clients");
  return ssl_choice{std::move(result)};
}

ssl_contexts contexts_of(const options& prepared) {
  auto chosen = std::get_if<ssl_contexts>(&prepared.ssl);
  return chosen != nullptr ? *chosen : ssl_contexts{};
}

} // namespace

outcome<options> prepare(middleman& mm, options opts, layer what,
                         const address& where, purpose why) {
  opts = mm.complete(std::move(opts));
  auto tls = choose_tls(std::move(opts.ssl), where, why);
  if (!tls)
    return std::move(tls).error();
  opts.ssl = *std::move(tls);
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

connect_settings settings_of(const options& opts) {
  connect_settings settings;
  settings.tls = contexts_of(opts).client;
  settings.tls_handshake_timeout = opts.tls_handshake_timeout.value();
  settings.attempt_timeout = opts.connect_attempt_timeout.value();
  settings.retry_min = opts.connect_retry_min.value();
  settings.retry_max = opts.connect_retry_max.value();
  settings.keepalive = opts.keepalive.value();
  if (opts.connect_timeout == options::forever)
    settings.timeout = std::nullopt;
  else
    settings.timeout = opts.connect_timeout;
  return settings;
}

connect_attempt dial(io_loop& home, const address& where, const options& opts,
                     connected_handler done) {
  auto settings = settings_of(opts);
  if (settings.tls && where.how() != address::transport::tcp) {
    done(not_tcp(where));
    return {};
  }
  return connect(home, where, settings,
                 [&home, where, opts,
                  done = std::move(done)](outcome<stream_ptr> ends) mutable {
                   if (ends) {
                     done(wrap(home, std::move(*ends), opts));
                     return;
                   }
                   auto& why = ends.error();
                   if (why.code
                       != errc::shut_down) { // nobody waits for it any more
                     ++home.traffic().connects_failed[why.code];
                     home.report(severity::warning, "connect_failed", [&] {
                       return event_fields{{"peer", to_string(where)},
                                           {"reason", to_string(why.code)},
                                           {"text", why.text}};
                     });
                   }
                   done(std::move(why));
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
                          opts.max_connections_per_peer.value(),
                          listening,
                          opts.on_connect,
                          contexts_of(opts).server,
                          opts.tls_handshake_timeout.value()};
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
  return name_of(peer_of(ends));
}

} // namespace caf::aiomas::detail
