#include "caf/aiomas/channel.hpp"

#include "caf/aiomas/detail/channel_core.hpp"
#include "caf/aiomas/detail/dial.hpp"

#include <caf/actor_system.hpp>

namespace caf::aiomas {

namespace {

fault closed_by_us() {
  return {errc::connection_closed, "Connection closed"};
}

/// Shows one end of a connection as `get_extra_info` of the original does.
value show(address::transport how, const std::string& host, uint16_t port) {
  if (how == address::transport::tcp)
    return list{value{host}, value{port}};
  return value{detail::name_of(address::make(how, host))};
}

} // namespace

// -- request ------------------------------------------------------------------

detail::unanswered::~unanswered() {
  if (!answered.exchange(true))
    from->fail(std::move(id),
               format_traceback("RuntimeError",
                                "the request was dropped without a reply"));
}

request::request(std::shared_ptr<detail::unanswered> impl)
  : impl_(std::move(impl)) {
  // nop
}

const value& request::content() const noexcept {
  return impl_->content;
}

void request::reply(value result) const {
  if (!impl_->answered.exchange(true))
    impl_->from->reply(impl_->id, std::move(result));
}

void request::fail(const error& reason) const {
  if (!impl_->answered.exchange(true))
    impl_->from->fail(impl_->id, traceback_of(reason));
}

void request::fail(const std::exception_ptr& reason) const {
  fail(to_error(reason));
}

peer_info request::peer() const {
  return detail::info_of(impl_->from->ends());
}

// -- channel_core -------------------------------------------------------------

namespace detail {

void channel_core::recv(deadline_slot_ptr<request> waiter) {
  if (waiter_ && waiter_->open()) {
    waiter->complete(make_error(
      errc::already_receiving,
      std::string{
        "recv() called while another coroutine is already waiting for "
        "incoming data."}));
  } else if (!waiting_.empty()) {
    auto next = std::move(waiting_.front());
    waiting_.pop_front();
    waiter->complete(request{std::move(next)});
  } else if (end_.code != errc::none) {
    waiter->complete(to_error(end_));
  } else {
    waiter_ = std::move(waiter);
  }
}

void channel_core::on_request(connection& from, inbound_id&& id,
                              value&& content) {
  auto what = std::make_shared<unanswered>(from.shared_from_this(),
                                           std::move(id), std::move(content));
  auto waiter = std::exchange(waiter_, nullptr);
  if (waiter && waiter->open())
    waiter->complete(request{std::move(what)});
  else
    waiting_.push_back(std::move(what));
}

void channel_core::on_closed(connection&, const fault& reason) {
  end_ = reason;
  // Nobody can be answered any more.
  for (auto& what : waiting_)
    what->answered = true;
  waiting_.clear();
  if (auto waiter = std::exchange(waiter_, nullptr))
    waiter->complete(to_error(reason));
}

void channel_core::hand_over(connection::observer_ptr who) {
  for (auto& what : std::exchange(waiting_, {})) {
    what->answered = true;
    who->on_request(*conn_, std::move(what->id), std::move(what->content));
  }
  // A connection that has ended tells nobody any more.
  if (end_.code != errc::none)
    who->on_closed(*conn_, end_);
  conn_->observe(std::move(who));
  conn_->touch();
}

} // namespace detail

// -- channel ------------------------------------------------------------------

class channel::owner {
public:
  explicit owner(std::shared_ptr<detail::channel_core> what)
    : what_(std::move(what)) {
    // nop
  }

  ~owner() {
    what_->conn()->close(closed_by_us());
  }

  detail::channel_core& core() const noexcept {
    return *what_;
  }

private:
  std::shared_ptr<detail::channel_core> what_;
};

channel::channel(std::shared_ptr<detail::channel_core> impl)
  : owner_(std::make_shared<owner>(std::move(impl))) {
  // nop
}

detail::channel_core& channel::core() const noexcept {
  return owner_->core();
}

pending<channel> channel::open_connection(actor_system& sys, address where,
                                          options opts) {
  using result = pending<channel>;
  auto ready = detail::prepare(middleman::of(sys), std::move(opts),
                               detail::layer::channel, where,
                               detail::purpose::connecting);
  if (!ready)
    return detail::failed<channel>(std::move(ready).error());
  auto begin = [&mm = middleman::of(sys), where = std::move(where),
                opts = *std::move(ready)](
                 result::completion done,
                 std::optional<result::duration> limit) mutable {
    auto& home = mm.next_loop();
    auto dial = [&mm, &home, where = std::move(where), opts = std::move(opts)](
                  detail::deadline_slot_ptr<channel> slot) {
      auto connected = [&mm, slot, limit = opts.call_timeout](
                         outcome<detail::connection_ptr> conn) {
        if (!conn) {
          slot->complete(to_error(std::move(conn.error())));
          return;
        }
        auto core = std::make_shared<detail::channel_core>(mm, *conn, limit);
        (*conn)->start(core);
        slot->complete(channel{std::move(core)});
      };
      auto attempt = detail::dial(home, where, opts, std::move(connected));
      slot->on_end([attempt] { detail::give_up(attempt); });
    };
    return detail::begin_in_loop<channel>(home, std::move(done), limit,
                                          std::move(dial));
  };
  return result{std::move(begin)};
}

pending<server> channel::start_server(actor_system& sys, address where,
                                      client_handler on_client, options opts) {
  auto ready
    = detail::prepare(middleman::of(sys), std::move(opts),
                      detail::layer::channel, where, detail::purpose::serving);
  if (!ready)
    return detail::failed<server>(std::move(ready).error());
  auto on_connect = [&mm = middleman::of(sys), on_client = std::move(on_client),
                     limit = ready->call_timeout](detail::connection_ptr conn) {
    auto core = std::make_shared<detail::channel_core>(mm, conn, limit);
    conn->start(core);
    // Hidden, since the system waits for others before it stops the module that
    // ends this one.
    mm.system().spawn<hidden>(
      [on_client, ch = channel{std::move(core)}](event_based_actor* self) {
        on_client(self, ch);
      });
  };
  return detail::make_server(middleman::of(sys), std::move(where),
                             *std::move(ready), std::move(on_connect));
}

pending<value> channel::send(value content) const {
  using result = pending<value>;
  auto begin = [owner = owner_, content = std::move(content)](
                 result::completion done,
                 std::optional<result::duration> limit) mutable {
    auto conn = owner->core().conn();
    // Whoever waits keeps the channel open.
    auto call = conn->request(
      std::move(content),
      [owner, done = std::move(done)](outcome<value> x) mutable {
        if (!x && x.error().code == errc::remote_exception)
          x.error().origin = peer_name(owner->core().conn()->ends());
        done(to_expected(std::move(x)));
      },
      limit ? limit : owner->core().call_timeout());
    return result::canceller{[conn, call] { conn->cancel(call); }};
  };
  return result{std::move(begin)};
}

pending<request> channel::recv() const {
  using result = pending<request>;
  auto begin = [owner = owner_](result::completion done,
                                std::optional<result::duration> limit) mutable {
    auto core = owner->core().shared_from_this();
    auto& home = core->conn()->loop();
    // Whoever waits keeps the channel open.
    auto passed_on = [owner = std::move(owner), done = std::move(done)](
                       expected<request> x) mutable { done(std::move(x)); };
    return detail::begin_in_loop<request>(
      home, std::move(passed_on), limit,
      [core = std::move(core)](detail::deadline_slot_ptr<request> slot) {
        core->recv(std::move(slot));
      });
  };
  return result{std::move(begin)};
}

void channel::close() const {
  owner_->core().conn()->close(closed_by_us());
}

bool channel::closed() const noexcept {
  return owner_->core().conn()->closed();
}

const codec& channel::codec() const noexcept {
  return owner_->core().conn()->protocol().codec();
}

peer_info channel::peer() const {
  return detail::info_of(owner_->core().conn()->ends());
}

value channel::get_extra_info(std::string_view name, value fallback) const {
  auto& ends = owner_->core().conn()->ends();
  if (auto known = ends.extra_info(name))
    return *std::move(known);
  if (name == "peername")
    return show(ends.how(), ends.peer_host(), ends.peer_port());
  if (name == "sockname")
    return show(ends.how(), ends.local_host(), ends.local_port());
  if (name == "peercred")
    if (auto who = ends.credentials())
      return dict{{"uid", who->uid}, {"gid", who->gid}, {"pid", who->pid}};
  return fallback;
}

} // namespace caf::aiomas
