#include "caf/aiomas/detail/invoke.hpp"

#include "caf/aiomas/detail/agent_timers.hpp"
#include "caf/aiomas/detail/debug.hpp"
#include "caf/aiomas/detail/errand.hpp"
#include "caf/aiomas/detail/reply_sink.hpp"
#include "caf/aiomas/detail/running_task.hpp"
#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/service.hpp"

#include <caf/type_erased_tuple.hpp>

namespace caf::aiomas::detail {

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

namespace {

/// Answers the current message of `self`, unless that has been done, or
/// promised to be. As in CAF, those who have sent it without asking get a
/// message, too.
void respond(scheduled_actor* self, expected<value>&& result) {
  auto& current = *self->current_mailbox_element();
  auto mid = current.mid;
  if (mid.is_answered())
    return;
  if (!current.stages.empty()) { // somebody else gets it first
    auto receiver = self->make_response_promise();
    if (result)
      receiver.deliver(std::move(*result));
    else
      receiver.deliver(std::move(result.error()));
    return;
  }
  current.mid.mark_as_answered();
  if (auto receiver = std::exchange(current.sender, nullptr))
    reply_sink::deliver(receiver, self->ctrl(), mid, std::move(result),
                        self->context());
}

void answer(scheduled_actor* self, const router& target, invocation& call) {
  auto fun = target.resolve(call.path);
  if (!fun) {
    respond(self, to_error(std::move(fun.error())));
    return;
  }
  slow_function_guard watch{call.path};
  auto outcome = (**fun)(call.with);
  if (auto x = std::get_if<value>(&outcome))
    respond(self, std::move(*x));
  else if (auto why = std::get_if<error>(&outcome))
    respond(self, with_place(std::move(*why), place_of(target, call.path)));
  else if (auto what = std::get_if<reply_task>(&outcome))
    make_counted<running_call>(self, std::move(*what),
                               place_of(target, call.path))
      ->start();
  else if (!self->current_mailbox_element()->mid.is_answered())
    respond(self, make_error(
                    errc::handler_failed,
                    call.path
                      + "() returned a promise that was made for another call",
                    std::string{"RuntimeError"}));
}

class handling_behavior_impl final : public caf::detail::behavior_impl {
public:
  handling_behavior_impl(scheduled_actor* self, const router& target)
    : self_(self), target_(target) {
    // nop
  }

  using behavior_impl::invoke;

  match_case::result invoke(caf::detail::invoke_result_visitor&,
                            message_content& content) override {
    return handle(self_, target_, content) ? match_case::match
                                           : match_case::no_match;
  }

private:
  scheduled_actor* self_;
  const router& target_;
};

} // namespace

bool handle(scheduled_actor* self, const router& target,
            message_content& what) {
  if (what.match_elements<invocation>())
    answer(self, target, what.get_mutable_as<invocation>(0));
  else if (what.match_elements<timer_due>())
    what.get_mutable_as<timer_due>(0).what->run();
  else if (what.match_elements<errand>())
    (*what.get_mutable_as<errand>(0).what)(self);
  else
    return false;
  return true;
}

behavior handling_behavior(scheduled_actor* self, const router& target) {
  behavior::impl_ptr impl = make_counted<handling_behavior_impl>(self, target);
  return behavior{std::move(impl)};
}

std::shared_ptr<const peer_info> caller_of(scheduled_actor* self) {
  auto current = self != nullptr ? self->current_mailbox_element() : nullptr;
  if (current == nullptr || !current->content().match_elements<invocation>())
    return nullptr;
  return current->content().get_as<invocation>(0).caller;
}

} // namespace caf::aiomas::detail
