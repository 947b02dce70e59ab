#pragma once

#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/router.hpp"

#include <caf/behavior.hpp>
#include <caf/scheduled_actor.hpp>

#include <memory>

namespace caf::aiomas::detail {

/// Handles the current message of `self`, which holds `what`: calls the
/// function that an `invocation` names and answers it, does an `errand`, or
/// makes the call of a timer. Returns false if it is none of them.
bool handle(scheduled_actor* self, const router& target, message_content& what);

/// Returns the peer whose call `self` is handling, or null.
std::shared_ptr<const peer_info> caller_of(scheduled_actor* self);

/// A behavior of nothing but that. An actor with another one calls `handle` in
/// its default handler.
behavior handling_behavior(scheduled_actor* self, const router& target);

} // namespace caf::aiomas::detail
