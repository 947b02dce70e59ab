#include "caf/aiomas/container.hpp"

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/detail/dial.hpp"

namespace caf::aiomas {

class container::owner {
public:
  explicit owner(std::shared_ptr<detail::container_impl> what)
    : what_(std::move(what)) {
    // nop
  }

  ~owner() {
    what_->shutdown([] {});
  }

private:
  std::shared_ptr<detail::container_impl> what_;
};

// -- creating -----------------------------------------------------------------

expected<container> container::create(actor_system& sys, aiomas::address where,
                                      options opts) {
  return create_async(sys, std::move(where), std::move(opts)).get();
}

pending<container> container::create_async(actor_system& sys,
                                           aiomas::address where,
                                           options opts) {
  using result = pending<container>;
  auto ready
    = detail::prepare(middleman::of(sys), std::move(opts),
                      detail::layer::container, where, detail::purpose::both);
  if (!ready)
    return detail::failed<container>(std::move(ready).error());
  auto begin =
    [impl = std::make_shared<detail::container_impl>(middleman::of(sys),
                                                     *std::move(ready)),
     where = std::move(where)](result::completion done,
                               std::optional<result::duration> limit) mutable {
      auto& home = *impl->mm().loops().front();
      auto open = [impl = std::move(impl), where = std::move(where)](
                    detail::deadline_slot_ptr<container> slot) {
        impl->open(where, [impl, slot](outcome<void> opened) {
          if (!opened) {
            slot->complete(to_error(std::move(opened.error())));
            return;
          }
          container made;
          made.impl_ = impl;
          made.owner_ = std::make_shared<owner>(impl);
          slot->complete(std::move(made));
        });
      };
      return detail::begin_in_loop<container>(home, std::move(done), limit,
                                              std::move(open));
    };
  return result{std::move(begin)};
}

container container::borrow(std::shared_ptr<detail::container_impl> impl,
                            std::string class_name) {
  container result;
  result.impl_ = std::move(impl);
  result.spawning_ = std::move(class_name);
  return result;
}

// -- agents -------------------------------------------------------------------

container container::for_agent(std::string class_name) const {
  return borrow(impl_, std::move(class_name));
}

std::string container::url_of(const actor& hdl) const {
  auto made = static_cast<agent*>(actor_cast<abstract_actor*>(hdl));
  made->publish();
  return made->addr();
}

// -- other actors -------------------------------------------------------------

expected<std::string>
container::expose_as(strong_actor_ptr what,
                     std::vector<exposed_message> methods,
                     std::optional<shown_class> shown) const {
  std::string class_name;
  if (shown)
    class_name = std::move(shown->name);
  else if (what)
    class_name = detail::name_of(*what->get());
  return impl_->expose(std::move(what), std::move(methods),
                       std::move(class_name));
}

// -- connecting ---------------------------------------------------------------

pending<proxy> container::connect(std::string url) const {
  using result = pending<proxy>;
  return result{
    [impl = impl_, url = std::move(url)](
      result::completion done, std::optional<result::duration> limit) mutable {
      return impl->connect(std::move(url), std::move(done), limit);
    }};
}

// -- end ----------------------------------------------------------------------

expected<void> container::shutdown() const {
  return shutdown_async().get();
}

pending<void> container::shutdown_async() const {
  using result = pending<void>;
  return result{[impl = impl_](result::completion done,
                               std::optional<result::duration> limit) {
    auto& home = *impl->mm().loops().front();
    auto begin = [impl, &home](detail::deadline_slot_ptr<void> slot) {
      impl->shutdown(
        [slot, &home] { home.post([slot] { slot->complete({}); }); });
    };
    return detail::begin_in_loop<void>(home, std::move(done), limit, begin);
  }};
}

// -- properties ---------------------------------------------------------------

const std::string& container::base_url() const {
  return impl_->base_url();
}

const address& container::address() const {
  return impl_->where();
}

size_t container::refused() const {
  return impl_->refused();
}

size_t container::handshakes_failed() const {
  return impl_->handshakes_failed();
}

outcome<void> container::reload_certificates() const {
  return impl_->reload_certificates();
}

clock& container::clock() const {
  return impl_->clock();
}

const std::string& container::codec() const {
  return impl_->codec_name();
}

actor_system& container::system() const {
  return impl_->mm().system();
}

} // namespace caf::aiomas
