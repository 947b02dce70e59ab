#pragma once

#include "caf/aiomas/clock_time.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"
#include "caf/aiomas/simulation_clock.hpp"

#include <caf/fwd.hpp>

#include <memory>
#include <optional>
#include <string>

namespace caf::aiomas {

/// Lets the time of a simulation pass in several processes: to the next timer
/// of all as soon as nothing is going on in any of them, and nothing is on its
/// way between them. That is counted, as in a `simulation_clock`, whose members
/// they are. See docs/clocks.md.
///
///     aiomas::simulation_master world{sys};
///     world.add(node.manager_url()).get();
///     world.add(my_clock).get();
///     world.run_until(24 * 3600).get();
///
/// A counted handle for any thread. With the last one, the simulation ends: the
/// clocks stand still.
class simulation_master {
public:
  simulation_master() = default;

  /// Talks to nodes by `opts`: their codec, TLS, and how to connect.
  explicit simulation_master(actor_system& sys, options opts = {});

  // -- members ----------------------------------------------------------------

  // Their times begin with the same date, and once the simulation has run, none
  // is ahead of the others; those behind are set to theirs. Fails with
  // `invalid_argument` otherwise, for a clock that runs, and for one that takes
  // part already. A second master that adds it takes it over: the runs of the
  // first one fail. Whoever is added while the simulation runs takes part as
  // soon as nothing is going on; if that does not work, the run fails instead.

  /// Adds the node whose manager has this URL, such as
  /// `tcp://localhost:5555/0`. It must have a `simulation_clock`, else that is
  /// a `remote_exception` of the type `AttributeError`. Fails as connecting
  /// does.
  pending<void> add(std::string manager_url) const;

  /// Adds the containers of this process, or of a part of it, that have this
  /// clock. There must be one at least. Nobody else may run the clock from then
  /// on.
  pending<void> add(std::shared_ptr<simulation_clock> clock) const;

  /// Adds a node of which nothing is known but that its manager has `set_time`:
  /// one of Python, or with an `external_clock`. Its time is set after that of
  /// the members, whenever it changes, and every `dt` at least. What goes on
  /// there is not waited for, except for calls of members. If it cannot be set,
  /// the run fails, and it is no follower from then on.
  pending<void> add_follower(std::string manager_url,
                             std::optional<delay> dt = std::nullopt) const;

  /// Removes a member or a follower, which must not be while the simulation
  /// runs. Fails with `invalid_argument` if there is none with this URL.
  pending<void> remove(std::string manager_url) const;

  // -- running ----------------------------------------------------------------

  // Fails with the error of whatever node cannot be reached any more, which is
  // no member from then on: the others can go on. Also with `invalid_argument`
  // if there are no members, if it runs already, or at the end of time. Given
  // up, or after a `timeout` in real time, the time stands still where it is,
  // or was about to be. Waits for messages between processes as long as it
  // takes; after 10 seconds it warns, see `on_warning`.

  /// Runs until the time is `t`, a time of the members or a date, and all that
  /// is to happen until then and at that time has happened. Fails with
  /// `invalid_argument` ("Time must be >= 10 but is 9.5") for an earlier one.
  pending<void> run_until(moment t) const;

  /// Runs until nothing is going on and there are no timers.
  pending<void> run_until_idle() const;

  /// The time of the members; 0 before the first one.
  double time() const;

  explicit operator bool() const noexcept {
    return owner_ != nullptr;
  }

private:
  class owner;

  std::shared_ptr<owner> owner_;
};

} // namespace caf::aiomas
