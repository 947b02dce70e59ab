#include "call_agent.hpp"

#include "caf/aiomas/channel.hpp"
#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/router.hpp"

#include <caf/actor_system.hpp>

#include <algorithm>

namespace caf::aiomas::tool {

namespace {

using clock_type = std::chrono::steady_clock;

/// Bounds several operations together.
class time_limit {
public:
  explicit time_limit(std::optional<std::chrono::nanoseconds> limit)
    : end_(limit ? clock_type::now() + *limit : never) {
    // nop
  }

  template <class T>
  expected<T> wait_for(pending<T> what) const {
    if (end_ == never)
      return std::move(what).get();
    std::chrono::nanoseconds rest = end_ - clock_type::now();
    return std::move(what).get(std::max(rest, std::chrono::nanoseconds{0}));
  }

private:
  static constexpr auto never = clock_type::time_point::max();

  clock_type::time_point end_;
};

value make_request(std::string path, const arguments& with) {
  return list{std::move(path), with.args, with.kwargs};
}

value make_request(const agent_call& what) {
  auto path = join_paths("agents", what.url.agent_id);
  return make_request(join_paths(path, what.method), what.with);
}

/// Peers that call us back wait for an answer, although there is nothing here
/// that they could call. Goes on until the channel is closed.
void refuse_requests(const channel& ch) {
  ch.recv().notify([ch](expected<request> what) {
    if (!what)
      return;
    what->fail(make_error(errc::lookup_error,
                          std::string{"The command line tool has no "
                                      "functions that could be called"}));
    refuse_requests(ch);
  });
}

error no_such_agent(const agent_url& url) {
  return make_error(errc::no_such_agent, "Agent \"" + url.agent_id
                                           + "\" does not exist in Container("
                                           + detail::name_of(url.where) + ")");
}

expected<value> call_via(const channel& ch, const agent_call& what,
                         const time_limit& limit) {
  auto class_name = limit.wait_for(
    ch.send(make_request("validate_aid", arguments::of(what.url.agent_id))));
  if (!class_name)
    return class_name;
  if (class_name->type() != value::kind::string)
    return no_such_agent(what.url);
  return limit.wait_for(ch.send(make_request(what)));
}

} // namespace

outcome<void> check(const agent_call& what) {
  byte_buffer scratch;
  return what.codec()->encode_message(0, value{0}, make_request(what), scratch);
}

expected<value> call_agent(agent_call what) {
  config cfg;
  cfg.load<middleman>();
  cfg.set("scheduler.max-threads", 1); // there are no actors
  actor_system sys{cfg};
  time_limit limit{what.timeout};
  // A channel rather than an RPC client, which would turn objects into proxies
  // by a type id that depends on what else the peer has registered.
  options opts;
  opts.codec = what.codec;
  opts.ssl = what.tls;
  auto ch = limit.wait_for(
    channel::open_connection(sys, what.url.where, std::move(opts)));
  if (!ch)
    return std::move(ch.error());
  refuse_requests(*ch);
  auto result = call_via(*ch, what, limit);
  ch->close();
  return result;
}

} // namespace caf::aiomas::tool
