#include "caf/aiomas/detail/simulation_lead.hpp"

#include "caf/aiomas/detail/errand.hpp"
#include "caf/aiomas/detail/random_name.hpp"
#include "caf/aiomas/detail/when_released.hpp"
#include "caf/aiomas/exception.hpp"
#include "caf/aiomas/warning.hpp"
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

/// How long messages may be on their way before somebody is told.
constexpr std::chrono::seconds patience{10};

[[noreturn]] void refuse(std::string why) {
  throw_error(make_error(errc::invalid_argument, std::move(why)));
}

using link_map = std::map<std::string, link_counts>;

/// Returns nothing if two members of a system tell different things.
std::optional<link_map> links_in(const std::vector<simulation_report>& told) {
  link_map result;
  for (auto& x : told)
    if (result.emplace(x.system, x.links).first->second != x.links)
      return std::nullopt;
  return result;
}

link_counts sum_of(const link_map& links) {
  link_counts result;
  for (auto& [system, counts] : links)
    result += counts;
  return result;
}

/// Lets `what` make a task for each of `all`, and runs them at once.
template <class Range, class F>
auto at_once(const Range& all, F what) {
  std::vector<decltype(what(all.front()))> tasks;
  for (auto& x : all)
    tasks.push_back(what(x));
  return when_all(std::move(tasks));
}

void warn_of_hang(const link_counts& sum) {
  warn("A simulation waits for what is on its way between processes: "
       + std::to_string(sum.sent) + " messages were sent, "
       + std::to_string(sum.received) + " received"
       + (sum.opened == sum.accepted ? "" : "; a connection has one end only"));
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
  if (!what)
    refuse("There must be a clock");
  co_await add(lead(std::move(what)));
}

task<void> simulation_lead::add(led_clock_ptr what) {
  std::shared_ptr<void> mine;
  if (!running_)
    mine = co_await turn();
  if (running_)
    joining_.push_back(std::move(what));
  else
    co_await join(std::move(what));
}

task<void> simulation_lead::add_follower(std::string url,
                                         std::optional<double> every) {
  if (every && !(*every > 0))
    refuse("dt must be > 0 but is " + number_text(*every));
  auto manager = co_await find_manager(system(), opts_, std::move(url));
  followers_.push_back(std::make_shared<follower>(std::move(manager), every));
}

task<void> simulation_lead::remove(std::string url) {
  std::shared_ptr<void> mine;
  if (!running_)
    mine = co_await turn();
  if (running_)
    refuse("The simulation runs");
  std::vector<led_clock_ptr> gone;
  for (auto& x : members_)
    if (x->where() == url)
      gone.push_back(x);
  auto followed = std::erase_if(
    followers_, [&url](auto& x) { return x->manager.url() == url; });
  if (gone.empty() && followed == 0)
    refuse(url + " does not take part");
  auto name = name_;
  forget(gone);
  for (auto& x : gone)
    if (!x->lost())
      co_await x->leave(name);
}

/// Waits until nobody else joins or goes. The turn is over when the result
/// goes.
task<std::shared_ptr<void>> simulation_lead::turn() {
  while (std::exchange(busy_, true))
    co_await pauses_->sleep(milliseconds{1});
  co_return when_released([this] { busy_ = false; });
}

task<void> simulation_lead::enrol() {
  while (!joining_.empty()) {
    auto next = std::move(joining_.front());
    joining_.pop_front();
    co_await join(std::move(next));
  }
}

task<void> simulation_lead::join(led_clock_ptr what) {
  auto told = co_await what->join(name_);
  for (auto& x : members_)
    if (x->name == told.name)
      refuse(what->where() + " takes part already");
  std::string why;
  if (start_ && *start_ != told.start)
    why = "begins with the date " + to_string(told.start) + " instead of "
          + to_string(*start_);
  else if (has_run_ && told.time > *time_)
    why = "has the time " + number_text(told.time)
          + ", but that of the simulation is " + number_text(*time_);
  if (!why.empty()) {
    co_await what->leave(name_);
    refuse(what->where() + " " + why);
  }
  auto is_first = members_.empty() && !has_run_;
  *time_ = is_first ? told.time : std::max<double>(*time_, told.time);
  start_ = told.start;
  what->name = std::move(told.name);
  members_.push_back(std::move(what));
  changed_ = true;
}

/// Brings all members to the same time, and lets them know of each other.
task<void> simulation_lead::welcome() {
  if (!changed_)
    co_return;
  links_.clear();
  for (auto& x : members_)
    co_await x->join(name_); // which may be another one than it was
  // Calls between them may wait for the time.
  co_await at_once(members_, [](auto& x) { return x->introduce(); });
  co_await set_members_to(*time_);
  changed_ = false;
}

void simulation_lead::forget_lost() {
  std::vector<led_clock_ptr> lost;
  for (auto& x : members_)
    if (x->lost())
      lost.push_back(x);
  forget(lost);
  std::erase_if(followers_,
                [](auto& x) { return x->failed || x->manager.lost(); });
}

// Those who go may live on, and count their ends of connections to others, who
// must not do so any more.
void simulation_lead::forget(const std::vector<led_clock_ptr>& who) {
  if (who.empty())
    return;
  for (auto& x : who)
    std::erase(members_, x);
  name_ = random_name();
  changed_ = true;
}

// -- running ------------------------------------------------------------------

task<void> simulation_lead::run(std::optional<moment> until) {
  running_guard guard{*this};
  auto mine = co_await turn(); // somebody may not have waited for `add`
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
  auto warn_at = std::chrono::steady_clock::now() + patience;
  reports before;
  for (;;) {
    auto now = co_await settle();
    auto links = links_in(now);
    if (links && sum_of(*links).balanced()
        && (now == before || nothing_since_last(*links))) {
      links_ = *std::move(links);
      auto next = never;
      for (auto& x : now)
        next = std::min(next, x.next.value_or(never));
      co_return next < never ? std::optional{next} : std::nullopt;
    }
    // What is on its way is about to arrive, but a connection may take longer
    // to break.
    if (now == before) {
      pause = std::min(2 * pause + milliseconds{1}, longest_pause);
      co_await pauses_->sleep(pause);
    }
    if (std::chrono::steady_clock::now() > warn_at) {
      warn_at = std::chrono::steady_clock::time_point::max();
      warn_of_hang(sum_of(links.value_or(link_map{})));
    }
    before = std::move(now);
  }
}

/// Whether nobody has acted since the last rest, which is a round before, too,
/// unless members may have set timers for each other without sending anything.
bool simulation_lead::nothing_since_last(const link_map& links) const {
  return links.size() == members_.size() && links == links_;
}

task<simulation_lead::reports> simulation_lead::settle() {
  return at_once(members_, [this](auto& x) { return x->settle(name_); });
}

task<void> simulation_lead::advance(double t) {
  // If that fails, some may have this time.
  *time_ = t;
  changed_ = true;
  co_await set_members_to(t);
  changed_ = false;
  co_await at_once(followers_, [&](auto& x) { return visit(x, t); });
}

task<void> simulation_lead::set_members_to(double t) {
  return at_once(members_, [&](auto& x) { return x->advance(name_, t); });
}

task<void> simulation_lead::visit(std::shared_ptr<follower> who, double t) {
  who->failed = true;
  co_await who->manager.call<void>("set_time", t);
  who->failed = false;
}

/// When a follower is to be told of the time at the latest.
double simulation_lead::next_visit() const {
  auto result = never;
  for (auto& x : followers_)
    if (x->every)
      result = std::min(result, *time_ + *x->every);
  return result;
}

} // namespace caf::aiomas::detail
