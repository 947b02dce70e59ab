#include "caf/aiomas/node_process.hpp"

#include "caf/aiomas/detail/container_impl.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/detail/node_supervisor.hpp"
#include "caf/aiomas/middleman.hpp"

namespace caf::aiomas {

std::string to_string(const node_end& x) {
  switch (x.how) {
    case node_end::cause::exited:
      return "exit code " + std::to_string(x.code);
    case node_end::cause::killed:
      return "signal " + std::to_string(x.code);
    default:
      return "unknown";
  }
}

/// Kills the node at its end.
class node_process::owner {
public:
  explicit owner(std::shared_ptr<detail::node_supervisor> what)
    : what_(std::move(what)) {
    // nop
  }

  owner(const owner&) = delete;
  owner& operator=(const owner&) = delete;

  ~owner() {
    what_->loop().post([what = what_] { what->kill(); });
  }

  detail::node_supervisor& what() const noexcept {
    return *what_;
  }

private:
  std::shared_ptr<detail::node_supervisor> what_;
};

// -- starting -----------------------------------------------------------------

pending<node_process> node_process::start_async(const container& master,
                                                node_command what) {
  using result = pending<node_process>;
  auto begin = [master = container::borrow(master.impl().shared_from_this()),
                what = std::move(what)](
                 result::completion done,
                 std::optional<result::duration> limit) mutable {
    // The process ends with the thread that starts it: one of ours.
    auto& home = master.impl().mm().next_loop();
    auto launch = [master, &home, what = std::move(what)](
                    detail::deadline_slot_ptr<node_process> slot) mutable {
      auto node = std::make_shared<detail::node_supervisor>(home, master,
                                                            std::move(what));
      node_process made;
      made.owner_ = std::make_shared<owner>(node);
      // Without anybody who waits, the handle goes, and the node with it.
      slot->on_end([weak = std::weak_ptr{node}] {
        if (auto self = weak.lock())
          self->forget_start();
      });
      node->start([slot, made = std::move(made)](expected<void> ready) mutable {
        if (ready)
          slot->complete(std::move(made));
        else
          slot->complete(ready.error());
      });
    };
    return detail::begin_in_loop<node_process>(home, std::move(done), limit,
                                               std::move(launch));
  };
  return result{std::move(begin)};
}

expected<node_process> node_process::start(const container& master,
                                           node_command what) {
  return start_async(master, std::move(what)).get();
}

// -- properties ---------------------------------------------------------------

std::string node_process::url() const {
  return owner_->what().url();
}

pid_t node_process::pid() const {
  return owner_->what().pid();
}

pending<manager_proxy, proxy> node_process::manager() const {
  using result = pending<manager_proxy, proxy>;
  return result{
    [what = owner_->what().master().connect(url())](
      result::completion done, std::optional<result::duration> limit) mutable {
      if (limit)
        std::move(what).timeout(*limit).notify(std::move(done));
      else
        std::move(what).notify(std::move(done));
    }};
}

// -- end ----------------------------------------------------------------------

namespace {

/// Waits for the end of a node, after `first` was done to it.
pending<node_end> end_of(std::shared_ptr<detail::node_supervisor> what,
                         void (detail::node_supervisor::*first)()) {
  using result = pending<node_end>;
  return result{
    [what = std::move(what), first](result::completion done,
                                    std::optional<result::duration> limit) {
      auto begin = [what, first](detail::deadline_slot_ptr<node_end> slot) {
        if (first != nullptr)
          ((*what).*first)();
        what->wait(
          [slot](expected<node_end> how) { slot->complete(std::move(how)); });
      };
      return detail::begin_in_loop<node_end>(what->loop(), std::move(done),
                                             limit, std::move(begin));
    }};
}

} // namespace

pending<node_end> node_process::stop_async() const {
  return end_of(owner_->what().shared_from_this(),
                &detail::node_supervisor::stop);
}

expected<node_end> node_process::stop() const {
  return stop_async().get();
}

pending<node_end> node_process::wait() const {
  return end_of(owner_->what().shared_from_this(), nullptr);
}

void node_process::kill() const {
  auto& what = owner_->what();
  what.loop().post([self = what.shared_from_this()] { self->kill(); });
}

} // namespace caf::aiomas
