#include "caf/aiomas/node.hpp"

#include "caf/aiomas/detail/agent_types.hpp"
#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/detail/dial.hpp"
#include "caf/aiomas/detail/manager.hpp"

#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

namespace caf::aiomas {

/// Shuts the container down at its end.
class node::owner {
public:
  explicit owner(std::shared_ptr<detail::container_impl> what)
    : what_(std::move(what)) {
    // nop
  }

  owner(const owner&) = delete;
  owner& operator=(const owner&) = delete;

  ~owner() {
    what_->shutdown([] {});
  }

  const std::shared_ptr<detail::container_impl>& what() const noexcept {
    return what_;
  }

private:
  std::shared_ptr<detail::container_impl> what_;
};

container node::container() const {
  return aiomas::container::borrow(owner_->what());
}

const std::string& node::base_url() const {
  return owner_->what()->base_url();
}

std::string node::manager_url() const {
  return base_url() + "0";
}

expected<void> node::shutdown() const {
  return container().shutdown();
}

// -- starting -----------------------------------------------------------------

expected<node> start_node(actor_system& sys, address where, options opts) {
  return start_node_async(sys, std::move(where), std::move(opts)).get();
}

pending<node> start_node_async(actor_system& sys, address where, options opts) {
  using result = pending<node>;
  if (auto registered = detail::agent_types::instance().check(); !registered)
    return detail::failed<node>(std::move(registered.error()));
  auto& mm = middleman::of(sys);
  auto ready = detail::prepare(mm, std::move(opts), detail::layer::container,
                               where, detail::purpose::both);
  if (!ready)
    return detail::failed<node>(std::move(ready).error());
  auto begin = [&mm, opts = *std::move(ready), where = std::move(where)](
                 result::completion done,
                 std::optional<result::duration> limit) mutable {
    auto open = [&mm, opts = std::move(opts), where = std::move(where)](
                  detail::deadline_slot_ptr<node> slot) mutable {
      auto impl = std::make_shared<detail::container_impl>(mm, std::move(opts));
      auto manager = std::make_shared<actor>();
      auto on_open = [impl, manager, slot](outcome<void> opened) {
        if (!opened) {
          if (*manager)
            anon_send_exit(*manager, exit_reason::user_shutdown);
          slot->complete(to_error(std::move(opened.error())));
          return;
        }
        node made;
        made.owner_ = std::make_shared<node::owner>(impl);
        slot->complete(std::move(made));
      };
      auto spawn_manager = [&home = *impl, manager] {
        *manager = container::borrow(home.shared_from_this())
                     .spawn<detail::manager>()
                     .as_actor();
      };
      impl->open(where, std::move(on_open), std::move(spawn_manager));
    };
    return detail::begin_in_loop<node>(*mm.loops().front(), std::move(done),
                                       limit, std::move(open));
  };
  return result{std::move(begin)};
}

} // namespace caf::aiomas
