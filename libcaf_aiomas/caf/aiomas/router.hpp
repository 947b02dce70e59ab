#pragma once

#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/outcome.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace caf::aiomas {

class service;

/// Resolves the paths that peers request to the functions of a service and of
/// its sub-services. Belongs to its service and is used by the actor that hosts
/// it; not thread-safe.
class router {
public:
  // -- construction -----------------------------------------------------------

  explicit router(service* object) : object_(object) {
    // nop
  }

  router(const router&) = delete;
  router& operator=(const router&) = delete;

  /// Detaches from its parent and from its sub-routers.
  ~router();

  // -- properties -------------------------------------------------------------

  /// The service to which this router belongs.
  service* object() const noexcept {
    return object_;
  }

  /// The name under which its parent knows it; empty for root routers.
  const std::string& name() const noexcept;

  router* parent() const noexcept {
    return place_ ? place_->parent : nullptr;
  }

  const router& root() const noexcept;

  /// The path to this router, for example "agents/0/sub". Includes where the
  /// root is mounted.
  std::string path() const;

  /// The same from the root on, for example "sub".
  std::string path_in_root() const;

  // -- contents ---------------------------------------------------------------

  /// Adds a function, or replaces what has its name. Throws
  /// `std::invalid_argument` if the name is empty or contains a slash.
  void add(exposed what);

  /// Adds `sub` as `name`. Fails with `invalid_argument` if it has a parent
  /// already, if the name contains a slash or is taken, or if `sub` contains
  /// this router.
  outcome<void> add(std::string name, service& sub);

  /// The same for a router.
  outcome<void> set_sub_router(std::string name, router& sub);

  /// Removes all functions and sub-routers.
  void clear();

  // -- look-ups ---------------------------------------------------------------

  /// Returns the function at `path`, names joined by slashes. Fails with the
  /// original's `LookupError`, or with a `TypeError` for a service, which
  /// cannot be called. The result is good until something is added or removed.
  outcome<const exposed*> resolve(std::string_view path) const;

  /// Returns the path from this router to an exposed function, for example
  /// `path_of(&calculator::add)`.
  template <class F>
    requires(!std::is_base_of_v<service, F>)
  std::optional<std::string> path_of(F function)
  const {
    return path_by_identity(detail::identity_of(function));
  }

  /// Returns the path from this router to a service below it.
  std::optional<std::string> path_of(const service& sub) const;

private:
  /// Where a router is that has a parent.
  struct place {
    router* parent;
    std::string name;
  };

  const exposed* find_function(std::string_view name) const noexcept;

  router* find_sub(std::string_view name) const noexcept;

  std::optional<std::string>
  path_by_identity(const std::string& identity) const;

  service* object_;
  std::unique_ptr<place> place_; // null for root routers
  std::vector<exposed> functions_; // sorted by their names
  std::vector<router*> subs_; // sorted by their names
};

/// Joins two paths with a slash, unless one of them is empty.
std::string join_paths(std::string_view x, std::string_view y);

} // namespace caf::aiomas
