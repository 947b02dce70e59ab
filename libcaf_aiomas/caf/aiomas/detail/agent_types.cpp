#include "caf/aiomas/detail/agent_types.hpp"

#include "caf/aiomas/detail/build_stamp.hpp"
#include "caf/aiomas/error.hpp"

#include <algorithm>
#include <atomic>
#include <tuple>
#include <utility>

namespace caf::aiomas::detail {

namespace {

thread_local plugin_content* plugin_being_loaded = nullptr;

/// Whether there was no memory even for a complaint.
std::atomic<bool> lost_complaint = false;

/// Splits "module:object", which has exactly one colon.
std::optional<std::pair<std::string_view, std::string_view>>
split(std::string_view qualname) {
  auto colon = qualname.find(':');
  if (colon == std::string_view::npos
      || qualname.find(':', colon + 1) != std::string_view::npos)
    return std::nullopt;
  return std::pair{qualname.substr(0, colon), qualname.substr(colon + 1)};
}

std::string malformed(std::string_view qualname) {
  return "Malformed object name \"" + std::string{qualname}
         + "\": Expected \"module:object\"";
}

std::string quoted(std::string_view name) {
  return "'" + std::string{name} + "'";
}

} // namespace

// -- agent_types --------------------------------------------------------------

agent_types& agent_types::instance() {
  static auto& result = *new agent_types;
  return result;
}

outcome<void> agent_types::add(std::string qualname, agent_maker make) {
  auto names = split(qualname);
  if (!names || names->first.empty() || names->second.empty())
    return fault{errc::invalid_argument, malformed(qualname)};
  std::unique_lock guard{mtx_};
  if (!makers_.try_emplace(qualname, std::move(make)).second)
    return fault{errc::invalid_argument,
                 "The agent type \"" + qualname + "\" is registered twice"};
  guard.unlock();
  if (plugin_being_loaded != nullptr)
    ++plugin_being_loaded->registered;
  return {};
}

expected<agent_maker> agent_types::find(std::string_view qualname) const {
  auto names = split(qualname);
  if (!names)
    return make_python_error("ValueError", malformed(qualname));
  std::lock_guard guard{mtx_};
  if (auto i = makers_.find(qualname); i != makers_.end())
    return i->second;
  return not_found(names->first, names->second);
}

/// Says what Python's import and attribute look-up would. For those who hold
/// the lock.
error agent_types::not_found(std::string_view module,
                             std::string_view name) const {
  if (module.empty())
    return make_python_error("ValueError", "Empty module name");
  // Packages are imported from the outermost on.
  for (auto dot = module.find('.');; dot = module.find('.', dot + 1)) {
    auto part = module.substr(0, dot);
    if (!has_module(part))
      return make_python_error("ModuleNotFoundError",
                               "No module named " + quoted(part));
    if (dot == std::string_view::npos)
      break;
  }
  return make_python_error("AttributeError", "module " + quoted(module)
                                               + " has no attribute "
                                               + quoted(name));
}

/// Whether there is a module or package of this name.
bool agent_types::has_module(std::string_view name) const {
  return std::any_of(makers_.begin(), makers_.end(), [name](auto& known) {
    std::string_view qualname{known.first};
    return qualname.starts_with(name)
           && (qualname[name.size()] == ':' || qualname[name.size()] == '.');
  });
}

outcome<void> agent_types::check() const {
  std::string text;
  auto separator = "";
  std::lock_guard guard{mtx_};
  for (auto& what : complaints_)
    text.append(std::exchange(separator, "; ")).append(what);
  if (lost_complaint)
    text.append(separator).append("out of memory while agents were registered");
  if (text.empty())
    return {};
  return fault{errc::invalid_argument, std::move(text)};
}

void agent_types::complain(std::string what) {
  if (plugin_being_loaded != nullptr) {
    plugin_being_loaded->complaints.push_back(std::move(what));
    return;
  }
  std::lock_guard guard{mtx_};
  complaints_.push_back(std::move(what));
}

void agent_types::note_in(plugin_content* where) noexcept {
  plugin_being_loaded = where;
}

// -- for the headers ----------------------------------------------------------

bool register_static(const char* stamp, const char* qualname,
                     agent_maker (*make)(std::string function)) noexcept {
  try {
    auto& types = agent_types::instance();
    std::string name{qualname};
    if (std::string_view{stamp} != build_stamp) {
      types.complain("The agent type \"" + name + "\" was built for " + stamp
                     + ", but this is " + build_stamp);
      return false;
    }
    try {
      auto added = types.add(name, make(name.substr(name.rfind(':') + 1)));
      if (!added)
        types.complain(std::move(added.error().text));
      return static_cast<bool>(added);
    } catch (const std::exception& ex) {
      types.complain("The agent type \"" + name
                     + "\" cannot be registered: " + ex.what());
    }
  } catch (...) {
    lost_complaint = true;
  }
  return false;
}

value answer_of(const agent_ref& made) {
  if (!made)
    throw python_error("RuntimeError", "the factory has made no agent");
  return to_value(std::make_tuple(made, made.addr()));
}

} // namespace caf::aiomas::detail
