#pragma once

/// All that depends on the version of CAF.

#include <caf/actor_control_block.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/scheduled_actor.hpp>

#include <utility>

namespace caf::aiomas::detail {

/// What runs actors.
using actor_host = execution_unit;

/// Base of actors that only forward what they receive.
using forwarding_actor = monitorable_actor;

/// Sends `content` in the name of `sender`, under an id of its own.
template <class... Ts>
void send_to(const strong_actor_ptr& receiver, strong_actor_ptr sender,
             message_id mid, Ts&&... content) {
  receiver->enqueue(make_mailbox_element(std::move(sender), mid, {},
                                         std::forward<Ts>(content)...),
                    nullptr);
}

/// Answers the request `mid` of `receiver`, from any thread.
inline void respond_to(const strong_actor_ptr& receiver,
                       strong_actor_ptr sender, message_id mid,
                       message content) {
  if (receiver && mid.is_request())
    receiver->enqueue(std::move(sender), mid.response_id(), std::move(content),
                      nullptr);
}

/// Whether the calling thread is a worker of a CAF scheduler, which must never
/// block. CAF tells its workers apart by name only.
bool on_scheduler_worker() noexcept;

} // namespace caf::aiomas::detail
