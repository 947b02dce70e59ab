#include "caf/aiomas/detail/simulation_lead.hpp"

#include "caf/aiomas/detail/errand.hpp"
#include "caf/aiomas/detail/random_name.hpp"
#include "caf/aiomas/exception.hpp"
#include "caf/aiomas/when.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace caf::aiomas::detail {

namespace {

using std::chrono::milliseconds;

constexpr auto never = std::numeric_limits<double>::infinity();

/// Between rounds in which nothing new was heard, at most.
constexpr milliseconds longest_pause{20};

[[noreturn]] void refuse(std::string why) {
  throw_error(make_error(errc::invalid_argument, std::move(why)));
}

/// Adds what a report says of its system. Returns false if another one has said
/// something else.
bool note(std::map<std::string, link_counts>& links,
          const simulation_report& what) {
  return links.emplace(what.system, what.links).first->second == what.links;
}

bool balanced(const std::map<std::string, link_counts>& links) {
  link_counts sum;
  for (auto& [system, counts] : links)
    sum += counts;
  return sum.balanced();
}

} // namespace

/// Says that the simulation runs, meanwhile.
class simulation_lead::running_guard {
public:
  explicit running_guard(simulation_lead& where) : where_(where) {
    if (std::exchange(where_.running_, true))
      refuse("The simulation runs already");
  }

  running_guard(const running_guard&) = delete;
  running_guard& operator=(const running_guard&) = delete;

  ~running_guard() {
    where_.running_ = false;
    where_.forget_lost();
  }

private:
  simulation_lead& where_;
};

simulation_lead::simulation_lead(actor_config& cfg, options opts,
                                 std::shared_ptr<std::atomic<double>> time)
  : event_based_actor(cfg),
    name_(random_name()),
    opts_(std::move(opts)),
    pauses_(std::make_shared<realtime_clock>()),
    time_(std::move(time)) {
  // nop
}

behavior simulation_lead::make_behavior() {
  return {[this](errand& what) { (*what.what)(this); }};
}

// -- members ------------------------------------------------------------------

task<void> simulation_lead::add_node(std::string url) {
  auto manager = co_await find_manager(system(), opts_, std::move(url));
  co_await add(lead(std::move(manager)));
}

task<void> simulation_lead::add_clock(std::shared_ptr<simulation_clock> what) {
  auto is_known = [&what](auto& in) {
    return std::any_of(in.begin(), in.end(),
                       [&what](auto& x) { return x->is(what.get()); });
  };
  if (!what)
    refuse("There must be a clock");
  if (is_known(members_) || is_known(joining_))
    refuse("The clock takes part already");
  co_await add(lead(std::move(what)));
}

task<void> simulation_lead::add(led_clock_ptr what) {
  if (running_) {
    joining_.push_back(std::move(what));
    co_return;
  }
  auto turn = co_await turn_to_join();
  co_await join(std::move(what));
}

task<void> simulation_lead::add_follower(std::string url,
                                         std::optional<double> every) {
  if (every && !(*every > 0))
    refuse("dt must be > 0 but is " + number_text(*every));
  followers_.push_back(std::make_shared<follower>(
    co_await find_manager(system(), opts_, std::move(url)), every, -never));
}

/// Waits until nobody else joins. The turn is over when the result goes.
task<std::shared_ptr<void>> simulation_lead::turn_to_join() {
  while (std::exchange(busy_, true))
    co_await pauses_->sleep(milliseconds{1});
  co_return std::shared_ptr<void>{nullptr, [this](void*) { busy_ = false; }};
}

task<void> simulation_lead::enrol() {
  while (!joining_.empty()) {
    auto next = std::move(joining_.front());
    joining_.pop_front();
    co_await join(std::move(next));
  }
}

task<void> simulation_lead::join(led_clock_ptr what) {
  auto [time, start] = co_await what->join(name_);
  std::string why;
  if (start_ && *start_ != start)
    why = "begins with the date " + to_string(start) + " instead of "
          + to_string(*start_);
  else if (has_run_ && time > *time_)
    why = "has the time " + number_text(time)
          + ", but that of the simulation is " + number_text(*time_);
  if (!why.empty()) {
    co_await what->join(random_name());
    refuse(what->name() + " " + why);
  }
  *time_
    = members_.empty() && !has_run_ ? time : std::max<double>(*time_, time);
  start_ = start;
  members_.push_back(std::move(what));
  changed_ = true;
}

/// Brings those who have joined to the time of the others, and lets all know of
/// each other.
task<void> simulation_lead::welcome() {
  if (!std::exchange(changed_, false))
    co_return;
  co_await advance_members(*time_);
  std::vector<task<void>> all;
  for (auto& x : members_)
    all.push_back(x->introduce());
  co_await when_all(std::move(all));
}

void simulation_lead::forget_lost() {
  std::erase_if(members_, [](auto& x) { return x->lost(); });
  std::erase_if(followers_, [](auto& x) { return x->manager.lost(); });
}

// -- running ------------------------------------------------------------------

task<void> simulation_lead::run(std::optional<moment> until) {
  running_guard guard{*this};
  co_await turn_to_join(); // somebody may not have waited for `add`
  co_await enrol();
  if (members_.empty())
    refuse("The simulation has no members");
  has_run_ = true;
  std::optional<double> end;
  if (until)
    end = end_of(*until);
  for (;;) {
    co_await welcome();
    auto next = co_await rest();
    if (!joining_.empty()) {
      co_await enrol();
      continue;
    }
    if (!next && !end)
      co_return;
    auto to
      = std::min({next.value_or(never), end.value_or(never), next_visit()});
    if (to <= *time_)
      co_return;
    co_await advance(to);
  }
}

double simulation_lead::end_of(const moment& t) const {
  auto date = std::get_if<date_time>(&t.what());
  auto result = date != nullptr
                  ? std::chrono::duration<double>(*date - *start_).count()
                  : std::get<double>(t.what());
  if (!(result >= *time_))
    refuse("Time must be >= " + number_text(*time_) + " but is "
           + number_text(result));
  return result;
}

/// Waits until nothing is going on anywhere. Returns when something happens
/// next.
task<std::optional<double>> simulation_lead::rest() {
  auto pause = milliseconds{0};
  for (;;) {
    std::vector<task<simulation_report>> all;
    for (auto& x : members_)
      all.push_back(x->settle());
    link_map links;
    auto same = true;
    std::optional<double> next;
    for (auto& x : co_await when_all(std::move(all))) {
      same = note(links, x) && same;
      if (x.next)
        next = std::min(*x.next, next.value_or(never));
    }
    same = links == std::exchange(links_, links) && same;
    if (same && balanced(links))
      co_return next;
    // What is on its way is about to arrive, but a connection may take longer
    // to break.
    if (same) {
      pause = std::min(2 * pause + milliseconds{1}, longest_pause);
      co_await pauses_->sleep(pause);
    }
  }
}

task<void> simulation_lead::advance_members(double t) {
  std::vector<task<void>> all;
  for (auto& x : members_)
    all.push_back(x->advance(t));
  co_await when_all(std::move(all));
}

task<void> simulation_lead::advance(double t) {
  co_await advance_members(t);
  *time_ = t;
  std::vector<task<void>> all;
  for (auto& x : followers_) {
    x->visited = t;
    all.push_back(x->manager.call<void>("set_time", t));
  }
  co_await when_all(std::move(all));
}

/// When a follower is to be told of the time at the latest.
double simulation_lead::next_visit() const {
  auto result = never;
  for (auto& x : followers_)
    if (x->every)
      result
        = std::min(result, std::max<double>(x->visited, *time_) + *x->every);
  return result;
}

} // namespace caf::aiomas::detail
