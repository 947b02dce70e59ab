#pragma once

/// All that depends on the version of CAF.

#include <caf/actor_control_block.hpp>
#include <caf/behavior.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/type_erased_tuple.hpp>

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

/// What a message holds, as handlers see it.
using message_content = type_erased_tuple;

/// Returns the error that `content` consists of, or one that says that it is
/// not what was asked for.
error error_in(message_content& content);

/// Takes responses to messages of an actor. CAF keeps it alive until each of
/// the responses that it was registered for has come, or the actor has ended.
class response_handler : public caf::detail::behavior_impl {
public:
  using pointer = intrusive_ptr<response_handler>;

  using behavior_impl::invoke;

  match_case::result invoke(caf::detail::invoke_result_visitor& f,
                            message_content& content) final {
    on_response(content);
    f();
    return match_case::match;
  }

protected:
  /// Called in the context of the actor.
  virtual void on_response(message_content& content) = 0;
};

/// Lets `handler` have the response `mid` to a message of `self`.
inline void add_response_handler(scheduled_actor* self, message_id mid,
                                 response_handler::pointer handler) {
  behavior::impl_ptr impl{std::move(handler)};
  self->add_multiplexed_response_handler(mid, behavior{std::move(impl)});
}

/// Whether the calling thread is a worker of a CAF scheduler, which must never
/// block. CAF tells its workers apart by name only.
bool on_scheduler_worker() noexcept;

} // namespace caf::aiomas::detail
