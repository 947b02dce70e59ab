#pragma once

#include "interop_checks.hpp"

#include <atomic>
#include <memory>
#include <utility>
#include <vector>

namespace interop {

/// What others call back.
class own_agent : public aiomas::agent {
public:
  static constexpr const char* class_name = "Own";

  own_agent(actor_config& cfg, aiomas::container c,
            std::shared_ptr<std::atomic<int>> calls)
    : agent(cfg, std::move(c)), calls_(std::move(calls)) {
    expose("service", &own_agent::service, {"v"});
  }

  aiomas::list service(aiomas::value v) {
    ++*calls_;
    return {"own", std::move(v)};
  }

private:
  std::shared_ptr<std::atomic<int>> calls_;
};

/// Leaves its callers without an answer.
class silent_agent : public aiomas::agent {
public:
  static constexpr const char* class_name = "Silent";

  silent_agent(actor_config& cfg, aiomas::container c)
    : agent(cfg, std::move(c)) {
    expose("service", &silent_agent::service, {"v"});
  }

  aiomas::promise<> service(const aiomas::value&) {
    kept_.push_back(make_promise());
    return kept_.back();
  }

private:
  std::vector<aiomas::promise<>> kept_;
};

inline aiomas::list replies_of_own(int n) {
  aiomas::list result;
  for (auto i = 0; i < n; ++i)
    result.push_back(aiomas::list{"own", i});
  return result;
}

inline void check_callbacks(context& ctx) {
  auto calls = std::make_shared<std::atomic<int>>(0);
  auto own = ctx.home.spawn<own_agent>(calls);
  ctx.check("callbacks", [&] {
    auto got = ctx.remote.call("call_me", own, 20).get(limit);
    return all(equals(got, replies_of_own(20)), equals(calls->load(), 20));
  });
  ctx.check("no callbacks", [&] {
    auto got = ctx.remote.call("call_me", own, 0).get(limit);
    return all(equals(got, aiomas::list{}), equals(calls->load(), 20));
  });
  ctx.check("connection to our own agent", [&] {
    return equals(ctx.remote.call("connect_to", own.addr(), "hi").get(limit),
                  aiomas::list{"own", "hi"});
  });
  ctx.check("proxy in a result", [&] {
    // The peer can't send back what it has for our agent.
    return raises(ctx.remote.call("service", own).get(limit),
                  "aiomas.exceptions.SerializationError: ");
  });
}

inline void check_timeout(context& ctx) {
  auto silent = ctx.home.spawn<silent_agent>();
  ctx.check("timeout of a call", [&] {
    auto began = std::chrono::steady_clock::now();
    auto got = ctx.remote.call("call_me", silent, 1).timeout(200ms).get();
    auto took = std::chrono::steady_clock::now() - began;
    return all(fails(got, aiomas::errc::timeout),
               holds(took >= 200ms && took < limit, "at the wrong time"));
  });
  ctx.check("call after a timeout", [&] {
    return all(holds(ctx.remote.connected(), "not connected"),
               equals(ctx.remote.call("add", 1, 2).get(limit), 3));
  });
  ctx.check("late reply", [&] {
    // The peer's call fails with the agent; its own reply is then too late.
    anon_send_exit(silent.as_actor(), exit_reason::user_shutdown);
    verdict result;
    for (auto i = 0; i < 20; ++i)
      result
        = all(result, equals(ctx.remote.call("add", i, 2).get(limit), i + 2));
    return result;
  });
}

} // namespace interop
