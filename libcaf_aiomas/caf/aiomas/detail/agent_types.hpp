#pragma once

#include "caf/aiomas/container.hpp"
#include "caf/aiomas/expose.hpp"
#include "caf/aiomas/outcome.hpp"

#include <caf/expected.hpp>

#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace caf::aiomas::detail {

/// Returns a function that makes an agent of one type in a container. Its
/// arguments are those of the caller; it yields what `manager.spawn` answers.
using agent_maker = std::function<exposed(container)>;

/// What registers itself while a plug-in is being loaded.
struct plugin_content {
  size_t registered = 0;
  std::vector<std::string> complaints;
};

/// The types of agents that peers can ask for, of the whole process. For any
/// thread. Nothing is ever removed.
class agent_types {
public:
  /// Never destroyed, since plug-ins and statics use it until the end.
  static agent_types& instance();

  /// Fails with `invalid_argument` if the name is malformed or taken.
  outcome<void> add(std::string qualname, agent_maker make);

  /// Returns what makes agents of that type. Fails with the exception that
  /// Python has for it.
  expected<agent_maker> find(std::string_view qualname) const;

  /// What was wrong with registrations that nobody could be told about. Fails
  /// with `invalid_argument` if there is any.
  outcome<void> check() const;

  /// Remembers that a registration failed: for whoever loads a plug-in in this
  /// thread, else for `check`.
  void complain(std::string what);

  /// Lets the calling thread's registrations be noted in `where`, or no longer
  /// if it is null.
  static void note_in(plugin_content* where) noexcept;

private:
  error not_found(std::string_view module, std::string_view name) const;
  bool has_module(std::string_view name) const;

  mutable std::mutex mtx_;
  std::map<std::string, agent_maker, std::less<>> makers_; // guarded by mtx_
  std::vector<std::string> complaints_; // guarded by mtx_
};

/// Registers a type of agents from a static initializer; what goes wrong is
/// told when a node starts, or by the plug-in's loader. `make` is called only
/// if `stamp` is ours: the types of all arguments are the same in all versions.
bool register_static(const char* stamp, const char* qualname,
                     agent_maker (*make)(std::string function)) noexcept;

/// What `manager.spawn` answers: the agent and its URL. Throws a
/// `python_error` if there is no agent.
value answer_of(const agent_ref& made);

} // namespace caf::aiomas::detail
