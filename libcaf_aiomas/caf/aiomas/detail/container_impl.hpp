#pragma once

#include "caf/aiomas/agent_url.hpp"
#include "caf/aiomas/container.hpp"
#include "caf/aiomas/detail/activity.hpp"
#include "caf/aiomas/detail/agent_registry.hpp"
#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/detail/healing_link.hpp"
#include "caf/aiomas/detail/path_cursor.hpp"
#include "caf/aiomas/detail/retry_pauses.hpp"
#include "caf/aiomas/detail/rpc_link.hpp"
#include "caf/aiomas/detail/server.hpp"
#include "caf/aiomas/expose.hpp"

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace caf::aiomas::detail {

using link_ptr = std::shared_ptr<rpc_link>;

/// The outgoing connections of a container, one for each address, shared by all
/// who ask for it at the same time. For any thread.
class link_cache {
public:
  using link_handler = unique_function<void(expected<link_ptr>)>;

  /// What `request` returns.
  struct ticket {
    /// Names whoever made the request, and the attempt to connect, if it is up
    /// to them to begin one.
    uint64_t id;

    /// Whether the caller is to open the connection.
    bool is_first;
  };

  /// Passes the open connection to `where`, if there is one, or waits for the
  /// one that is being opened. Otherwise, the caller is to open it, to call
  /// `opening` unless that is done at once, and `opened`.
  ticket request(const address& where, link_handler done);

  /// Says how to stop an attempt: done once all who wait have left, maybe at
  /// once.
  void opening(const address& where, uint64_t attempt,
               unique_function<void()> stop);

  /// Passes a new connection, or the failure, to all who wait for it. Closes
  /// the connection if the attempt was to be stopped.
  void opened(const address& where, uint64_t attempt,
              expected<link_ptr> result);

  /// Says that whoever got the ticket `id` waits no longer, if they still did.
  void leave(const address& where, uint64_t id);

  /// Forgets a connection that was lost.
  void remove(const address& where, const link_ptr& what);

  /// Returns all connections, stops all attempts and refuses further ones.
  std::vector<link_ptr> close();

private:
  struct entry {
    link_ptr link; // null while it is being opened
    uint64_t attempt = 0; // the one that opens it
    unique_function<void()> stop; // ends that
    std::map<uint64_t, link_handler> waiting; // by the ids of their tickets
  };

  /// Returns what `attempt` is to open, unless it was stopped. For those who
  /// hold the lock.
  entry* find(const address& where, uint64_t attempt);

  std::mutex mtx_;
  std::map<address, entry> entries_; // guarded by mtx_
  uint64_t next_id_ = 0; // guarded by mtx_
  bool closed_ = false; // guarded by mtx_
};

/// What the handles of a container share: the scope of its connections. For any
/// thread.
class container_impl final
  : public rpc_scope,
    public std::enable_shared_from_this<container_impl> {
public:
  /// Takes options that are prepared.
  container_impl(middleman& mm, options opts);

  /// Listens on `where`, after `first` has been called, if there is one: the
  /// place to make agents that all peers are to find.
  void open(const address& where, unique_function<void(outcome<void>)> done,
            unique_function<void()> first = {});

  pending<proxy>::canceller
  connect(std::string url, pending<proxy>::completion done,
          std::optional<std::chrono::nanoseconds> limit);

  /// Opens another connection for `what`, which gives the attempt a number,
  /// unless it is too early to try again. For the thread of any loop.
  void renew(const healing_link_ptr& what, uint64_t attempt);

  void shutdown(unique_function<void()> done);

  /// Lets peers call an actor, see `container::expose`.
  expected<std::string> expose(strong_actor_ptr hdl,
                               std::vector<exposed_message> methods,
                               std::string class_name);

  /// Forgets an agent, or another actor, that has ended. Calls that it still
  /// owes a reply fail.
  void actor_ended(agent_number number, actor_identity who);

  // -- implementation of rpc_scope --------------------------------------------

  void serve(reply_sink& sink, connection& from, inbound_id&& id,
             invocation&& what) override;

  std::optional<std::string> path_of(const local_ref& what) const override;

  // -- properties -------------------------------------------------------------

  agent_registry& agents() noexcept {
    return agents_;
  }

  middleman& mm() noexcept {
    return mm_;
  }

  const std::string& base_url() const noexcept {
    return base_url_;
  }

  const address& where() const noexcept {
    return server_->where();
  }

  size_t refused() const noexcept {
    return server_->refused();
  }

  size_t handshakes_failed() const noexcept {
    return server_->handshakes_failed();
  }

  outcome<void> reload_certificates() const;

  aiomas::clock& clock() const noexcept {
    return *opts_.clock;
  }

  /// Where a simulation counts what goes on; null if there is none. It does not
  /// change once the container is open.
  const std::shared_ptr<activity>& counted_in() const noexcept {
    return part_.counts;
  }

  const std::string& codec_name() const noexcept {
    return codec_name_;
  }

private:
  using link_map = std::map<uint64_t, std::weak_ptr<rpc_link>>;

  link_ptr make_link(const connection_ptr& conn, counted_end::side which);
  void accept(const connection_ptr& conn);
  void finish_incoming(const link_map& incoming);
  void finish_outgoing(std::vector<link_ptr> links, io_clock::time_point by);
  void end(const std::vector<link_ptr>& links);
  uint64_t request_link(io_loop& home, const address& where,
                        link_cache::link_handler done);
  void dial(io_loop& home, const address& where, uint64_t attempt);
  void validate(const link_ptr& link, const agent_url& url,
                unique_function<void(expected<std::string>)> done);
  expected<value> call_validate_aid(path_cursor path, arguments& with);
  void note(const address& where, const error& failure);
  proxy known_proxy(const std::string& url);
  proxy make_proxy(const link_ptr& link, const agent_url& url,
                   std::string class_name, const std::string& text);
  proxy make_healing_proxy(const link_ptr& link, const agent_url& url,
                           std::string class_name, const std::string& text);
  template <class Map>
  void sweep(Map& known);

  middleman& mm_;
  options opts_;
  simulation_part part_; // empty unless the clock is that of a simulation
  std::string codec_name_;
  std::string base_url_;
  server_ptr server_;
  exposed validate_aid_;
  agent_registry agents_;
  link_cache outgoing_;
  retry_pauses pauses_;

  std::mutex mtx_;
  link_map incoming_; // by mtx_
  uint64_t accepted_ = 0; // by mtx_
  std::unordered_map<std::string, weak_proxy> proxies_; // by mtx_
  std::unordered_map<std::string, std::weak_ptr<healing_link>>
    healing_; // of those that heal, instead; by mtx_
  size_t sweep_proxies_at_ = 64; // by mtx_
  bool shut_down_ = false; // by mtx_
  bool ended_ = false; // by mtx_
  std::vector<unique_function<void()>> at_end_; // by mtx_
};

} // namespace caf::aiomas::detail
