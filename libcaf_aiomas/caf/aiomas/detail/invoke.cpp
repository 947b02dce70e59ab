#include "caf/aiomas/detail/invoke.hpp"

#include "caf/aiomas/detail/agent_timers.hpp"
#include "caf/aiomas/detail/debug.hpp"
#include "caf/aiomas/detail/errand.hpp"
#include "caf/aiomas/detail/running_task.hpp"
#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/service.hpp"

#include <caf/type_erased_tuple.hpp>

namespace caf::aiomas::detail {

namespace {

/// Nobody sends this.
struct nothing {};

} // namespace

/// Says which function failed, if debugging is on; else nothing.
std::string place_of(const router& target, const std::string& path) {
  if (!debugging())
    return {};
  return "in " + target.object()->class_name() + "."
         + (path.empty() ? "?" : path) + " at " + target.path();
}

/// An exposed coroutine that runs for a caller.
class running_call final : public running_task {
public:
  running_call(scheduled_actor* self, reply_task what, std::string place)
    : running_task(self),
      reply_(owed_reply::take(self)),
      what_(std::move(what)),
      place_(std::move(place)) {
    // nop
  }

  void start() {
    begin(what_->promise());
  }

private:
  void ended() override {
    auto result = finish();
    what_.reset();
    if (!reply_)
      return;
    if (auto x = std::get_if<value>(&result))
      reply_->deliver(std::move(*x));
    else if (auto why = std::get_if<error>(&result))
      reply_->fail(with_place(std::move(*why), std::move(place_)));
    else
      reply_->fail(make_error(errc::handler_failed,
                              std::string{"a coroutine must not yield a "
                                          "promise or another coroutine"},
                              std::string{"RuntimeError"}));
  }

  void cancelled() override {
    what_.reset(); // nobody has a handle by which to cancel it
  }

  call_result finish() noexcept {
    try {
      return what_->result();
    } catch (...) {
      return to_error(std::current_exception());
    }
  }

  // Outlives the coroutine, which may fail while it is unwound.
  std::shared_ptr<owed_reply> reply_;
  std::optional<reply_task> what_;
  std::string place_; // empty unless debugging is on
};

} // namespace caf::aiomas::detail

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caf::aiomas::detail::nothing)

namespace caf::aiomas::detail {

std::optional<result<message>>
invoke(scheduled_actor* self, const router& target, message_view& what) {
  auto& content = what.content();
  if (content.match_elements<errand>()) {
    (*content.get_mutable_as<errand>(0).what)(self);
    return result<message>{message{}};
  }
  if (content.match_elements<timer_due>()) {
    content.get_mutable_as<timer_due>(0).what->run();
    return result<message>{message{}};
  }
  if (!content.match_elements<invocation>())
    return std::nullopt;
  auto& call = content.get_mutable_as<invocation>(0);
  auto fun = target.resolve(call.path);
  if (!fun)
    return result<message>{to_error(std::move(fun.error()))};
  slow_function_guard watch{call.path};
  auto outcome = (**fun)(call.with);
  if (auto x = std::get_if<value>(&outcome))
    return result<message>{make_message(std::move(*x))};
  if (auto x = std::get_if<error>(&outcome))
    return result<message>{
      with_place(std::move(*x), place_of(target, call.path))};
  if (auto x = std::get_if<reply_task>(&outcome)) {
    make_counted<running_call>(self, std::move(*x), place_of(target, call.path))
      ->start();
    return result<message>{delegated<message>{}};
  }
  if (!self->current_mailbox_element()->mid.is_answered())
    return result<message>{make_error(
      errc::handler_failed,
      call.path + "() returned a promise that was made for another call",
      std::string{"RuntimeError"})};
  return result<message>{delegated<message>{}};
}

std::shared_ptr<const peer_info> caller_of(scheduled_actor* self) {
  auto current = self != nullptr ? self->current_mailbox_element() : nullptr;
  if (current == nullptr || !current->content().match_elements<invocation>())
    return nullptr;
  return current->content().get_as<invocation>(0).caller;
}

behavior idle_behavior() {
  return {[](const nothing&) {}};
}

} // namespace caf::aiomas::detail
