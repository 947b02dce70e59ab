#include "caf/aiomas/simulation_clock.hpp"

#include "caf/aiomas/detail/begun_by.hpp"
#include "caf/aiomas/middleman.hpp"

#include <limits>
#include <string>
#include <utility>

namespace caf::aiomas {

namespace {

fault invalid(std::string text) {
  return {errc::invalid_argument, std::move(text)};
}

} // namespace

/// Keeps the time of a clock from passing.
class simulation_clock::holder {
public:
  explicit holder(simulation_clock& where)
    : where_(where), keep_(where.weak_from_this().lock()) {
    ++where_.holds_;
  }

  holder(const holder&) = delete;
  holder& operator=(const holder&) = delete;

  ~holder() {
    if (--where_.holds_ == 0)
      where_.counted_in()->look_again();
  }

private:
  simulation_clock& where_;
  std::shared_ptr<clock> keep_;
};

simulation_clock::simulation_clock(const start_date& utc_start,
                                   double init_time)
  : now_(utc_start, init_time),
    counted_in_(std::make_shared<detail::activity>()) {
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
      [this, end](auto f) { return begin_run(end, std::move(f)); },
      std::move(done), limit);
  });
}

pending<void>::canceller
simulation_clock::begin_run(std::optional<double> until,
                            detail::unique_function<void(error)> done) {
  auto self = weak_from_this().lock();
  auto refuse = [&done](const char* why) {
    done(to_error(invalid(why)));
    return pending<void>::canceller{};
  };
  if (!self)
    return refuse("A simulation_clock must be owned by a std::shared_ptr");
  uint64_t number = 0;
  std::shared_ptr<detail::activity> where;
  {
    std::unique_lock guard{mtx_};
    if (run_) {
      guard.unlock();
      return refuse("The clock runs already");
    }
    number = ++runs_;
    run_ = run{until, std::move(done), number};
    where = counted_in_;
    if (!std::exchange(watching_, true))
      counted_in_->watch(std::shared_ptr<observer>{self, this});
  }
  where->look_again();
  return [weak = std::weak_ptr<clock>{self}, number] {
    if (auto what = weak.lock())
      static_cast<simulation_clock&>(*what).finish(
        number, make_error(errc::cancelled, std::string{"Cancelled"}));
  };
}

void simulation_clock::finish(uint64_t number, error why) {
  std::unique_lock guard{mtx_};
  std::optional<run> ended;
  if (run_ && run_->number == number)
    ended = std::exchange(run_, std::nullopt);
  guard.unlock();
  if (ended)
    ended->done(std::move(why));
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
  guard.unlock();
  auto next = next_event();
  auto over = !next || (until && *next > *until);
  auto to = over ? until : next;
  error why;
  guard.lock();
  // Who has given up has seen the time stop.
  if (!run_ || run_->number != number)
    return false;
  if (to && *to > now_.now())
    if (auto ok = now_.set(*to); !ok) {
      why = to_error(std::move(ok).error());
      over = true;
    }
  guard.unlock();
  time_changed();
  if (over)
    finish(number, std::move(why));
  return true;
}

// -- what is counted ----------------------------------------------------------

std::shared_ptr<detail::activity> simulation_clock::counted_in() const {
  std::lock_guard guard{mtx_};
  return counted_in_;
}

std::shared_ptr<void> simulation_clock::hold() {
  return std::make_shared<holder>(*this);
}

outcome<std::shared_ptr<detail::activity>>
simulation_clock::joined(middleman& mm) {
  auto self = weak_from_this().lock();
  if (!self)
    return invalid("A simulation_clock must be owned by a std::shared_ptr");
  std::lock_guard guard{mtx_};
  auto there = mm.activity();
  if (joined_ && counted_in_ != there)
    return invalid(
      "The containers of a simulation_clock must belong to one "
      "actor system");
  if (!joined_ && run_)
    return invalid("A simulation_clock must not run before it has a container");
  if (!std::exchange(joined_, true)) {
    counted_in_ = std::move(there);
    counted_in_->watch(std::shared_ptr<observer>{self, this});
    watching_ = true;
  }
  return counted_in_;
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
