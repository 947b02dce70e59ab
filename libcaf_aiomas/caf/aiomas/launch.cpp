#include "caf/aiomas/launch.hpp"

#include "caf/aiomas/detail/running_task.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/warning.hpp"

#include <caf/scheduled_actor.hpp>

namespace caf::aiomas {

namespace detail {

/// A task that nobody waits for.
class launched_task final : public running_task {
public:
  launched_task(scheduled_actor* self, any_task what, on_cancel how,
                task_error_handler on_error)
    : running_task(self),
      what_(std::move(what)),
      how_(how),
      on_error_(std::move(on_error)) {
    // nop
  }

  ~launched_task() override {
    // Dropped by an actor that ends.
    forget();
    if (what_)
      cancelled();
  }

  task_ref start() {
    task_ref result{where()};
    begin(what_.promise());
    return result;
  }

private:
  void ended() override {
    auto failure = what_.promise().failure();
    what_.reset();
    if (failure)
      report(to_error(failure));
  }

  void cancelled() override {
    what_.reset();
    if (how_ == on_cancel::report)
      report(
        make_error(errc::cancelled, std::string{"The task was cancelled"}));
  }

  void report(const error& why) {
    // An actor that ends must not be asked to go on.
    if (!on_error_ || is_ending(self())) {
      warn_of(why);
      return;
    }
    try {
      on_error_(why);
    } catch (...) {
      warn_of(why);
      warn_of(to_error(std::current_exception()));
    }
  }

  void warn_of(const error& why) {
    warn(std::string{"a task of the actor "} + self()->name()
         + " failed: " + describe(why));
  }

  any_task what_;
  on_cancel how_;
  task_error_handler on_error_;
};

task_ref launch(scheduled_actor* self, any_task what, on_cancel how,
                task_error_handler on_error) {
  return make_counted<launched_task>(self, std::move(what), how,
                                     std::move(on_error))
    ->start();
}

} // namespace detail

bool task_ref::running() const noexcept {
  return where_ && *where_ != nullptr && !(*where_)->over();
}

void task_ref::cancel() const {
  if (running())
    (*where_)->cancel();
}

} // namespace caf::aiomas
