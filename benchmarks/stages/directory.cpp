#include "directory.hpp"

#include "caf/aiomas/detail/path_cursor.hpp"

#include <caf/actor_cast.hpp>

#include <string>
#include <utility>

using namespace caf::aiomas;

namespace stages {

directory::directory() {
  for (size_t i = 0; i < agents; ++i)
    registry_.add({caf::actor_cast<caf::strong_actor_ptr>(self_), {}, nullptr});
}

directory::order directory::find(value content) const {
  auto parts = content.get_if<list>();
  if (parts == nullptr || parts->size() != 3)
    return {};
  auto path = (*parts)[0].get_if<std::string>();
  auto args = (*parts)[1].get_if<list>();
  auto kwargs = (*parts)[2].get_if<dict>();
  if (path == nullptr || args == nullptr || kwargs == nullptr)
    return {};
  detail::path_cursor names{*path};
  if (names.next() != "agents")
    return {};
  auto found = registry_.find(names.next());
  return {std::move(found.hdl),
          invocation::make(std::string{names.rest()},
                           {std::move(*args), std::move(*kwargs)})};
}

} // namespace stages
