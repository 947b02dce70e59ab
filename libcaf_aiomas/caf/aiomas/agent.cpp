#include "caf/aiomas/agent.hpp"

#include "caf/aiomas/detail/activity.hpp"
#include "caf/aiomas/detail/agent_timers.hpp"
#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/inline_host.hpp"
#include "caf/aiomas/detail/invoke.hpp"
#include "caf/aiomas/warning.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace caf::aiomas {

namespace {

/// The default handler of agents that have set no other one. Needs no memory.
result<message> handle_or_drop(scheduled_actor* self, message_view& x) {
  auto& target = static_cast<agent*>(self)->router();
  if (detail::handle(self, target, x.content()))
    return delegated<message>{};
  return print_and_drop(self, x);
}

} // namespace

// -- agent --------------------------------------------------------------------

std::string agent::root_service::class_name() const {
  return given_name().empty() ? detail::unqualified_type_name(typeid(*self_))
                              : given_name();
}

std::string agent::root_service::mounted_at() const {
  return "agents/" + self_->aid();
}

agent::agent(actor_config& cfg, aiomas::container c)
  : event_based_actor(cfg),
    home_(c.impl().shared_from_this()),
    number_(home_->agents().reserve()), // none if it has been shut down
    root_(this, c.spawning()),
    counted_in_(home_->counted_in().get()) {
  root_.hosted_by(this);
  event_based_actor::set_default_handler(handle_or_drop);
}

agent::~agent() {
  // Still there if a constructor of a derived class has thrown.
  home_->agents().remove(number_);
}

void agent::publish() {
  strong_actor_ptr self{ctrl()};
  if (!home_->agents().publish(number_, self))
    anon_send_exit(self, exit_reason::user_shutdown);
}

aiomas::container agent::container() const {
  return aiomas::container::borrow(home_);
}

std::shared_ptr<const peer_info> agent::caller() {
  return detail::caller_of(this);
}

std::string agent::aid() const {
  return detail::to_aid(number_);
}

std::string agent::addr() const {
  return home_->base_url() + aid();
}

std::string to_string(const agent& x) {
  return x.root_.class_name() + "('" + x.addr() + "')";
}

void agent::on_task_failure(const error& why) {
  detail::warn("a task of " + to_string(*this) + " failed: " + describe(why));
}

void agent::initialize() {
  publish();
  event_based_actor::initialize();
  // Exposed functions are a reason to live, too.
  if (!has_behavior())
    become(detail::handling_behavior(this, router()));
}

void agent::set_default_handler(default_handler fun) {
  event_based_actor::set_default_handler(
    [this, fun = std::move(fun)](scheduled_actor* self, message_view& x) {
      if (detail::handle(self, router(), x.content()))
        return result<message>{delegated<message>{}};
      return fun(self, x);
    });
}

bool agent::cleanup(error&& reason, execution_unit* host) {
  if (timers_)
    timers_->close();
  // Functions may hold handles of agents, even of this one.
  router().clear();
  auto result = event_based_actor::cleanup(std::move(reason), host);
  if (number_ != detail::no_agent)
    home_->actor_ended(number_, detail::identify(*ctrl()));
  return result;
}

detail::agent_timers& agent::timers() {
  if (!timers_)
    timers_ = std::make_shared<detail::agent_timers>(
      *this, home_->clock().weak_from_this());
  return *timers_;
}

// -- running ------------------------------------------------------------------

// An agent of a simulation counts as going on while it is scheduled or runs.

void agent::enqueue(mailbox_element_ptr what, execution_unit* host) {
  if (counted_in_ == nullptr) {
    auto here = detail::inline_host::behind(host);
    if (here == nullptr || !here->run_at_once(*this, what))
      event_based_actor::enqueue(std::move(what), host);
    return;
  }
  // One of those who send at the same time schedules the agent; that one's
  // count lasts until it waits again.
  counted_in_->begin();
  if (!detail::enqueue_to(*this, private_thread_, std::move(what), host))
    counted_in_->end();
}

void agent::launch(execution_unit* host, bool lazy, bool hide) {
  if (counted_in_ == nullptr) {
    event_based_actor::launch(host, lazy, hide);
    return;
  }
  // It is not lazy then, since nobody could tell whether it has been scheduled.
  counted_in_->begin();
  event_based_actor::launch(host, false, hide);
}

resumable::resume_result agent::resume(execution_unit* host,
                                       size_t max_throughput) {
  auto result = event_based_actor::resume(host, max_throughput);
  if (counted_in_ != nullptr
      && (result == resumable::awaiting_message || result == resumable::done))
    counted_in_->end();
  return result;
}

// -- function_agent -----------------------------------------------------------

behavior function_agent::make_behavior() {
  auto what = init_(this);
  init_ = nullptr;
  for (auto& fun : what.functions())
    router().add(std::move(fun));
  return what.handlers();
}

} // namespace caf::aiomas
