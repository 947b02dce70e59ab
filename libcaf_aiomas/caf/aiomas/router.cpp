#include "caf/aiomas/router.hpp"

#include "caf/aiomas/detail/path_cursor.hpp"
#include "caf/aiomas/service.hpp"

namespace caf::aiomas {

std::string join_paths(std::string_view x, std::string_view y) {
  std::string result{x};
  if (!x.empty() && !y.empty())
    result += '/';
  return result.append(y);
}

router::~router() {
  if (parent_ != nullptr)
    parent_->entries_.erase(name_);
  clear();
}

void router::become_root() noexcept {
  parent_ = nullptr;
  name_.clear();
}

void router::clear() {
  // What a function owns may look at this router when it goes.
  auto entries = std::exchange(entries_, {});
  for (auto& [name, what] : entries)
    if (auto sub = std::get_if<router*>(&what))
      (*sub)->become_root();
}

// -- properties ---------------------------------------------------------------

const router& router::root() const noexcept {
  return parent_ == nullptr ? *this : parent_->root();
}

std::string router::path_in_root() const {
  return parent_ == nullptr ? std::string{}
                            : join_paths(parent_->path_in_root(), name_);
}

std::string router::path() const {
  return join_paths(root().mounted_at_, path_in_root());
}

// -- contents -----------------------------------------------------------------

void router::add(exposed what) {
  auto name = what.name();
  if (name.empty() || name.find('/') != std::string::npos)
    throw std::invalid_argument("Cannot expose \"" + name
                                + "\": a name must not be empty or contain a "
                                  "slash");
  if (auto i = entries_.find(name); i != entries_.end()) {
    if (auto sub = std::get_if<router*>(&i->second))
      (*sub)->become_root();
    i->second = std::move(what);
  } else {
    entries_.emplace(std::move(name), std::move(what));
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
  if (sub.parent_ != nullptr)
    return invalid("it has a parent already");
  if (&root() == &sub)
    return invalid("it contains the router it is to be added to");
  if (name.empty() || name.find('/') != std::string::npos)
    return invalid("a name must not be empty or contain a slash");
  if (!entries_.emplace(name, &sub).second)
    return invalid("the name is taken");
  sub.parent_ = this;
  sub.name_ = std::move(name);
  return {};
}

// -- look-ups -----------------------------------------------------------------

outcome<const exposed*> router::resolve(std::string_view path) const {
  if (path.empty() && !this->path().empty())
    return detail::not_callable(object_->class_name()); // an agent itself
  auto current = this;
  for (detail::path_cursor names{path};;) {
    auto name = names.next();
    auto i = current->entries_.find(name);
    if (i == current->entries_.end())
      return detail::name_not_found(name, current->path());
    if (auto fun = std::get_if<exposed>(&i->second)) {
      if (!names.has_next())
        return fun;
      return detail::name_not_found(names.next(),
                                    join_paths(current->path(), name));
    }
    current = std::get<router*>(i->second);
    if (!names.has_next())
      return detail::not_callable(current->object_->class_name());
  }
}

std::optional<std::string>
router::find_function(const std::string& identity) const {
  if (identity.empty())
    return std::nullopt;
  for (auto& [name, what] : entries_) {
    if (auto fun = std::get_if<exposed>(&what)) {
      if (fun->identity() == identity)
        return name;
    } else if (auto rest = std::get<router*>(what)->find_function(identity)) {
      return join_paths(name, *rest);
    }
  }
  return std::nullopt;
}

std::optional<std::string> router::path_of(const service& sub) const {
  std::string result;
  for (auto what = &sub.router(); what != this; what = what->parent_) {
    if (what->parent_ == nullptr)
      return std::nullopt;
    result = join_paths(what->name_, result);
  }
  return result;
}

} // namespace caf::aiomas
