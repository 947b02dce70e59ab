#include "caf/aiomas/test.hpp"

#include "caf/aiomas/clock.hpp"
#include "caf/aiomas/detail/errand.hpp"
#include "caf/aiomas/error.hpp"
#include "caf/aiomas/exception.hpp"
#include "caf/aiomas/warning.hpp"

#include <caf/actor_clock.hpp>
#include <caf/atom.hpp>
#include <caf/exit_reason.hpp>
#include <caf/send.hpp>

#include <algorithm>
#include <exception>
#include <stdexcept>

namespace caf::aiomas {

namespace detail {

// -- test_clock ---------------------------------------------------------------

/// Shows the scheduler's time; the date begins with that of Unix.
class test_clock final : public clock {
public:
  double time() const override {
    return std::chrono::duration<double>(now()).count();
  }

  std::chrono::system_clock::time_point utcnow() const override {
    using date = std::chrono::system_clock::time_point;
    return date{std::chrono::duration_cast<date::duration>(now())};
  }

  /// Null stops the clock.
  void follow(scheduler::test_coordinator* which) {
    stopped_at_ = now();
    followed_ = which;
  }

  /// The scheduler's time at which the first timer is due, if there is one.
  std::optional<timespan> next_due() const {
    auto next = next_event();
    if (!next)
      return std::nullopt;
    std::chrono::duration<double> exact{*next};
    auto result = std::chrono::round<timespan>(exact);
    return result < exact ? result + timespan{1} : result;
  }

  /// Calls what is due. Returns whether anything was.
  bool tick() {
    auto next = next_event();
    if (!next || *next > time())
      return false;
    time_changed();
    return true;
  }

protected:
  std::optional<std::chrono::nanoseconds>
  real_time_until(double) const override {
    return std::nullopt;
  }

private:
  bool takes_any_delay() const noexcept override {
    return true;
  }

  timespan now() const {
    return followed_ != nullptr
             ? followed_->clock().current_time.time_since_epoch()
             : stopped_at_;
  }

  scheduler::test_coordinator* followed_ = nullptr;
  timespan stopped_at_{0};
};

// -- test_actor ---------------------------------------------------------------

test_actor::test_actor(test_fixture& where)
  : where_(where), ended_(std::make_shared<bool>(false)) {
  hdl_ = where.sys.spawn<hidden>(
    [ended = ended_](event_based_actor* self) -> behavior {
      self->attach_functor([ended](const error&) { *ended = true; });
      return {[self](errand& what) { (*what.what)(self); }};
    });
}

test_actor::~test_actor() {
  anon_send_exit(hdl_, exit_reason::user_shutdown);
  where_.run_until([this] { return *ended_; });
}

} // namespace detail

// -- test_fixture -------------------------------------------------------------

namespace {

/// Sets a flag meanwhile.
class flag_guard {
public:
  explicit flag_guard(bool& flag) noexcept : flag_(flag) {
    flag_ = true;
  }

  flag_guard(const flag_guard&) = delete;
  flag_guard& operator=(const flag_guard&) = delete;

  ~flag_guard() {
    flag_ = false;
  }

private:
  bool& flag_;
};

} // namespace

std::unique_ptr<config> test_fixture::prepare(std::unique_ptr<config> cfg) {
  if (!cfg)
    cfg = std::make_unique<config>();
  cfg->set("scheduler.policy", atom("testing"));
  put(cfg->content, "caf.aiomas.io-threads", size_t{0});
  return cfg;
}

test_fixture::test_fixture(options opts, std::unique_ptr<config> cfg)
  : cfg_(prepare(std::move(cfg))),
    clock_(std::make_shared<detail::test_clock>()),
    sys(*cfg_),
    sched(dynamic_cast<scheduler::test_coordinator&>(sys.scheduler())) {
  clock_->follow(&sched);
  if (!opts.clock)
    opts.clock = clock_;
  // Time would not pass while a shutdown waits.
  if (!opts.shutdown_timeout)
    opts.shutdown_timeout = options::duration::zero();
  left = make_container("left", opts);
  right = make_container("right", opts);
}

test_fixture::~test_fixture() {
  left = {};
  right = {};
  run();
  clock_->follow(nullptr);
  if (auto n = sys.registry().running()) {
    detail::warn(std::to_string(n)
                 + " actors of a test_fixture have not ended: something holds "
                   "or feeds them");
    sys.await_actors_before_shutdown(false);
  }
}

container test_fixture::make_container(const std::string& id,
                                       const options& opts) {
  for (auto number = 1;; ++number) {
    auto name = number == 1 ? id : id + "." + std::to_string(number);
    auto made = await(container::create_async(
      sys, address::make(address::transport::local, name), opts));
    if (made)
      return std::move(*made);
    if (code_of(made.error()) != errc::cannot_listen)
      throw_error(std::move(made.error()));
  }
}

// -- driving ------------------------------------------------------------------

size_t test_fixture::step() {
  return sched.try_run_once() ? 1 : middleman::of(sys).poll();
}

size_t test_fixture::run() {
  if (driving_)
    return 0;
  flag_guard guard{driving_};
  size_t events = 0;
  while (auto n = step())
    events += n;
  return events;
}

bool test_fixture::run_until(const std::function<bool()>& done) {
  if (driving_)
    return false;
  flag_guard guard{driving_};
  while (!done())
    if (step() == 0)
      return false;
  return true;
}

size_t test_fixture::advance_time(timespan by) {
  auto events = run();
  if (driving_)
    return events;
  auto& clock = sched.clock();
  auto end = clock.current_time + by;
  for (;;) {
    // The clock jumps from one delayed message or timer to the next.
    auto next = end;
    if (auto& due = clock.schedule(); !due.empty())
      next = std::clamp(due.begin()->first, clock.current_time, end);
    if (auto due = clock_->next_due())
      next
        = std::clamp(actor_clock::time_point{*due}, clock.current_time, next);
    auto step = next - clock.current_time;
    clock.current_time = next;
    events += middleman::of(sys).advance(step);
    events += run();
    auto triggered = clock.advance_time(timespan{0});
    events += triggered + run();
    auto ticked = clock_->tick();
    events += run();
    if (clock.current_time == end && triggered == 0 && !ticked)
      return events;
  }
}

std::optional<error> test_fixture::drive(const std::function<bool()>& done) {
  if (driving_)
    return make_error(errc::would_deadlock,
                      std::string{"Inside of actors, use co_await or then"});
  if (run_until(done))
    return std::nullopt;
  return make_error(errc::would_deadlock,
                    std::string{"Nothing is left to do, and what is waited for "
                                "has not happened. Is a reply missing, or is "
                                "time to be advanced?"});
}

// -- coroutines as tests ------------------------------------------------------

namespace detail {

namespace {

/// Keeps what `body` throws as it is.
task<void> catch_failure(task<void> body,
                         std::shared_ptr<std::exception_ptr> failure) {
  try {
    co_await std::move(body);
  } catch (...) {
    *failure = std::current_exception();
  }
}

} // namespace

std::optional<std::string>
run_co_test(test_fixture& where,
            const std::function<task<void>(event_based_actor*)>& body) {
  auto failure = std::make_shared<std::exception_ptr>();
  test_actor host{where};
  auto ended
    = where.await(run_in_actor<void>(host.hdl(), [&](scheduled_actor* self) {
        return catch_failure(body(static_cast<event_based_actor*>(self)),
                             failure);
      }));
  if (*failure)
    return describe(to_error(*failure));
  if (!ended)
    return describe(ended.error());
  return std::nullopt;
}

void throw_if_failed(const std::optional<std::string>& text) {
  if (text)
    throw std::runtime_error(*text);
}

} // namespace detail

} // namespace caf::aiomas
