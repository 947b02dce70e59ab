#include "caf/aiomas/rpc.hpp"

#include "caf/aiomas/detail/channel_core.hpp"
#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/detail/rpc_link.hpp"

#include <caf/actor_system.hpp>

namespace caf::aiomas {

namespace {

detail::rpc_scope_ptr scope_of(const hosted_service& what,
                               dispatch_mode how = dispatch_mode::scheduled) {
  return detail::make_service_scope(actor_cast<strong_actor_ptr>(what.host()),
                                    how);
}

/// Makes a client of a connection that has not started yet. For the thread of
/// its loop.
rpc_client start(middleman& mm, const detail::connection_ptr& conn,
                 const hosted_service& what, const options& opts) {
  auto link = detail::rpc_link::make(mm, conn, scope_of(what, opts.dispatch),
                                     opts.call_timeout);
  channel ch{
    std::make_shared<detail::channel_core>(mm, conn, opts.call_timeout)};
  rpc_client result{std::move(ch), link, what};
  conn->start(std::move(link));
  return result;
}

} // namespace

struct rpc_client::data {
  data(aiomas::channel conn, std::shared_ptr<detail::rpc_link> calls,
       hosted_service ours)
    : ch(std::move(conn)), link(std::move(calls)), what(std::move(ours)) {
    // nop
  }

  ~data() {
    link->close();
  }

  aiomas::channel ch;
  std::shared_ptr<detail::rpc_link> link;
  hosted_service what;
};

rpc_client::rpc_client(aiomas::channel ch,
                       std::shared_ptr<detail::rpc_link> link,
                       hosted_service what)
  : data_(
    std::make_shared<data>(std::move(ch), std::move(link), std::move(what))) {
  // nop
}

rpc_client::rpc_client(aiomas::channel ch, hosted_service what) {
  auto core = ch.core().shared_from_this();
  auto link = std::make_shared<detail::rpc_link>(
    core->mm(), core->conn(), scope_of(what), core->call_timeout());
  core->conn()->loop().post([core, link] {
    if (auto ok = link->install(); !ok)
      core->conn()->close(std::move(ok).error());
    core->hand_over(link);
  });
  data_
    = std::make_shared<data>(std::move(ch), std::move(link), std::move(what));
}

const channel& rpc_client::channel() const noexcept {
  return data_->ch;
}

proxy rpc_client::remote() const {
  return {data_->link, {}, {}, {}, data_};
}

const hosted_service& rpc_client::service() const noexcept {
  return data_->what;
}

void rpc_client::close() const {
  data_->link->close();
}

void rpc_client::on_connection_reset(
  std::function<void(const error&)> what) const {
  data_->link->on_reset(std::move(what));
}

rpc_client rpc_service(hosted_service what, channel ch) {
  return rpc_client{std::move(ch), std::move(what)};
}

// -- rpc ----------------------------------------------------------------------

namespace rpc {

pending<rpc_client> open_connection(actor_system& sys, address where,
                                    hosted_service what, options opts) {
  using result = pending<rpc_client>;
  auto ready
    = detail::prepare(middleman::of(sys), std::move(opts), detail::layer::rpc,
                      where, detail::purpose::connecting);
  if (!ready)
    return detail::failed<rpc_client>(std::move(ready).error());
  auto begin = [&mm = middleman::of(sys), where = std::move(where),
                what = std::move(what), opts = *std::move(ready)](
                 result::completion done,
                 std::optional<result::duration> limit) mutable {
    auto& home = mm.next_loop();
    auto dial
      = [&mm, &home, where = std::move(where), what = std::move(what),
         opts = std::move(opts)](detail::deadline_slot_ptr<rpc_client> slot) {
          auto connected
            = [&mm, slot, what, opts](outcome<detail::connection_ptr> conn) {
                if (conn)
                  slot->complete(start(mm, *conn, what, opts));
                else
                  slot->complete(to_error(std::move(conn.error())));
              };
          auto attempt = detail::dial(home, where, opts, std::move(connected));
          slot->on_end([attempt] { detail::give_up(attempt); });
        };
    return detail::begin_in_loop<rpc_client>(home, std::move(done), limit,
                                             std::move(dial));
  };
  return result{std::move(begin)};
}

pending<server> start_server(actor_system& sys, address where,
                             hosted_service what, client_handler on_client,
                             options opts) {
  auto ready
    = detail::prepare(middleman::of(sys), std::move(opts), detail::layer::rpc,
                      where, detail::purpose::serving);
  if (!ready)
    return detail::failed<server>(std::move(ready).error());
  auto on_connect
    = [&mm = middleman::of(sys), what = std::move(what), opts = *ready,
       on_client = std::move(on_client)](detail::connection_ptr conn) {
        if (!on_client) {
          auto link = detail::rpc_link::make(
            mm, conn, scope_of(what, opts.dispatch), opts.call_timeout);
          conn->start(std::move(link));
          return;
        }
        auto client = start(mm, conn, what, opts);
        // Served until the peer goes, even if the actor ends before.
        client.on_connection_reset([client](const error&) {});
        mm.system().spawn<hidden>([on_client, client](event_based_actor* self) {
          on_client(self, client);
        });
      };
  return detail::make_server(middleman::of(sys), std::move(where),
                             *std::move(ready), std::move(on_connect));
}

} // namespace rpc

} // namespace caf::aiomas
