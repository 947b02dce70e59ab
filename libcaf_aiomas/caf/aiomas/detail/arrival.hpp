#pragma once

#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/expected.hpp>
#include <caf/message_id.hpp>

#include <memory>
#include <utility>

namespace caf::aiomas::detail {

/// The result of an operation, on its way to the actor that waits for it.
struct value_arrival {
  expected<value> result;
};

/// The same for a result of any other type, which both ends know.
struct other_arrival {
  std::shared_ptr<void> result;
};

/// How results of type `expected<T>` travel.
template <class T>
struct arrival {
  using type = other_arrival;

  static type pack(expected<T> x) {
    return {std::make_shared<expected<T>>(std::move(x))};
  }

  static expected<T> unpack(type& x) {
    return std::move(*static_cast<expected<T>*>(x.result.get()));
  }
};

template <>
struct arrival<value> {
  using type = value_arrival;

  static type pack(expected<value> x) {
    return {std::move(x)};
  }

  static expected<value> unpack(type& x) {
    return std::move(x.result);
  }
};

/// Ends an operation by a message to the actor that waits for it under `mid`.
template <class T>
auto arrive_at(scheduled_actor* self, message_id mid) {
  return [receiver = strong_actor_ptr{self->ctrl()}, mid](expected<T> x) {
    send_to(receiver, nullptr, mid.response_id(),
            arrival<T>::pack(std::move(x)));
  };
}

} // namespace caf::aiomas::detail

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::aiomas::detail::value_arrival)
CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::aiomas::detail::other_arrival)
