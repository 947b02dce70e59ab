#include "caf/aiomas/simulation_clock.hpp"

#include "caf/aiomas/detail/begun_by.hpp"
#include "caf/aiomas/detail/random_name.hpp"
#include "caf/aiomas/detail/rpc_link.hpp"
#include "caf/aiomas/detail/when_released.hpp"
#include "caf/aiomas/middleman.hpp"

#include <limits>
#include <string>
#include <utility>

namespace caf::aiomas {

namespace {

fault invalid(std::string text) {
  return {errc::invalid_argument, std::move(text)};
}

/// What ends a run of which only an error is told.
auto without_report(detail::unique_function<void(error)> done) {
  return
    [done = std::move(done)](expected<detail::simulation_report> how) mutable {
      done(how ? error{} : std::move(how.error()));
    };
}

error cancelled() {
  return make_error(errc::cancelled, std::string{"Cancelled"});
}

} // namespace

/// Keeps the time of a clock from passing.
class simulation_clock::holder {
public:
  explicit holder(simulation_clock& where)
    : where_(where), keep_(where.weak_from_this().lock()) {
    // Not between the last look at it and a jump of the time.
    std::lock_guard guard{where_.mtx_};
    ++where_.holds_;
  }

  holder(const holder&) = delete;
  holder& operator=(const holder&) = delete;

  ~holder() {
    if (--where_.holds_ == 0)
      where_.part().counts->look_again();
  }

private:
  simulation_clock& where_;
  std::shared_ptr<clock> keep_;
};

simulation_clock::simulation_clock(const start_date& utc_start,
                                   double init_time)
  : now_(utc_start, init_time),
    name_(detail::random_name()),
    part_(detail::simulation_part::make()) {
  // nop
}

simulation_clock::~simulation_clock() {
  finish(runs_, make_error(errc::shut_down, std::string{"The clock is gone"}));
}

double simulation_clock::time() const {
  return now_.now();
}

std::chrono::system_clock::time_point simulation_clock::utcnow() const {
  return now_.date();
}

// -- running ------------------------------------------------------------------

pending<void> simulation_clock::run_until(moment t) {
  return run_for(std::move(t));
}

pending<void> simulation_clock::run_until_idle() {
  return run_for(std::nullopt);
}

bool simulation_clock::running() const {
  std::lock_guard guard{mtx_};
  return run_.has_value();
}

pending<void> simulation_clock::run_for(std::optional<moment> until) {
  return detail::begun_by([this, keep = weak_from_this().lock(),
                           until](detail::unique_function<void(error)> done,
                                  std::optional<pending<void>::duration> limit)
                            -> pending<void>::canceller {
    std::optional<double> end;
    if (until) {
      auto date = std::get_if<date_time>(&until->what());
      end = date != nullptr ? time_at(*date) : std::get<double>(until->what());
      if (auto ok = now_.check(*end); !ok) {
        done(to_error(std::move(ok).error()));
        return {};
      }
    }
    return begin_bounded(
      [this, end](auto f) {
        return begin_run({.until = end,
                          .led_in = {},
                          .calls_timers = true,
                          .done = without_report(std::move(f))});
      },
      std::move(done), limit);
  });
}

pending<void>::canceller simulation_clock::begin_run(run what) {
  auto self = weak_from_this().lock();
  std::optional<run> replaced;
  std::string why;
  uint64_t number = 0;
  detail::simulation_part where;
  {
    std::lock_guard guard{mtx_};
    why = why_not(what);
    if (!self)
      why = "A simulation_clock must be owned by a std::shared_ptr";
    if (why.empty()) {
      replaced = std::exchange(run_, std::nullopt);
      number = ++runs_;
      run_.emplace(std::move(what));
      run_->number = number;
      where = part_;
      if (!std::exchange(watching_, true))
        where.counts->watch(std::shared_ptr<observer>{self, this});
    }
  }
  if (!why.empty()) {
    what.done(to_error(invalid(std::move(why))));
    return {};
  }
  if (replaced)
    replaced->done(cancelled());
  where.counts->look_again();
  return [weak = std::weak_ptr<clock>{self}, number] {
    if (auto there = weak.lock())
      static_cast<simulation_clock&>(*there).finish(number, cancelled());
  };
}

/// Returns why `what` must not begin, if it must not. For those who hold the
/// lock.
std::string simulation_clock::why_not(const run& what) const {
  auto led = !what.led_in.empty();
  if (led && led_in_.empty())
    return "No simulation_master leads the clock";
  if (led && led_in_ != what.led_in)
    return "Another simulation_master leads the clock";
  if (!led && !led_in_.empty())
    return "A simulation_master leads the clock";
  if (!led && part_.links->simulation() != part_.links->name())
    return "A simulation_master leads another clock of this actor system";
  if (run_ && !(led && !run_->led_in.empty()))
    return "The clock runs already";
  return {};
}

void simulation_clock::finish(uint64_t number,
                              expected<detail::simulation_report> how) {
  std::unique_lock guard{mtx_};
  std::optional<run> ended;
  if (run_ && run_->number == number)
    ended = std::exchange(run_, std::nullopt);
  guard.unlock();
  if (ended)
    ended->done(std::move(how));
}

// Nothing is going on, and what happens meanwhile waits for the next look.
bool simulation_clock::on_rest() {
  if (holds_ > 0)
    return false;
  std::unique_lock guard{mtx_};
  if (!run_)
    return false;
  auto until = run_->until;
  auto number = run_->number;
  auto led = !run_->led_in.empty();
  auto calls_timers = run_->calls_timers;
  guard.unlock();
  auto report = look();
  if (!report)
    return true;
  // Whoever leads looks at the links of all; what is on its way to us will be
  // seen to arrive.
  if (!led && !report->links.balanced())
    return false;
  auto over
    = !calls_timers || !report->next || (until && *report->next > *until);
  auto to = over ? until : report->next;
  error why;
  guard.lock();
  // Who has given up has seen the time stop.
  if (!run_ || run_->number != number || holds_ > 0)
    return false;
  if (part_.counts->count() != 1)
    return true;
  if (to && *to > now_.now())
    if (auto ok = now_.set(*to); !ok) {
      why = to_error(std::move(ok).error());
      over = true;
    }
  guard.unlock();
  if (calls_timers)
    time_changed();
  if (why)
    finish(number, std::move(why));
  else if (over)
    finish(number, std::move(*report));
  return true;
}

/// Returns how it was at a moment at which nothing was going on; nothing if
/// something has begun by now.
std::optional<detail::simulation_report> simulation_clock::look() const {
  auto where = part();
  auto next = next_event();
  auto links = where.links->counts();
  // What was the same before and after was so in between: of links that end,
  // the names go, too. The look itself counts.
  if (where.counts->count() != 1 || where.links->counts() != links
      || next_event() != next)
    return std::nullopt;
  return detail::simulation_report{next, where.links->name(), links};
}

// -- whoever leads ------------------------------------------------------------

outcome<detail::simulation_member>
simulation_clock::join(const std::string& name) {
  std::lock_guard guard{mtx_};
  if (!joined_)
    return invalid("No container uses this clock");
  if (name.empty())
    return invalid("A simulation needs a name");
  if (run_ && run_->led_in.empty())
    return invalid("The clock runs already");
  if (led_in_ != name) {
    part_.links->leave(led_in_);
    led_in_ = name;
    part_.links->join(name);
  }
  return detail::simulation_member{now_.now(), now_.start(), name_};
}

void simulation_clock::leave(const std::string& name) {
  {
    std::lock_guard guard{mtx_};
    if (name.empty() || led_in_ != name)
      return;
    led_in_.clear();
    part_.links->leave(name);
  }
  introduce().detach();
}

pending<void> simulation_clock::introduce() {
  return detail::begun_by([links = part().links->links()](
                            detail::unique_function<void(error)> done,
                            auto) -> pending<void>::canceller {
    auto all
      = detail::when_released([done = std::move(done)]() mutable { done({}); });
    for (auto& link : links)
      link->introduce([all] {});
    return {};
  });
}

pending<void> simulation_clock::advance(std::string name, double t) {
  return detail::begun_by([this, keep = weak_from_this().lock(),
                           name = std::move(name),
                           t](detail::unique_function<void(error)> done,
                              auto) -> pending<void>::canceller {
    if (auto ok = now_.check(t); !ok) {
      done(to_error(std::move(ok).error()));
      return {};
    }
    return begin_run({.until = t,
                      .led_in = name,
                      .calls_timers = false,
                      .done = without_report(std::move(done))});
  });
}

pending<detail::simulation_report> simulation_clock::settle(std::string name) {
  return pending<detail::simulation_report>{
    [this, keep = weak_from_this().lock(),
     name = std::move(name)](run_handler done, auto) {
      return begin_run({.until = now_.now(),
                        .led_in = name,
                        .calls_timers = true,
                        .done = std::move(done)});
    }};
}

// -- what is counted ----------------------------------------------------------

detail::simulation_part simulation_clock::part() const {
  std::lock_guard guard{mtx_};
  return part_;
}

std::shared_ptr<void> simulation_clock::hold() {
  return std::make_shared<holder>(*this);
}

outcome<detail::simulation_part> simulation_clock::joined(middleman& mm) {
  auto self = weak_from_this().lock();
  if (!self)
    return invalid("A simulation_clock must be owned by a std::shared_ptr");
  std::lock_guard guard{mtx_};
  auto there = mm.simulation();
  if (joined_ && part_.counts != there.counts)
    return invalid(
      "The containers of a simulation_clock must belong to one "
      "actor system");
  if (!joined_ && run_)
    return invalid("A simulation_clock must not run before it has a container");
  if (!std::exchange(joined_, true)) {
    part_ = std::move(there);
    part_.counts->watch(std::shared_ptr<observer>{self, this});
    watching_ = true;
  }
  return part_;
}

// -- implementation of clock --------------------------------------------------

std::optional<std::chrono::nanoseconds>
simulation_clock::real_time_until(double) const {
  return std::nullopt;
}

double simulation_clock::time_at(const date_time& date) const {
  return now_.at(date);
}

} // namespace caf::aiomas
