#include "caf/aiomas/clock.hpp"

#include "caf/aiomas/defaults.hpp"
#include "caf/aiomas/detail/begun_by.hpp"
#include "caf/aiomas/detail/clock_timers.hpp"
#include "caf/aiomas/detail/deadline_slot.hpp"
#include "caf/aiomas/middleman.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace caf::aiomas {

namespace {

using nanoseconds = std::chrono::nanoseconds;
using seconds = std::chrono::duration<double>;

fault invalid(std::string text) {
  return {errc::invalid_argument, std::move(text)};
}

fault clock_is_gone() {
  return {errc::shut_down, "The clock is gone"};
}

/// Somebody who waits.
class sleeper final : public detail::timer_entry {
public:
  explicit sleeper(detail::unique_function<void(error)> done)
    : done_(std::move(done)) {
    // nop
  }

  ~sleeper() override {
    end(to_error(clock_is_gone()));
  }

  void expire() noexcept override {
    end({});
  }

  /// Ends the wait, unless that has happened.
  void end(error why) {
    if (auto done = std::move(done_))
      done(std::move(why));
  }

private:
  detail::unique_function<void(error)> done_;
};

/// Looks at a clock.
template <class F>
class look final : public detail::timer_entry {
public:
  explicit look(F what) : what_(std::move(what)) {
    // nop
  }

  void expire() noexcept override {
    what_();
  }

private:
  F what_;
};

} // namespace

// -- clock --------------------------------------------------------------------

clock::clock() : timers_(std::make_shared<detail::clock_timers>()) {
  // nop
}

clock::~clock() {
  timers_->stop();
}

std::optional<double> clock::next_event() const {
  return timers_->next();
}

size_t clock::timers() const {
  return timers_->size();
}

// -- waiting ------------------------------------------------------------------

pending<void> clock::sleep(delay dt) {
  return detail::begun_by(
    [this, keep = weak_from_this().lock(), dt](auto&&... xs) {
      return begin_wait(dt, std::forward<decltype(xs)>(xs)...);
    });
}

pending<void> clock::sleep_until(moment t) {
  return detail::begun_by(
    [this, keep = weak_from_this().lock(), t](auto&&... xs) {
      return begin_wait(t, std::forward<decltype(xs)>(xs)...);
    });
}

pending<void>::canceller
clock::begin_wait(const due& when, detail::unique_function<void(error)> done,
                  std::optional<pending<void>::duration> limit) {
  auto at = time_of(when);
  if (!at) {
    done(to_error(std::move(at).error()));
    return {};
  }
  return begin_bounded(
    [this, at = *at](auto f) { return wait_until(at, std::move(f)); },
    std::move(done), limit);
}

pending<void>::canceller
clock::begin_bounded(detail::unique_function<pending<void>::canceller(
                       detail::unique_function<void(error)>)>
                       begin,
                     detail::unique_function<void(error)> done,
                     std::optional<pending<void>::duration> limit) {
  if (!limit)
    return begin(std::move(done));
  auto home = timers_->loop();
  if (!home) {
    done(to_error(invalid("No container uses this clock")));
    return {};
  }
  // The bound is kept in the loop, where the slot lives.
  auto begin_there = [keep = weak_from_this().lock(), home,
                      begin = std::move(begin)](
                       detail::deadline_slot_ptr<void> slot) mutable {
    slot->on_end(begin([home, slot](error why) {
      home->post([slot, why = std::move(why)]() mutable {
        slot->complete(why ? expected<void>{std::move(why)} : expected<void>{});
      });
    }));
  };
  return detail::begin_in_loop<void>(
    *home,
    [done = std::move(done)](expected<void> x) mutable {
      done(x ? error{} : error{x.error()});
    },
    limit, std::move(begin_there));
}

pending<void>::canceller
clock::wait_until(double at, detail::unique_function<void(error)> done) {
  auto what = std::make_shared<sleeper>(std::move(done));
  if (auto ok = schedule_at(at, what); !ok)
    what->end(to_error(std::move(ok).error()));
  return [timers = std::weak_ptr{timers_}, weak = std::weak_ptr{what}] {
    auto known = timers.lock();
    auto waits = weak.lock();
    if (known && waits && known->remove(*waits))
      waits->end(make_error(errc::cancelled, std::string{"Cancelled"}));
  };
}

// -- times --------------------------------------------------------------------

outcome<double> clock::time_of(const due& when) const {
  if (auto dt = std::get_if<delay>(&when))
    return time_of_delay(dt->seconds());
  return time_of_moment(std::get<moment>(when));
}

outcome<double> clock::time_of_delay(double dt) const {
  auto wrong = [dt](const std::string& why) {
    return invalid("dt must be " + why + " but is " + detail::number_text(dt));
  };
  if (std::isnan(dt))
    return wrong("a number");
  if (dt > aiomas::defaults::longest_time)
    return wrong("<= " + detail::number_text(aiomas::defaults::longest_time));
  auto now = time();
  if (dt > 0) // at least a step, else there would be no end of them
    return std::max(
      now + dt, std::nextafter(now, std::numeric_limits<double>::infinity()));
  if (!takes_any_delay())
    return wrong("> 0");
  return now;
}

outcome<double> clock::time_of_moment(const moment& t) const {
  auto date = std::get_if<date_time>(&t.what());
  auto when = date != nullptr ? time_at(*date) : std::get<double>(t.what());
  if (std::isnan(when))
    return invalid("Date \"" + to_string(t) + "\" is not a number");
  if (when <= time())
    return invalid("Date \"" + to_string(t) + "\" is in the past");
  if (when > aiomas::defaults::longest_time)
    return invalid("Date \"" + to_string(t) + "\" is too far away");
  return when;
}

double clock::time_at(const date_time& date) const {
  return time() + seconds(date - date_time{utcnow()}).count();
}

// -- timers -------------------------------------------------------------------

outcome<void> clock::schedule(const due& when, detail::timer_ptr what) {
  auto at = time_of(when);
  if (!at)
    return std::move(at).error();
  return schedule_at(*at, std::move(what));
}

outcome<void> clock::schedule_at(double at, detail::timer_ptr what) {
  if (real_time_until(at) && weak_from_this().expired())
    return invalid("A clock with timers must be owned by a std::shared_ptr");
  auto is_first = timers_->add(at, std::move(what));
  // The time may have come, if it was not over before.
  if (auto now = time(); at <= now)
    timers_->expire(now);
  else if (is_first)
    look_later();
  return {};
}

bool clock::unschedule(detail::timer_entry& what) {
  return timers_->remove(what);
}

void clock::time_changed() {
  timers_->expire(time());
  look_later();
}

void clock::look_later() {
  auto next = timers_->next();
  auto wait = next ? real_time_until(*next) : std::nullopt;
  if (!wait)
    return;
  auto limited = std::clamp<nanoseconds>(*wait, nanoseconds::zero(),
                                         std::chrono::hours{24});
  timers_->look_at(std::chrono::steady_clock::now() + limited,
                   [this]() -> detail::timer_ptr {
                     auto what = [weak = weak_from_this()] {
                       if (auto self = weak.lock()) {
                         self->timers_->looked();
                         self->time_changed();
                       }
                     };
                     return std::make_shared<look<decltype(what)>>(what);
                   });
}

std::optional<nanoseconds> clock::real_time_until(double) const {
  return aiomas::defaults::clock_poll_interval;
}

bool clock::takes_any_delay() const noexcept {
  return false;
}

// -- containers ---------------------------------------------------------------

outcome<detail::simulation_part> clock::join(middleman& mm) {
  auto result = joined(mm);
  if (result)
    timers_->loop(mm.loops().front());
  return result;
}

outcome<detail::simulation_part> clock::joined(middleman&) {
  return detail::simulation_part{};
}

// -- realtime_clock -----------------------------------------------------------

double realtime_clock::time() const {
  auto now = std::chrono::steady_clock::now().time_since_epoch();
  return seconds(now).count();
}

std::chrono::system_clock::time_point realtime_clock::utcnow() const {
  return std::chrono::system_clock::now();
}

std::optional<nanoseconds> realtime_clock::real_time_until(double t) const {
  return std::chrono::ceil<nanoseconds>(
    std::min<seconds>(seconds{t - time()}, std::chrono::hours{24}));
}

bool realtime_clock::takes_any_delay() const noexcept {
  return true;
}

} // namespace caf::aiomas
