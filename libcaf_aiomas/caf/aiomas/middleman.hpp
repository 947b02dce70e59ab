#pragma once

#include "caf/aiomas/metrics.hpp"
#include "caf/aiomas/session_limits.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/detail/type_list.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace caf::aiomas {

struct options;

namespace detail {

class io_loop;
class reply_sink;
struct actor_identity;
struct simulation_part;

} // namespace detail

/// The module that connects an actor system to the network: its I/O threads and
/// all that lives in them. Load it with `cfg.load<caf::aiomas::middleman>()` or
/// `CAF_MAIN(caf::aiomas::middleman)`. It starts and stops with the system;
/// what is still open then is closed, and what is still pending fails.
class middleman : public actor_system::module {
public:
  // -- construction -----------------------------------------------------------

  explicit middleman(actor_system& sys);

  ~middleman() override;

  /// Returns the module of `sys`, which must have been loaded.
  static middleman& of(actor_system& sys);

  // -- implementation of actor_system::module ---------------------------------

  void start() override;

  void stop() override;

  void init(actor_system_config& cfg) override;

  id_t id() const override;

  void* subtype_ptr() override;

  template <class... Ts>
  static actor_system::module* make(actor_system& sys,
                                    caf::detail::type_list<Ts...>) {
    return new middleman(sys);
  }

  // -- settings ---------------------------------------------------------------

  /// The bounds of connections that the configuration asks for.
  const session_limits& limits() const noexcept;

  size_t max_connections() const noexcept;

  size_t max_connections_per_peer() const noexcept;

  std::chrono::nanoseconds connect_attempt_timeout() const noexcept;

  /// Returns `what` with all that is left empty there filled in: from the
  /// configuration, or from `defaults.hpp`. For any thread.
  options complete(options what) const;

  // -- what is seen from outside ----------------------------------------------

  /// Returns what all connections have seen and done since the system began.
  /// For any thread; takes a few microseconds, and no I/O thread waits for it.
  metrics_snapshot metrics() const;

  // -- serving ----------------------------------------------------------------

  /// See `aiomas::run`.
  void serve(const std::function<void()>& when_ready);

  /// @private
  void container_created();
  void container_shut_down();

  // -- driving ----------------------------------------------------------------

  // With the option `io-threads` 0 there are no I/O threads. All I/O is done in
  // `poll`, and deadlines pass in `advance` only: a program in which everything
  // happens in one thread, in the same order each time. This is for tests and
  // simulations, see `test_fixture`; the thread in which the system was made
  // must not block, and only connections inside of the process are sure not to
  // depend on time. Both functions are for that thread, and do nothing in other
  // systems.

  /// Does what I/O can be done without waiting. Returns the number of events.
  size_t poll();

  /// Lets time pass for all deadlines of I/O and calls, and does what is due.
  /// Returns the number of events.
  size_t advance(std::chrono::nanoseconds by);

  // -- for the other layers ---------------------------------------------------

  actor_system& system() noexcept;

  const std::vector<std::shared_ptr<detail::io_loop>>& loops() const noexcept;

  /// Returns the loops in turn. For any thread.
  detail::io_loop& next_loop() noexcept;

  /// Returns what takes the replies to requests that came in by `loop`.
  detail::reply_sink& sink_of(detail::io_loop& loop) noexcept;

  /// What goes on in the loops, and in agents of simulations: counted from the
  /// first call of this on. For any thread.
  detail::simulation_part simulation();

  /// Fails the calls of peers that an actor has not answered. For any thread.
  void actor_ended(detail::actor_identity who);

private:
  struct impl;

  std::unique_ptr<impl> impl_;
};

/// Configuration of an actor system that loads this library's middleman: adds
/// the options of `caf.aiomas`, and makes the scheduler share its work, which
/// suits requests that come one at a time.
class config : public actor_system_config {
public:
  config();
};

/// Blocks until a SIGINT or SIGTERM arrives, or all containers that there were
/// in `sys` have been shut down. A system without containers, with channel or
/// RPC servers only, waits for a signal. The signals are caught only meanwhile;
/// what ends containers and servers is that their handles go. Returns at once
/// on a thread that must not block. Once signals are caught, `when_ready` is
/// called, if there is one: the place to tell others that the program is up.
void run(actor_system& sys, const std::function<void()>& when_ready = {});

} // namespace caf::aiomas
