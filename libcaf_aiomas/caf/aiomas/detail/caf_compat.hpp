#pragma once

/// All that depends on the version of CAF.

#include <caf/actor_control_block.hpp>
#include <caf/atom.hpp>
#include <caf/behavior.hpp>
#include <caf/delegated.hpp>
#include <caf/detail/type_list.hpp>
#include <caf/execution_unit.hpp>
#include <caf/mailbox_element.hpp>
#include <caf/message.hpp>
#include <caf/message_id.hpp>
#include <caf/monitorable_actor.hpp>
#include <caf/replies_to.hpp>
#include <caf/result.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/type_erased_tuple.hpp>
#include <caf/typed_response_promise.hpp>
#include <caf/unit.hpp>

#include <tuple>
#include <type_traits>
#include <utility>

namespace caf::detail {

class private_thread;

} // namespace caf::detail

namespace caf::aiomas::detail {

/// What runs actors.
using actor_host = execution_unit;

/// Base of actors that only forward what they receive.
using forwarding_actor = monitorable_actor;

/// The name of an actor in logs.
inline const char* name_of(const abstract_actor& what) {
  return static_cast<const monitorable_actor&>(what).name();
}

/// Forgets the link from `what` to another actor, which has ended. Returns
/// whether there was one.
bool drop_link(monitorable_actor& what, const actor_addr& other);

/// Sends `content` in the name of `sender`, under an id of its own; `host` runs
/// the receiver, or the scheduler does if it is null.
template <class... Ts>
void send_by(actor_host* host, const strong_actor_ptr& receiver,
             strong_actor_ptr sender, message_id mid, Ts&&... content) {
  receiver->enqueue(make_mailbox_element(std::move(sender), mid, {},
                                         std::forward<Ts>(content)...),
                    host);
}

/// The same, left to the scheduler.
template <class... Ts>
void send_to(const strong_actor_ptr& receiver, strong_actor_ptr sender,
             message_id mid, Ts&&... content) {
  send_by(nullptr, receiver, std::move(sender), mid,
          std::forward<Ts>(content)...);
}

/// Does what `scheduled_actor::enqueue` does for `self`, which is detached if
/// it has a thread. Returns whether that has scheduled it: it will be resumed
/// until it returns `awaiting_message` or `done`.
bool enqueue_to(scheduled_actor& self, caf::detail::private_thread* thread,
                mailbox_element_ptr what, actor_host* host);

/// Lets `self` handle `what` in this thread at once if it waits for messages
/// and has no thread of its own; what else it gets to do meanwhile is for
/// `host`. Otherwise, leaves `what` alone and returns false.
bool run_at_once(scheduled_actor& self, mailbox_element_ptr& what,
                 actor_host& host);

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

/// Whether `self` is about to end, so that it must not wait for anything new.
/// CAF ends actors that nobody refers to, which must not be revived, either.
inline bool is_ending(const scheduled_actor* self) noexcept {
  return self->getf(abstract_actor::is_shutting_down_flag
                    | abstract_actor::is_terminated_flag)
         || self->ctrl()->strong_refs.load() == 0;
}

/// Lets `handler` have the response `mid` to a message of `self`.
inline void add_response_handler(scheduled_actor* self, message_id mid,
                                 response_handler::pointer handler) {
  behavior::impl_ptr impl{std::move(handler)};
  self->add_multiplexed_response_handler(mid, behavior{std::move(impl)});
}

// -- signatures of messages ---------------------------------------------------

/// Types with a single value, which stands in messages to say what they are.
template <class T>
inline constexpr bool is_atom_type = is_atom_constant<T>::value;

/// What a message holds for a `T` that it was made of.
template <class T>
using message_element = std::conditional_t<is_atom_type<T>, atom_value, T>;

/// Whether a message, or its content, holds exactly what makes up a response of
/// types `Rs`.
template <class... Rs, class Content>
bool consists_of(const Content& content) {
  if constexpr (sizeof...(Rs) == 0)
    return content.empty() || content.template match_elements<unit_t>();
  else
    return content.template match_elements<message_element<Rs>...>();
}

/// The values in a response of an actor whose handler returns an `R`.
template <class R>
struct response_values {
  using type = std::tuple<R>;
};

template <>
struct response_values<void> {
  using type = std::tuple<>;
};

template <>
struct response_values<unit_t> : response_values<void> {};

template <class... Rs>
struct response_values<std::tuple<Rs...>> {
  using type = std::tuple<Rs...>;
};

template <class... Rs>
  requires(sizeof...(Rs) > 1)
struct response_values<result<Rs...>> {
  using type = std::tuple<Rs...>;
};

template <class R>
struct response_values<result<R>> : response_values<R> {};

template <class... Rs>
struct response_values<delegated<Rs...>> : response_values<result<Rs...>> {};

template <class... Rs>
struct response_values<typed_response_promise<Rs...>>
  : response_values<result<Rs...>> {};

template <class R>
struct response_values<expected<R>> : response_values<R> {};

template <class Signature, class Inputs, class Outputs>
inline constexpr bool is_signature = false;

template <class... Is, class... Os, class... Rs>
inline constexpr bool
  is_signature<typed_mpi<caf::detail::type_list<Is...>, output_tuple<Os...>>,
               std::tuple<Is...>, std::tuple<Rs...>> = std::
    is_same_v<typename response_values<result<Os...>>::type, std::tuple<Rs...>>;

template <class Signatures, class Inputs, class Outputs>
inline constexpr bool any_signature
  = true; // an actor without a typed interface

template <class... Ss, class Inputs, class Outputs>
inline constexpr bool
  any_signature<caf::detail::type_list<Ss...>, Inputs,
                Outputs> = (is_signature<Ss, Inputs, Outputs> || ...);

/// Whether actors with a handle of type `Handle` take a message of the types in
/// the tuple `Inputs` and respond with those in `Outputs`, as far as the type
/// says.
template <class Handle, class Inputs, class Outputs>
inline constexpr bool takes_message = true;

template <class Handle, class Inputs, class Outputs>
  requires requires {
    typename Handle::signatures;
  }
inline constexpr bool takes_message<Handle, Inputs, Outputs> = any_signature<
  typename Handle::signatures, Inputs, Outputs>;

// -- threads ------------------------------------------------------------------

/// Whether the calling thread is a worker of a CAF scheduler, which must never
/// block. CAF tells its workers apart by name only.
bool on_scheduler_worker() noexcept;

} // namespace caf::aiomas::detail
