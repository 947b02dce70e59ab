#pragma once

#include "caf/aiomas/convert.hpp"
#include "caf/aiomas/outcome.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/actor_control_block.hpp>
#include <caf/error.hpp>
#include <caf/expected.hpp>
#include <caf/fwd.hpp>
#include <caf/message_id.hpp>

#include <memory>
#include <type_traits>
#include <utility>

namespace caf::aiomas {

namespace detail {

/// The reply that an actor owes to the sender of a message. Whoever loses it
/// answers with an error, so that no caller waits in vain.
class owed_reply {
public:
  /// Takes over from `self` the duty to answer its current message.
  static std::shared_ptr<owed_reply> take(scheduled_actor* self);

  owed_reply(strong_actor_ptr receiver, message_id mid)
    : receiver_(std::move(receiver)), mid_(mid) {
    // nop
  }

  owed_reply(const owed_reply&) = delete;
  owed_reply& operator=(const owed_reply&) = delete;
  ~owed_reply();

  void deliver(value result);
  void fail(error reason);

  bool pending() const noexcept {
    return receiver_ != nullptr;
  }

private:
  void end(expected<value> result);

  strong_actor_ptr receiver_;
  message_id mid_;
};

} // namespace detail

/// The result of an exposed function that is not there yet when the function
/// returns. A counted handle, made by `make_promise`, to be kept where the
/// result will be known. If the last handle goes without a result, for example
/// because the agent ends, the caller gets an error. The handles of one promise
/// belong to one actor. A function that makes a promise must return it.
template <class T = value>
class promise {
public:
  /// An empty promise, to be assigned to.
  promise() = default;

  /// For the message that `self` is handling. Empty if that was taken already.
  explicit promise(scheduled_actor* self)
    : impl_(detail::owed_reply::take(self)) {
    // nop
  }

  /// Ends the call with its result. Only the first end counts.
  template <class U>
    requires(!std::is_void_v<T> && std::is_convertible_v<U, T>)
  void deliver(U&& x) const {
    if (impl_)
      impl_->deliver(to_value(static_cast<T>(std::forward<U>(x))));
  }

  /// Ends a call that has no result.
  void deliver() const requires std::is_void_v<T> {
    if (impl_)
      impl_->deliver(value{});
  }

  /// Ends the call with an exception at the caller.
  void fail(error reason) const {
    if (impl_)
      impl_->fail(std::move(reason));
  }

  /// The same, so that a promise can be the error handler of `pending::then`.
  void operator()(error& reason) const {
    fail(std::move(reason));
  }

  /// Whether the call has not ended yet.
  bool pending() const noexcept {
    return impl_ != nullptr && impl_->pending();
  }

private:
  std::shared_ptr<detail::owed_reply> impl_;
};

/// Takes over the duty to answer the message that `self` is handling, which
/// must be the call of an exposed function.
template <class T = value>
promise<T> make_promise(scheduled_actor* self) {
  return promise<T>{self};
}

namespace detail {

template <class T>
inline constexpr bool is_promise = false;

template <class T>
inline constexpr bool is_promise<promise<T>> = true;

template <class T>
inline constexpr bool is_expected = false;

template <class T>
inline constexpr bool is_expected<expected<T>> = true;

template <class T>
inline constexpr bool is_outcome = false;

template <class T>
inline constexpr bool is_outcome<outcome<T>> = true;

} // namespace detail

} // namespace caf::aiomas
