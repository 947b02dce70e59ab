#include "caf/aiomas/detail/simulation_members.hpp"

#include "caf/aiomas/agent_url.hpp"
#include "caf/aiomas/exception.hpp"
#include "caf/aiomas/router.hpp"

namespace caf::aiomas::detail {

namespace {

class local_clock final : public led_clock {
public:
  explicit local_clock(std::shared_ptr<simulation_clock> what)
    : led_clock("a clock of this process"), what_(std::move(what)) {
    // nop
  }

  ~local_clock() override {
    what_->leave(simulation_);
  }

  task<simulation_member> join(std::string simulation) override {
    auto joined = what_->join(simulation);
    if (!joined)
      throw_error(to_error(std::move(joined).error()));
    simulation_ = std::move(simulation);
    co_return *joined;
  }

  task<void> introduce() override {
    co_await what_->introduce();
  }

  task<void> leave(std::string simulation) override {
    what_->leave(simulation);
    co_return;
  }

  task<void> advance(std::string simulation, double t) override {
    co_await what_->advance(std::move(simulation), t);
  }

  task<simulation_report> settle(std::string simulation) override {
    co_return co_await what_->settle(std::move(simulation));
  }

private:
  std::shared_ptr<simulation_clock> what_;
  std::string simulation_;
};

class node_clock final : public led_clock {
public:
  explicit node_clock(remote_manager what)
    : led_clock(what.url()), what_(std::move(what)) {
    // nop
  }

  task<simulation_member> join(std::string simulation) override {
    return what_.call<simulation_member>("join_simulation",
                                         std::move(simulation));
  }

  task<void> introduce() override {
    return what_.call<void>("introduce");
  }

  task<void> leave(std::string simulation) override {
    return what_.call<void>("leave_simulation", std::move(simulation));
  }

  task<void> advance(std::string simulation, double t) override {
    return what_.call<void>("advance", std::move(simulation), t);
  }

  task<simulation_report> settle(std::string simulation) override {
    return what_.call<simulation_report>("settle", std::move(simulation));
  }

  bool lost() const override {
    return what_.lost();
  }

private:
  remote_manager what_;
};

} // namespace

led_clock::~led_clock() {
  // nop
}

led_clock_ptr lead(std::shared_ptr<simulation_clock> what) {
  return std::make_shared<local_clock>(std::move(what));
}

led_clock_ptr lead(remote_manager what) {
  return std::make_shared<node_clock>(std::move(what));
}

// -- nodes --------------------------------------------------------------------

remote_manager::remote_manager(rpc_client connection, std::string path,
                               std::string url)
  : connection_(std::move(connection)),
    manager_(connection_.remote()[path]),
    url_(std::move(url)) {
  // nop
}

void remote_manager::fail(const std::exception_ptr& why) const {
  auto what = to_error(why);
  // The traceback of a peer stays as it is.
  if (auto code = code_of(what);
      code != errc::none && code != errc::remote_exception)
    what = make_error(code, url_ + ": " + text_of(what));
  throw_error(std::move(what));
}

task<remote_manager> find_manager(actor_system& sys, options opts,
                                  std::string url) {
  auto parsed = agent_url::parse(url);
  if (!parsed)
    throw_error(to_error(std::move(parsed).error()));
  auto connection
    = co_await rpc::open_connection(sys, parsed->where, {}, std::move(opts));
  co_return remote_manager{std::move(connection),
                           join_paths("agents", parsed->agent_id),
                           std::move(url)};
}

} // namespace caf::aiomas::detail
