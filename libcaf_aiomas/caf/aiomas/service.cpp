#include "caf/aiomas/service.hpp"

#include "caf/aiomas/detail/invoke.hpp"
#include "caf/aiomas/detail/type_name.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <stdexcept>

namespace caf::aiomas {

namespace {

class service_host final : public event_based_actor {
public:
  service_host(actor_config& cfg, std::shared_ptr<service> what)
    : event_based_actor(cfg), what_(std::move(what)) {
    what_->hosted_by(this);
  }

  const char* name() const override {
    return "aiomas.service_host";
  }

  behavior make_behavior() override {
    return detail::handling_behavior(this, what_->router());
  }

private:
  std::shared_ptr<service> what_;
};

} // namespace

// -- service ------------------------------------------------------------------

service::service(std::string class_name)
  : given_name_(std::move(class_name)), router_(this) {
  // nop
}

service::~service() {
  // nop
}

std::string service::class_name() const {
  return given_name_.empty() ? detail::unqualified_type_name(typeid(*this))
                             : given_name();
}

std::string service::mounted_at() const {
  return {};
}

std::shared_ptr<const peer_info> service::caller() const {
  return detail::caller_of(self());
}

local_ref service::ref() const {
  auto host = self();
  return {host != nullptr ? strong_actor_ptr{host->ctrl()} : nullptr,
          router_.path_in_root()};
}

void service::hosted_by(scheduled_actor* host) noexcept {
  self_ = host;
}

scheduled_actor* service::self() const noexcept {
  return router_.root().object()->self_;
}

void service::expose(std::string name, service& sub) {
  if (auto added = router_.add(std::move(name), sub); !added)
    throw std::invalid_argument(added.error().text);
}

routing_dict::routing_dict(std::initializer_list<exposed> functions)
  : service("ServiceDict") {
  for (auto& what : functions)
    router().add(what);
}

// -- hosted_service -----------------------------------------------------------

hosted_service::hosted_service(actor_system& sys, std::shared_ptr<service> what)
  : host_(sys.spawn<service_host, hidden>(std::move(what))) {
  // nop
}

} // namespace caf::aiomas
