#pragma once

#include "caf/aiomas/detail/call_hold.hpp"
#include "caf/aiomas/detail/connection.hpp"
#include "caf/aiomas/detail/reply_sink.hpp"
#include "caf/aiomas/detail/simulation_part.hpp"
#include "caf/aiomas/detail/unique_function.hpp"
#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/local_ref.hpp"
#include "caf/aiomas/middleman.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/proxy.hpp"
#include "caf/aiomas/serializers.hpp"

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace caf::aiomas::detail {

/// What this side of a connection lets the peer call. For any thread.
class rpc_scope {
public:
  virtual ~rpc_scope();

  /// Answers a request, or sees to it that an actor does. Called in the thread
  /// of the connection's loop.
  virtual void serve(reply_sink& sink, connection& from, inbound_id&& id,
                     invocation&& what)
    = 0;

  /// Returns the path at which the peer finds `what`, if it can.
  virtual std::optional<std::string> path_of(const local_ref& what) const = 0;
};

using rpc_scope_ptr = std::shared_ptr<rpc_scope>;

/// A scope of a single hosted service.
rpc_scope_ptr make_service_scope(strong_actor_ptr host, dispatch_mode how);

/// What a link asks the other side when it is to be counted.
constexpr std::string_view introduction = "introduce";

/// A connection over which both sides call functions. For any thread, unless a
/// function says otherwise.
class rpc_link final : public connection::observer,
                       public std::enable_shared_from_this<rpc_link> {
public:
  using reset_handler = std::function<void(const error&)>;

  /// Makes a link for a connection that has not started yet. `scope` may be
  /// null: then the peer can't call anything. `call_timeout` is for calls
  /// without a deadline of their own. For the thread of the loop.
  static std::shared_ptr<rpc_link>
  make(middleman& mm, connection_ptr conn, rpc_scope_ptr scope,
       std::optional<std::chrono::nanoseconds> call_timeout);

  rpc_link(middleman& mm, connection_ptr conn, rpc_scope_ptr scope,
           std::optional<std::chrono::nanoseconds> call_timeout)
    : mm_(mm),
      conn_(std::move(conn)),
      scope_(std::move(scope)),
      has_scope_(scope_ != nullptr),
      call_timeout_(call_timeout) {
    // nop
  }

  /// Gives the serializer for services and proxies to the codec of the
  /// connection, after those that it has. Fails with `invalid_argument` if it
  /// has a fallback already. For the thread of the loop.
  outcome<void> install();

  // -- calls ------------------------------------------------------------------

  /// Returns what names the call for `connection::cancel`. Lets go of
  /// `until_end` when the call has ended.
  uint64_t call(std::string path, arguments with,
                pending<value>::completion done,
                std::optional<std::chrono::nanoseconds> timeout,
                std::shared_ptr<const void> until_end = nullptr);

  /// Returns the actor that stands for the object at `path`.
  strong_actor_ptr remote_actor(const std::string& path);

  /// Keeps such an actor until the connection ends.
  void keep(strong_actor_ptr what);

  // -- simulations ------------------------------------------------------------

  /// Lets calls count as going on in a simulation until they end, or as long as
  /// it is not known that the peer takes part in it, too. To be called before
  /// the start, once.
  void take_part(const simulation_part& in, counted_end::side which);

  /// Finds out whether the peer takes part in the same simulation, if it was us
  /// who opened the connection. Then both count what goes over it instead.
  /// `done` is called once, maybe at once.
  void introduce(unique_function<void()> done);

  // -- end --------------------------------------------------------------------

  void close();

  /// Closes once the requests of the peer are answered, see
  /// `connection::finish`. Whoever watches an object of the peer learns of the
  /// end not before `let_go`.
  void finish(std::chrono::nanoseconds limit, std::shared_ptr<void> until_end);

  /// Tells those, after `finish` and the end.
  void let_go();

  /// Calls `what` once, in the thread of the loop, when the connection is lost;
  /// at once if that has happened. Not called after `close`.
  void on_reset(reset_handler what);

  const connection_ptr& conn() const noexcept {
    return conn_;
  }

  middleman& mm() noexcept {
    return mm_;
  }

  /// The deadline of calls that have none of their own.
  std::optional<std::chrono::nanoseconds> call_timeout() const noexcept {
    return call_timeout_;
  }

  bool has_scope() const noexcept {
    return has_scope_;
  }

  // -- implementation of connection::observer ---------------------------------

  void on_request(connection& from, inbound_id&& id, value&& content) override;

  void on_closed(connection& what, const fault& reason) override;

private:
  any_serializer object_serializer();
  outcome<value> serialize(const local_ref& what) const;
  void introduce_now(unique_function<void()> done);
  value answer_introduction(const arguments& with);
  void count_by(std::unique_ptr<counted_end> end);

  middleman& mm_;
  connection_ptr conn_;
  rpc_scope_ptr scope_; // for the thread of the loop; gone after the end
  std::shared_ptr<const peer_info> peer_; // likewise; null before a request
  const bool has_scope_;
  std::optional<std::chrono::nanoseconds> call_timeout_;
  simulation_part part_; // empty if calls don't count
  counted_end::side side_ = counted_end::side::accepted;
  std::shared_ptr<call_hold> hold_; // null if calls don't count

  std::mutex mtx_;
  std::map<std::string, weak_actor_ptr> remotes_; // guarded by mtx_
  std::set<strong_actor_ptr> kept_; // guarded by mtx_; empty after the end
  size_t sweep_at_ = 16; // size at which dead entries of remotes_ go
  std::vector<reset_handler> reset_handlers_; // guarded by mtx_
  bool closing_ = false; // guarded by mtx_
  bool finishing_ = false; // guarded by mtx_; until `let_go`
  std::optional<fault> end_; // guarded by mtx_
};

} // namespace caf::aiomas::detail
