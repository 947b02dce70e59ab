#include "caf/aiomas/detail/rpc_link.hpp"

#include "caf/aiomas/detail/debug.hpp"
#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/detail/path_cursor.hpp"
#include "caf/aiomas/detail/remote_actor.hpp"
#include "caf/aiomas/detail/type_name.hpp"
#include "caf/aiomas/message_types.hpp"

#include <caf/actor_config.hpp>
#include <caf/actor_system.hpp>
#include <caf/make_actor.hpp>

namespace caf::aiomas::detail {

namespace {

// -- requests on the wire -----------------------------------------------------

/// Takes a request out of `content`. Returns what is wrong with it, if
/// anything.
std::optional<fault> parse_request(value& content, invocation& into) {
  auto wrong = [](const std::string& why) {
    return fault{errc::type_error, why};
  };
  auto parts = content.get_if<list>();
  if (parts == nullptr || parts->size() != 3)
    return wrong(
      "a request must be a list of path, arguments and keyword "
      "arguments");
  auto path = (*parts)[0].get_if<std::string>();
  if (path == nullptr)
    return wrong(std::string{"the path must be a str, not "}
                 + python_type_name((*parts)[0]));
  auto args = (*parts)[1].get_if<list>();
  if (args == nullptr)
    return wrong(std::string{"the arguments must be a list, not "}
                 + python_type_name((*parts)[1]));
  auto kwargs = (*parts)[2].get_if<dict>();
  if (kwargs == nullptr)
    return wrong(std::string{"the keyword arguments must be a dict, not "}
                 + python_type_name((*parts)[2]));
  into.path = std::move(*path);
  into.with.args = std::move(*args);
  into.with.kwargs = std::move(*kwargs);
  return std::nullopt;
}

value make_request(std::string path, arguments with) {
  list result;
  result.reserve(3);
  result.emplace_back(std::move(path));
  result.emplace_back(std::move(with.args));
  result.emplace_back(std::move(with.kwargs));
  return result;
}

// -- a scope of one service ---------------------------------------------------

class service_scope final : public rpc_scope {
public:
  service_scope(strong_actor_ptr host, dispatch_mode how)
    : host_(std::move(host)), how_(how) {
    // nop
  }

  void serve(reply_sink& sink, connection& from, inbound_id&& id,
             invocation&& what) override {
    sink.dispatch(host_, from, std::move(id), std::move(what), how_);
  }

  std::optional<std::string> path_of(const local_ref& what) const override {
    if (what.host == host_)
      return what.path;
    return std::nullopt;
  }

private:
  strong_actor_ptr host_;
  dispatch_mode how_;
};

} // namespace

rpc_scope::~rpc_scope() {
  // nop
}

rpc_scope_ptr make_service_scope(strong_actor_ptr host, dispatch_mode how) {
  return host ? std::make_shared<service_scope>(std::move(host), how) : nullptr;
}

// -- construction -------------------------------------------------------------

std::shared_ptr<rpc_link>
rpc_link::make(middleman& mm, connection_ptr conn, rpc_scope_ptr scope,
               std::optional<std::chrono::nanoseconds> call_timeout) {
  auto self = std::make_shared<rpc_link>(mm, std::move(conn), std::move(scope),
                                         call_timeout);
  if (auto ok = self->install(); !ok)
    self->conn_->close(std::move(ok).error());
  return self;
}

outcome<void> rpc_link::install() {
  auto added = conn_->protocol().codec().add_serializer(object_serializer());
  if (!added)
    return std::move(added).error();
  return {};
}

any_serializer rpc_link::object_serializer() {
  auto weak = weak_from_this();
  return fallback_serializer(
    [weak](const object& what) -> outcome<value> {
      if (what.get_if<proxy>())
        return fault{errc::serialization_error,
                     "A proxy cannot be sent on, since its path means nothing "
                     "to others. Pass the URL of the agent instead."};
      auto self = weak.lock();
      if (auto ref = what.get_if<local_ref>(); ref && self)
        return self->serialize(*ref);
      return fault{errc::serialization_error, "No serializer found for type \""
                                                + type_name(what.type())
                                                + "\""};
    },
    [weak](value content) -> outcome<value> {
      auto path = content.get_if<std::string>();
      if (path == nullptr)
        return fault{errc::deserialization_error,
                     "The path of a proxy must be a str"};
      auto self = weak.lock();
      if (!self)
        return fault{errc::deserialization_error,
                     "The connection of a proxy has ended"};
      return to_value(proxy{std::move(self), std::move(*path), {}, {}});
    });
}

outcome<value> rpc_link::serialize(const local_ref& what) const {
  if (!scope_)
    return fault{errc::serialization_error,
                 "No RPC service running for this side of the connection.  "
                 "Cannot send service proxy."};
  if (auto path = scope_->path_of(what))
    return value{std::move(*path)};
  return fault{errc::serialization_error,
               "The service is not exposed for this connection"};
}

// -- calls --------------------------------------------------------------------

uint64_t rpc_link::call(std::string path, arguments with,
                        pending<value>::completion done,
                        std::optional<std::chrono::nanoseconds> timeout,
                        std::shared_ptr<const void> until_end) {
  if (hold_)
    done = [call = hold_->enter(), done = std::move(done)](
             expected<value> x) mutable { done(std::move(x)); };
  if (debugging())
    done = [place = "while calling " + path + " of " + peer_name(conn_->ends()),
            done = std::move(done)](expected<value> x) mutable {
      if (!x)
        x = with_place(std::move(x.error()), std::move(place));
      done(std::move(x));
    };
  return conn_->request(
    make_request(std::move(path), std::move(with)),
    [self = shared_from_this(), until_end = std::move(until_end),
     done = std::move(done)](outcome<value>&& x) mutable {
      if (!x && x.error().code == errc::remote_exception)
        x.error().origin = peer_name(self->conn_->ends());
      done(to_expected(std::move(x)));
    },
    timeout ? timeout : call_timeout_);
}

strong_actor_ptr rpc_link::remote_actor(const std::string& path) {
  std::lock_guard guard{mtx_};
  if (auto i = remotes_.find(path); i != remotes_.end())
    if (auto result = i->second.lock();
        result
        && !static_cast<detail::remote_actor*>(result->get())->terminated())
      return result;
  if (remotes_.size() >= sweep_at_) {
    std::erase_if(remotes_, [](auto& known) { return !known.second.lock(); });
    sweep_at_ = 2 * remotes_.size() + 16;
  }
  actor_config cfg;
  auto& sys = mm_.system();
  auto result = make_actor<detail::remote_actor, strong_actor_ptr>(
    sys.next_actor_id(), sys.node(), &sys, cfg, shared_from_this(), path);
  if (end_ && !finishing_)
    static_cast<detail::remote_actor*>(result->get())
      ->kill_proxy(nullptr, to_error(*end_));
  remotes_[path] = actor_cast<weak_actor_ptr>(result);
  return result;
}

void rpc_link::keep(strong_actor_ptr what) {
  std::lock_guard guard{mtx_};
  if (!end_ || finishing_)
    kept_.insert(std::move(what));
}

// -- end ----------------------------------------------------------------------

namespace {

fault closed_by_us() {
  return {errc::connection_closed, "Connection closed"};
}

} // namespace

void rpc_link::close() {
  {
    std::lock_guard guard{mtx_};
    closing_ = true;
  }
  conn_->close(closed_by_us());
}

void rpc_link::finish(std::chrono::nanoseconds limit,
                      std::shared_ptr<void> until_end) {
  {
    std::lock_guard guard{mtx_};
    closing_ = true;
    finishing_ = true;
  }
  conn_->finish(closed_by_us(), limit, std::move(until_end));
}

void rpc_link::let_go() {
  std::map<std::string, weak_actor_ptr> remotes;
  std::set<strong_actor_ptr> kept; // destroyed without the lock
  error why;
  {
    std::lock_guard guard{mtx_};
    finishing_ = false;
    if (!end_)
      return;
    why = to_error(*end_);
    remotes.swap(remotes_);
    kept.swap(kept_);
  }
  for (auto& [path, known] : remotes)
    if (auto what = known.lock())
      static_cast<detail::remote_actor*>(what->get())->kill_proxy(nullptr, why);
}

void rpc_link::on_reset(reset_handler what) {
  conn_->loop().post(
    [self = shared_from_this(), what = std::move(what)]() mutable {
      std::unique_lock guard{self->mtx_};
      if (self->closing_)
        return;
      if (!self->end_) {
        self->reset_handlers_.push_back(std::move(what));
        return;
      }
      auto reason = to_error(*self->end_);
      guard.unlock();
      what(reason);
    });
}

void rpc_link::on_closed(connection&, const fault& reason) {
  // A service that keeps a proxy of its peer would keep itself. But it may be
  // what is handling a request just now.
  conn_->loop().post([scope = std::move(scope_)] {});
  std::vector<reset_handler> handlers;
  auto finishing = false;
  {
    std::lock_guard guard{mtx_};
    end_ = reason;
    // What the peer or the network has done is told in any case.
    finishing_ = finishing_ && reason.text == closed_by_us().text;
    finishing = finishing_;
    handlers.swap(reset_handlers_);
    if (closing_)
      handlers.clear();
  }
  if (!finishing)
    let_go();
  for (auto& handler : handlers)
    handler(to_error(reason));
}

// -- requests -----------------------------------------------------------------

void rpc_link::on_request(connection& from, inbound_id&& id, value&& content) {
  auto refuse = [&](const fault& why) {
    from.protocol().fail(id, traceback_of(to_error(why)),
                         session::clock::now());
    from.touch();
  };
  invocation what;
  if (auto why = parse_request(content, what)) {
    refuse(*why);
  } else if (part_ && what.path == introduction) {
    answer(from, id, answer_introduction(what.with));
  } else if (!scope_) {
    path_cursor names{what.path};
    names.next();
    refuse(names.not_found());
  } else {
    if (!peer_)
      peer_ = std::make_shared<const peer_info>(info_of(from.ends()));
    what.caller = peer_;
    scope_->serve(mm_.sink_of(from.loop()), from, std::move(id),
                  std::move(what));
  }
}

} // namespace caf::aiomas::detail
