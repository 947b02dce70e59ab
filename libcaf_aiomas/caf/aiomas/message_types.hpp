#pragma once

#include "caf/aiomas/invocation.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/actor_system_config.hpp>
#include <caf/deserializer.hpp>
#include <caf/error.hpp>
#include <caf/serializer.hpp>

#include <type_traits>

/// `value` and `invocation` are messages that CAF can send from actor to actor,
/// also from one node of CAF to another.
namespace caf::aiomas {

/// Makes the types of our messages known to a CAF system that is to exchange
/// them with other nodes. The middleman does so by itself; a node without it
/// needs nothing else. On such a node errors of this library are rendered, too.
void add_message_types(actor_system_config& cfg);

namespace detail {

/// Objects, such as proxies, belong to this process: they can't be saved.
error save(caf::serializer& to, const value& x);
error save(caf::serializer& to, const invocation& x);

/// Checks what it reads: nesting, sizes and kinds.
error load(caf::deserializer& from, value& x);
error load(caf::deserializer& from, invocation& x);

template <class T>
concept message_type
  = std::is_same_v<T, value> || std::is_same_v<T, invocation>;

} // namespace detail

/// What CAF calls to write, read and print messages.
template <class Inspector, detail::message_type T>
typename Inspector::result_type inspect(Inspector& f, T& x) {
  if constexpr (std::is_base_of_v<caf::serializer, Inspector>)
    return detail::save(f, x);
  else if constexpr (std::is_base_of_v<caf::deserializer, Inspector>)
    return detail::load(f, x);
  else
    return f(to_string(x));
}

} // namespace caf::aiomas
