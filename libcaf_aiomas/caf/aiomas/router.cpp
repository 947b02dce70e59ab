#include "caf/aiomas/router.hpp"

#include "caf/aiomas/detail/path_cursor.hpp"
#include "caf/aiomas/service.hpp"

#include <stdexcept>
#include <utility>

namespace caf::aiomas {

namespace {

// Names of functions and routers alike.

std::string_view name_of(const exposed& x) noexcept {
  return x.name();
}

std::string_view name_of(const router* x) noexcept {
  return x->name();
}

/// Returns where `name` is, or would be, and whether it is there.
template <class Entries>
auto locate(Entries& entries, std::string_view name) noexcept {
  auto first = entries.begin();
  auto last = entries.end();
  while (first != last) {
    auto middle = first + (last - first) / 2;
    auto order = name.compare(name_of(*middle));
    if (order == 0)
      return std::pair{middle, true};
    if (order < 0)
      last = middle;
    else
      first = middle + 1;
  }
  return std::pair{first, false};
}

/// Returns where `name` is, or the end.
template <class Entries>
auto search(Entries& entries, std::string_view name) noexcept {
  auto [i, there] = locate(entries, name);
  return there ? i : entries.end();
}

/// Inserts what is not there yet. Wastes less memory than a vector does by
/// itself: there are many routers, and most have few entries.
template <class T>
void insert(std::vector<T>& entries, T x) {
  if (entries.size() == entries.capacity())
    entries.reserve(entries.size() + 1 + entries.size() / 4);
  auto i = locate(entries, name_of(x)).first;
  entries.insert(i, std::move(x));
}

bool is_name(std::string_view x) noexcept {
  return !x.empty() && x.find('/') == std::string_view::npos;
}

} // namespace

std::string join_paths(std::string_view x, std::string_view y) {
  std::string result;
  result.reserve(x.size() + 1 + y.size());
  result += x;
  if (!x.empty() && !y.empty())
    result += '/';
  return result += y;
}

router::~router() {
  if (auto above = parent())
    above->subs_.erase(search(above->subs_, name()));
  clear();
}

void router::clear() {
  // What a function owns may look at this router when it goes.
  auto functions = std::exchange(functions_, {});
  for (auto sub : std::exchange(subs_, {}))
    sub->place_ = nullptr;
}

// -- properties ---------------------------------------------------------------

const std::string& router::name() const noexcept {
  static const std::string none;
  return place_ ? place_->name : none;
}

const router& router::root() const noexcept {
  return place_ ? place_->parent->root() : *this;
}

std::string router::path_in_root() const {
  return place_ ? join_paths(place_->parent->path_in_root(), place_->name)
                : std::string{};
}

std::string router::path() const {
  return join_paths(root().object_->mounted_at(), path_in_root());
}

// -- contents -----------------------------------------------------------------

void router::add(exposed what) {
  auto& name = what.name();
  if (!is_name(name))
    throw std::invalid_argument("Cannot expose \"" + name
                                + "\": a name must not be empty or contain a "
                                  "slash");
  if (auto i = search(functions_, name); i != functions_.end()) {
    std::swap(*i, what); // it may look at this router when it goes
    return;
  }
  auto i = search(subs_, name);
  auto replaced = i != subs_.end() ? *i : nullptr;
  insert(functions_, std::move(what));
  if (replaced != nullptr) {
    subs_.erase(i);
    replaced->place_ = nullptr;
  }
}

outcome<void> router::add(std::string name, service& sub) {
  return set_sub_router(std::move(name), sub.router());
}

outcome<void> router::set_sub_router(std::string name, router& sub) {
  auto invalid = [&](const char* why) {
    return fault{errc::invalid_argument,
                 "Cannot add router \"" + name + "\": " + why};
  };
  if (sub.place_)
    return invalid("it has a parent already");
  if (&root() == &sub)
    return invalid("it contains the router it is to be added to");
  if (!is_name(name))
    return invalid("a name must not be empty or contain a slash");
  if (find_function(name) != nullptr || find_sub(name) != nullptr)
    return invalid("the name is taken");
  sub.place_ = std::make_unique<place>(place{this, std::move(name)});
  insert(subs_, &sub);
  return {};
}

// -- look-ups -----------------------------------------------------------------

const exposed* router::find_function(std::string_view name) const noexcept {
  auto i = search(functions_, name);
  return i != functions_.end() ? &*i : nullptr;
}

router* router::find_sub(std::string_view name) const noexcept {
  auto i = search(subs_, name);
  return i != subs_.end() ? *i : nullptr;
}

outcome<const exposed*> router::resolve(std::string_view path) const {
  if (path.empty() && !this->path().empty())
    return detail::not_callable(object_->class_name()); // an agent itself
  auto current = this;
  for (detail::path_cursor names{path};;) {
    auto name = names.next();
    if (auto fun = current->find_function(name)) {
      if (!names.has_next())
        return fun;
      return detail::name_not_found(names.next(),
                                    join_paths(current->path(), name));
    }
    auto sub = current->find_sub(name);
    if (sub == nullptr)
      return detail::name_not_found(name, current->path());
    if (!names.has_next())
      return detail::not_callable(sub->object_->class_name());
    current = sub;
  }
}

std::optional<std::string>
router::path_by_identity(const std::string& identity) const {
  if (identity.empty())
    return std::nullopt;
  for (auto& fun : functions_)
    if (fun.identity() == identity)
      return fun.name();
  for (auto sub : subs_)
    if (auto rest = sub->path_by_identity(identity))
      return join_paths(sub->name(), *rest);
  return std::nullopt;
}

std::optional<std::string> router::path_of(const service& sub) const {
  std::string result;
  for (auto what = &sub.router(); what != this; what = what->parent()) {
    if (!what->place_)
      return std::nullopt;
    result = join_paths(what->name(), result);
  }
  return result;
}

} // namespace caf::aiomas
