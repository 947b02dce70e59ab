#include "payloads.hpp"
#include "stage.hpp"
#include "subjects.hpp"

#include "caf/aiomas/agent.hpp"
#include "caf/aiomas/container.hpp"
#include "caf/aiomas/detail/caf_compat.hpp"
#include "caf/aiomas/detail/inline_host.hpp"
#include "caf/aiomas/detail/reply_sink.hpp"
#include "caf/aiomas/message_types.hpp"
#include "caf/aiomas/middleman.hpp"

#include <caf/actor_cast.hpp>
#include <caf/actor_system.hpp>

#include <memory>
#include <string>
#include <thread>
#include <vector>

using namespace caf::aiomas;

namespace stages {

namespace {

class echo_agent : public agent {
public:
  echo_agent(caf::actor_config& cfg, caf::aiomas::container home, exposed what)
    : agent(cfg, std::move(home)) {
    router().add(std::move(what));
  }
};

/// An I/O loop in which time stands still is driven by the main thread, so that
/// it costs what it does and nothing else. Replies go to what takes those of
/// the loop, which knows of no such requests and drops them.
class dispatch_stage : public stage {
public:
  explicit dispatch_stage(const payload& what) : sys_(driven(cfg_)) {
    auto made = container::create_async(sys_, get_queue("stages")).start();
    while (!made.ready())
      mm_.poll();
    auto home = made.take();
    require(static_cast<bool>(home), "there is no container");
    home_ = std::move(*home);
    auto hdl = home_.spawn<echo_agent>(what.expose(count_));
    agent_ = caf::actor_cast<caf::strong_actor_ptr>(hdl.as_actor());
    call_ = invocation::make(function_name, arguments_of(what));
    call_.caller = std::make_shared<const peer_info>();
  }

  ~dispatch_stage() override {
    agent_ = nullptr;
    home_ = {};
    mm_.poll();
  }

  void prepare() override {
    calls_.assign(batch, call_);
    before_ = count_.calls();
  }

  void check() const override {
    require(count_.calls() - before_ == batch, "an agent was not called");
  }

protected:
  /// Sends `depth` requests, from number `first` on.
  void send(size_t first, detail::actor_host* host) {
    for (size_t i = first; i < first + depth; ++i)
      detail::send_by(host, agent_, sink_, caf::make_message_id(i + 1),
                      std::move(calls_[i]));
  }

  const tally& count() const noexcept {
    return count_;
  }

  caf::actor_system& sys() noexcept {
    return sys_;
  }

  detail::io_loop& loop() noexcept {
    return *mm_.loops().front();
  }

  void poll() {
    mm_.poll();
  }

private:
  static config& driven(config& cfg) {
    put(cfg.content, "caf.aiomas.io-threads", size_t{0});
    return cfg;
  }

  tally count_; // outlives the agent
  config cfg_;
  caf::actor_system sys_;
  middleman& mm_ = middleman::of(sys_);
  caf::strong_actor_ptr sink_{mm_.sink_of(loop()).ctrl()};
  container home_;
  caf::strong_actor_ptr agent_;
  invocation call_;
  std::vector<invocation> calls_;
  size_t before_ = 0;
};

class inlined_stage final : public dispatch_stage {
public:
  explicit inlined_stage(const payload& what) : dispatch_stage(what) {
    // A worker that has the agent keeps it until there is nothing to do.
    for (size_t rounds = 1; count().where() != std::this_thread::get_id();
         ++rounds) {
      prepare();
      send_in_turn(0);
      count().wait_for(rounds);
    }
  }

  void run() override {
    for (size_t i = 0; i < batch; i += depth)
      send_in_turn(i);
  }

  void check() const override {
    dispatch_stage::check();
    require(count().where() == std::this_thread::get_id(),
            "the agent has run in another thread");
  }

private:
  void send_in_turn(size_t first) {
    loop().post([this, first] { send(first, host_->door()); });
    poll();
  }

  std::shared_ptr<detail::inline_host> host_
    = std::make_shared<detail::inline_host>(sys(), loop());
};

class scheduled_stage final : public dispatch_stage {
public:
  using dispatch_stage::dispatch_stage;

  void run() override {
    for (size_t i = 0; i < batch; i += depth) {
      send(i, nullptr);
      count().wait_for(++rounds_);
      poll();
    }
  }

  void check() const override {
    dispatch_stage::check();
    require(count().where() != std::this_thread::get_id(),
            "the agent has not run in another thread");
  }

private:
  size_t rounds_ = 0;
};

} // namespace

void register_dispatch() {
  for (auto& what : payloads) {
    add<inlined_stage>(std::string{"inlined/"} + what.name, what);
    add<scheduled_stage>(std::string{"scheduled/"} + what.name, what)
      ->MeasureProcessCPUTime();
  }
}

} // namespace stages
