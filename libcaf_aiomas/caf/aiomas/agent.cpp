#include "caf/aiomas/agent.hpp"

#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/invoke.hpp"
#include "caf/aiomas/warning.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace caf::aiomas {

// -- agent --------------------------------------------------------------------

std::string agent::root_service::class_name() const {
  return given_name_.empty() ? detail::unqualified_type_name(typeid(*self_))
                             : given_name_;
}

agent::agent(actor_config& cfg, aiomas::container c)
  : event_based_actor(cfg),
    home_(c.impl().shared_from_this()),
    root_(this, c.spawning()) {
  // Without an id in a container that has been shut down.
  if (auto aid = home_->agents().reserve()) {
    aid_ = std::move(*aid);
    home_->watch(*this, aid_);
  }
  root_.hosted_by(this, "agents/" + aid_);
  set_default_handler(print_and_drop);
}

agent::~agent() {
  // Still there if a constructor of a derived class has thrown.
  home_->agents().remove(aid_);
}

void agent::publish() {
  strong_actor_ptr self{ctrl()};
  if (!home_->agents().publish(aid_, {self, root_.class_name(), nullptr}))
    anon_send_exit(self, exit_reason::user_shutdown);
}

aiomas::container agent::container() const {
  return aiomas::container::borrow(home_);
}

std::shared_ptr<const peer_info> agent::caller() {
  return detail::caller_of(this);
}

std::string agent::addr() const {
  return home_->base_url() + aid_;
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
    become(detail::idle_behavior());
}

void agent::set_default_handler(default_handler fun) {
  event_based_actor::set_default_handler(
    [this, fun = std::move(fun)](scheduled_actor* self, message_view& x) {
      if (auto handled = detail::invoke(self, router(), x))
        return std::move(*handled);
      return fun(self, x);
    });
}

bool agent::cleanup(error&& reason, execution_unit* host) {
  // Functions may hold handles of agents, even of this one.
  router().clear();
  return event_based_actor::cleanup(std::move(reason), host);
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
