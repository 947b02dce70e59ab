#pragma once

#include "caf/aiomas/router.hpp"

#include <caf/behavior.hpp>
#include <caf/message_view.hpp>
#include <caf/result.hpp>
#include <caf/scheduled_actor.hpp>

namespace caf::aiomas::detail {

/// Calls the function that an `invocation` to `self` names, does an `errand`,
/// or makes the call of a timer. Returns nothing if `what` is none of them.
std::optional<result<message>> invoke(scheduled_actor* self,
                                      const router& target, message_view& what);

/// Returns the peer whose call `self` is handling, or null.
std::shared_ptr<const peer_info> caller_of(scheduled_actor* self);

/// A behavior for actors that do nothing but answer invocations, which their
/// default handler does: without a behavior they would end.
behavior idle_behavior();

} // namespace caf::aiomas::detail
