#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/container.hpp"
#include "caf/aiomas/options.hpp"
#include "caf/aiomas/pending.hpp"

#include <caf/expected.hpp>
#include <caf/fwd.hpp>

#include <memory>
#include <string>

namespace caf::aiomas {

/// A container that others start agents in. Its first agent, with the id "0"
/// and the class `Manager`, is there for that. What it exposes:
///
/// - `spawn(qualname, *args, **kwargs)`: makes an agent of a type that was
///   registered by `AIOMAS_REGISTER_AGENT`, in the program or in a plug-in, and
///   returns a proxy of it and its URL;
/// - `set_time(t)`: sets the clock of the container, which must be an
///   `external_clock` (see `options::clock`);
/// - `stop()`: shuts the container down; the reply still arrives.
///
/// What the original's `subproc` does. C++ programs call it by a
/// `manager_proxy`. Whoever can connect can do all of that: use TLS, or listen
/// where others have no access.
///
/// A counted handle for any thread: when the last one goes, the container is
/// shut down.
class node {
public:
  node() = default;

  /// The container; a handle that does not keep it up. Agents can be spawned
  /// from here, too.
  aiomas::container container() const;

  /// The URL of the container, for example `tcp://localhost:5555/`: what
  /// programs print behind `READY`.
  const std::string& base_url() const;

  /// The URL of the manager, for example `tcp://localhost:5555/0`.
  std::string manager_url() const;

  /// See `container::shutdown`. Also waits for a shutdown that is under way,
  /// since somebody called `stop`.
  expected<void> shutdown() const;

  explicit operator bool() const noexcept {
    return owner_ != nullptr;
  }

private:
  class owner;

  friend pending<node> start_node_async(actor_system& sys, address where,
                                        options opts);

  std::shared_ptr<owner> owner_;
};

/// Listens on `where`, as soon as the manager is there. Blocks; inside of
/// actors, use `start_node_async`. Fails like `container::create`, and with
/// `invalid_argument` if a registration of an agent's type has failed.
///
///     auto n = aiomas::start_node(sys, {"127.0.0.1", 5555});
///     aiomas::run(sys, [&] { std::cout << "READY " << n->base_url() <<
///     std::endl; });
///
/// Then `run` returns once somebody has called `stop`, or for SIGINT and
/// SIGTERM. A second signal ends the program at once, as long as it does not
/// catch signals by itself.
expected<node> start_node(actor_system& sys, address where, options opts = {});

pending<node> start_node_async(actor_system& sys, address where,
                               options opts = {});

} // namespace caf::aiomas
