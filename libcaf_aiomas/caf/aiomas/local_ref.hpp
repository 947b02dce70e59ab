#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/actor.hpp>
#include <caf/actor_control_block.hpp>

#include <string>

namespace caf::aiomas {

namespace detail {

/// Whether a `T` travels as the path of an agent or service of this process.
template <class T>
inline constexpr bool is_local_handle = false;

/// Whether such a path may arrive as a `T`.
template <class T>
inline constexpr bool takes_handle = false;

} // namespace detail

/// Names an agent or service of this process in a message. It crosses a
/// connection as the path at which the connection exposes it, and arrives as a
/// proxy.
struct local_ref {
  strong_actor_ptr host;

  /// From the host's root service on; empty for the root itself.
  std::string path;

  friend bool operator==(const local_ref&, const local_ref&) = default;
};

template <>
struct converter<local_ref> {
  static value to_value(local_ref x) {
    return object::make(std::move(x));
  }
};

namespace detail {

template <>
inline constexpr bool is_local_handle<local_ref> = true;

} // namespace detail

} // namespace caf::aiomas
