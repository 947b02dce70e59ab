#include "caf/aiomas/detail/container_impl.hpp"

#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/detail/host_name.hpp"
#include "caf/aiomas/detail/tls_context.hpp"
#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/router.hpp"

#include <algorithm>

namespace caf::aiomas::detail {

namespace {

constexpr std::string_view agents_path = "agents";

bool is_wildcard(const address& where) {
  auto& host = where.host();
  return where.how() == address::transport::tcp
         && (host.empty() || host == "0.0.0.0" || host == "::");
}

/// How the original names a container in errors.
std::string container_name(const address& where) {
  return "Container(" + name_of(where) + ")";
}

/// Returns what the next name of `path` calls.
outcome<const exposed_message*> find_method(const method_table& methods,
                                            path_cursor& path) {
  auto i = methods.find(path.next());
  if (i == methods.end())
    return path.not_found();
  if (path.has_next()) {
    path.next();
    return path.not_found();
  }
  return &i->second;
}

proxy agent_proxy(healing_link_ptr known) {
  auto path = join_paths(agents_path, known->url().agent_id);
  auto class_name = known->class_name();
  auto text = known->text();
  return {std::move(known), std::move(path), std::move(class_name),
          std::move(text)};
}

} // namespace

container_impl::container_impl(middleman& mm, options opts)
  : mm_(mm),
    opts_(std::move(opts)),
    codec_name_(opts_.codec()->name()),
    validate_aid_(aiomas::expose(
      "validate_aid",
      [this](const std::string& aid) { return agents_.class_name_of(aid); },
      {"aid"})),
    pauses_(settings_of(opts_)) {
  if (!opts_.clock)
    opts_.clock = std::make_shared<realtime_clock>();
}

// -- opening and closing ------------------------------------------------------

void container_impl::open(const address& where,
                          unique_function<void(outcome<void>)> done,
                          unique_function<void()> first) {
  auto joined = opts_.clock->join(mm_);
  if (!joined) {
    done(std::move(joined).error());
    return;
  }
  part_ = *std::move(joined);
  if (first)
    first();
  auto weak = weak_from_this();
  detail::serve(
    mm_, where, opts_,
    [weak](const connection_ptr& conn) {
      if (auto self = weak.lock())
        self->accept(conn);
    },
    [self = shared_from_this(),
     done = std::move(done)](outcome<server_ptr> made) mutable {
      if (!made) {
        done(std::move(made.error()));
        return;
      }
      self->server_ = std::move(*made);
      auto ready = [self, done = std::move(done)](address shown) mutable {
        self->base_url_ = to_string(shown) + "/";
        self->mm_.container_created();
        done({});
      };
      auto& bound = self->where();
      if (!is_wildcard(bound)) {
        ready(bound);
        return;
      }
      find_full_host_name(*self->mm_.loops().front(),
                          [ready = std::move(ready),
                           port = bound.port()](std::string host) mutable {
                            ready(address{std::move(host), port});
                          });
    });
}

link_ptr container_impl::make_link(const connection_ptr& conn,
                                   counted_end::side which) {
  auto link = rpc_link::make(mm_, conn, shared_from_this(), opts_.call_timeout);
  if (part_)
    link->take_part(part_, which);
  return link;
}

void container_impl::accept(const connection_ptr& conn) {
  auto link = make_link(conn, counted_end::side::accepted);
  uint64_t number = 0;
  {
    std::lock_guard guard{mtx_};
    if (shut_down_) {
      conn->abort();
      return;
    }
    number = accepted_++;
    incoming_.emplace(number, link);
  }
  link->on_reset([weak = weak_from_this(), number](const error&) {
    if (auto self = weak.lock()) {
      std::lock_guard guard{self->mtx_};
      self->incoming_.erase(number);
    }
  });
  conn->start(std::move(link));
}

outcome<void> container_impl::reload_certificates() const {
  auto tls = std::get_if<ssl_contexts>(&opts_.ssl);
  if (tls == nullptr)
    return fault{errc::invalid_argument, "The container does not use TLS"};
  auto for_server = tls->server.impl()->load();
  if (!for_server)
    return std::move(for_server).error();
  auto for_client = tls->client.impl()->load();
  if (!for_client)
    return std::move(for_client).error();
  tls->server.impl()->use(*std::move(for_server));
  tls->client.impl()->use(*std::move(for_client));
  return {};
}

// -- connecting ---------------------------------------------------------------

pending<proxy>::canceller
container_impl::connect(std::string text, pending<proxy>::completion done,
                        std::optional<std::chrono::nanoseconds> limit) {
  auto url = agent_url::parse(text);
  if (!url) {
    done(to_error(std::move(url.error())));
    return {};
  }
  if (auto known = known_proxy(text)) {
    done(std::move(known));
    return {};
  }
  auto& home = mm_.next_loop();
  auto begin = [self = shared_from_this(), &home, url = std::move(*url),
                text = std::move(text)](deadline_slot_ptr<proxy> slot) mutable {
    // A link lives in a loop of its own.
    auto finish = [slot, &home](expected<proxy> x) {
      home.post(
        [slot, x = std::move(x)]() mutable { slot->complete(std::move(x)); });
    };
    auto where = url.where;
    auto id = self->request_link(
      home, where,
      [self, url = std::move(url), text = std::move(text),
       finish](expected<link_ptr> link) mutable {
        if (!link) {
          finish(std::move(link.error()));
          return;
        }
        self->validate(
          *link, url,
          [self, link = *link, url, text,
           finish](expected<std::string> class_name) mutable {
            if (class_name)
              finish(self->make_proxy(link, url, std::move(*class_name), text));
            else
              finish(std::move(class_name.error()));
          });
      });
    slot->on_end([self, where, id] { self->outgoing_.leave(where, id); });
  };
  if (part_)
    done = [counts = activity::token{part_.counts}, done = std::move(done)](
             expected<proxy> x) mutable { done(std::move(x)); };
  return begin_in_loop<proxy>(home, std::move(done), limit, std::move(begin));
}

/// Passes on the connection to `where`, which is opened if need be. Returns
/// what names the request. For the thread of `home`.
uint64_t container_impl::request_link(io_loop& home, const address& where,
                                      link_cache::link_handler done) {
  auto ticket = outgoing_.request(where, std::move(done));
  if (ticket.is_first)
    dial(home, where, ticket.id);
  return ticket.id;
}

void container_impl::dial(io_loop& home, const address& where,
                          uint64_t attempt) {
  auto under_way = detail::dial(
    home, where, opts_,
    [self = shared_from_this(), where, attempt](outcome<connection_ptr> conn) {
      if (!conn) {
        auto why = to_error(std::move(conn.error()));
        self->note(where, why);
        self->outgoing_.opened(where, attempt, std::move(why));
        return;
      }
      auto link = self->make_link(*conn, counted_end::side::opened);
      link->on_reset([weak = self->weak_from_this(), where,
                      known = std::weak_ptr{link}](const error&) {
        auto there = weak.lock();
        auto lost = known.lock();
        if (there && lost)
          there->outgoing_.remove(where, lost);
      });
      (*conn)->start(link);
      link->introduce([] {});
      self->outgoing_.opened(where, attempt, std::move(link));
    });
  outgoing_.opening(where, attempt, [under_way] { give_up(under_way); });
}

// A connection is of use only once the other side has answered by it.
void container_impl::validate(
  const link_ptr& link, const agent_url& url,
  unique_function<void(expected<std::string>)> done) {
  auto on_answer = [self = shared_from_this(), url,
                    done = std::move(done)](expected<value> answer) mutable {
    self->note(url.where, answer ? error{} : answer.error());
    if (!answer)
      done(std::move(answer.error()));
    else if (auto class_name = answer->get_if<std::string>())
      done(std::move(*class_name));
    else
      done(make_error(errc::no_such_agent, "Agent \"" + url.agent_id
                                             + "\" does not exist in "
                                             + container_name(url.where)));
  };
  auto limit = opts_.connect_attempt_timeout.value();
  if (opts_.call_timeout && *opts_.call_timeout < limit)
    limit = *opts_.call_timeout;
  link->call("validate_aid", arguments::of(url.agent_id), std::move(on_answer),
             limit);
}

/// Remembers how an attempt to reach `where` ended.
void container_impl::note(const address& where, const error& failure) {
  if (opts_.reconnect == reconnect_policy::off)
    return;
  auto code = failure ? code_of(failure) : errc::none;
  if (code == errc::none || code == errc::remote_exception)
    pauses_.succeeded(where);
  else if (code != errc::shut_down && code != errc::cancelled)
    pauses_.failed(where, failure, io_clock::now());
}

void container_impl::renew(const healing_link_ptr& what, uint64_t attempt) {
  auto& where = what->url().where;
  auto refusal = pauses_.blocked(where, io_clock::now());
  {
    std::lock_guard guard{mtx_};
    if (ended_)
      refusal = make_error(errc::shut_down,
                           std::string{"The container has been shut down"});
  }
  if (refusal) {
    what->renewed(attempt, std::move(*refusal));
    return;
  }
  auto use = [self = shared_from_this(), what, attempt,
              counts = activity::token{part_.counts}](expected<link_ptr> link) {
    if (!link) {
      what->renewed(attempt, std::move(link));
      return;
    }
    self->validate(
      *link, what->url(),
      [what, attempt, link = *link](expected<std::string> class_name) {
        if (class_name)
          what->renewed(attempt, link);
        else
          what->renewed(attempt, std::move(class_name.error()));
      });
  };
  auto& home = mm_.next_loop();
  home.post([self = shared_from_this(), &home, what, attempt,
             use = std::move(use)]() mutable {
    auto& to = what->url().where;
    auto id = self->request_link(home, to, std::move(use));
    what->renewing(attempt, [self, to, id] { self->outgoing_.leave(to, id); });
  });
}

proxy container_impl::known_proxy(const std::string& url) {
  std::lock_guard guard{mtx_};
  if (auto i = healing_.find(url); i != healing_.end())
    if (auto known = i->second.lock(); known && !known->lost())
      return agent_proxy(std::move(known));
  if (auto i = proxies_.find(url); i != proxies_.end())
    if (auto result = i->second.lock(); result && result.connected())
      return result;
  return {};
}

proxy container_impl::make_proxy(const link_ptr& link, const agent_url& url,
                                 std::string class_name,
                                 const std::string& text) {
  if (opts_.reconnect != reconnect_policy::off)
    return make_healing_proxy(link, url, std::move(class_name), text);
  proxy result{link, join_paths(agents_path, url.agent_id),
               std::move(class_name), text};
  std::lock_guard guard{mtx_};
  sweep(proxies_);
  proxies_.insert_or_assign(text, weak_proxy{result});
  return result;
}

proxy container_impl::make_healing_proxy(const link_ptr& link,
                                         const agent_url& url,
                                         std::string class_name,
                                         const std::string& text) {
  std::unique_lock guard{mtx_};
  sweep(healing_);
  auto& known = healing_[text];
  if (auto old = known.lock()) {
    guard.unlock();
    old->replace(link);
    return agent_proxy(std::move(old));
  }
  auto made = std::make_shared<healing_link>(
    weak_from_this(), url, std::move(class_name), text,
    retry_plan{settings_of(opts_)}, opts_.limits.value().max_waiting_calls,
    link);
  known = made;
  guard.unlock();
  return agent_proxy(std::move(made));
}

/// Forgets who is gone, once in a while. For those who hold the lock.
template <class Map>
void container_impl::sweep(Map& known) {
  if (known.size() < sweep_proxies_at_)
    return;
  std::erase_if(known, [](auto& x) { return !x.second.lock(); });
  sweep_proxies_at_ = 2 * known.size() + 64;
}

// -- serving ------------------------------------------------------------------

std::optional<std::string>
container_impl::path_of(const local_ref& what) const {
  if (!what.host)
    return std::nullopt;
  if (auto aid = agents_.aid_of(what.host))
    return join_paths(join_paths(agents_path, *aid), what.path);
  return std::nullopt;
}

void container_impl::serve(reply_sink& sink, connection& from, inbound_id&& id,
                           invocation&& what) {
  auto refuse = [&](fault why) { answer(from, id, to_error(std::move(why))); };
  path_cursor path{what.path};
  auto first = path.next();
  if (first == validate_aid_.name())
    return answer(from, id, call_validate_aid(path, what.with));
  if (first != agents_path)
    return refuse(path.not_found());
  if (!path.has_next())
    return refuse(not_callable("ServiceDict"));
  auto aid = path.next();
  auto known = agents_.find(aid);
  if (!known.hdl)
    return refuse(path.not_found());
  if (known.methods) {
    if (!path.has_next())
      return refuse(not_callable(agents_.class_name_of(aid).value_or("")));
    auto method = find_method(*known.methods, path);
    if (!method)
      return refuse(std::move(method.error()));
    auto request = (*method)->bind(what.with);
    if (!request)
      return answer(from, id, std::move(request.error()));
    sink.dispatch(known.hdl, from, std::move(id), std::move(*request),
                  opts_.dispatch, (*method)->read(),
                  activity::token{part_.counts});
  } else {
    // An empty path is the agent itself; one that ends with a slash is not.
    auto is_empty = path.has_next() && path.rest().empty();
    what.path = is_empty ? std::string{"/"} : std::string{path.rest()};
    sink.dispatch(known.hdl, from, std::move(id), std::move(what),
                  opts_.dispatch);
  }
}

expected<value> container_impl::call_validate_aid(path_cursor path,
                                                  arguments& with) {
  if (path.has_next()) {
    path.next();
    return to_error(path.not_found());
  }
  auto result = validate_aid_(with);
  if (auto x = std::get_if<value>(&result))
    return std::move(*x);
  return std::move(std::get<error>(result));
}

// -- exposed actors -----------------------------------------------------------

expected<std::string>
container_impl::expose(strong_actor_ptr hdl,
                       std::vector<exposed_message> methods,
                       std::string class_name) {
  auto invalid = [](std::string why) {
    return make_error(errc::invalid_argument, "Cannot expose " + why);
  };
  if (!hdl)
    return invalid("an actor by an empty handle");
  auto table = std::make_shared<method_table>();
  for (auto& what : methods) {
    auto name = what.name();
    if (name.empty() || name.find('/') != std::string::npos)
      return invalid("\"" + name
                     + "\": a name must not be empty or contain a slash");
    if (!table->emplace(name, std::move(what)).second)
      return invalid("\"" + name + "\": the name is taken");
  }
  auto number = agents_.add({hdl, std::move(class_name), std::move(table)});
  if (number == no_agent)
    return make_error(errc::shut_down,
                      std::string{"The container has been shut down"});
  hdl->get()->attach_functor([home = weak_from_this(), &mm = mm_, number,
                              who = identify(*hdl)](const error&) {
    if (auto there = home.lock())
      there->actor_ended(number, who);
    else
      mm.actor_ended(who);
  });
  return base_url_ + to_aid(number);
}

void container_impl::actor_ended(agent_number number, actor_identity who) {
  agents_.remove(number);
  mm_.actor_ended(who);
}

} // namespace caf::aiomas::detail
