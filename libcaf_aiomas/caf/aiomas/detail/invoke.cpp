#include "caf/aiomas/detail/invoke.hpp"

#include "caf/aiomas/message_types.hpp"

#include <caf/type_erased_tuple.hpp>

namespace caf::aiomas::detail {

namespace {

/// Nobody sends this.
struct nothing {};

} // namespace

} // namespace caf::aiomas::detail

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::aiomas::detail::nothing)

namespace caf::aiomas::detail {

std::optional<result<message>>
invoke(scheduled_actor* self, const router& target, message_view& what) {
  auto& content = what.content();
  if (!content.match_elements<invocation>())
    return std::nullopt;
  auto& call = content.get_mutable_as<invocation>(0);
  auto fun = target.resolve(call.path);
  if (!fun)
    return result<message>{to_error(std::move(fun.error()))};
  auto outcome = (**fun)(call.with);
  if (auto x = std::get_if<value>(&outcome))
    return result<message>{make_message(std::move(*x))};
  if (auto x = std::get_if<error>(&outcome))
    return result<message>{std::move(*x)};
  if (!self->current_mailbox_element()->mid.is_answered())
    return result<message>{make_error(
      errc::handler_failed,
      call.path + "() returned a promise that was made for another call",
      std::string{"RuntimeError"})};
  return result<message>{delegated<message>{}};
}

behavior idle_behavior() {
  return {[](const nothing&) {}};
}

} // namespace caf::aiomas::detail
