#pragma once

#include "interop_callbacks.hpp"
#include "interop_checks.hpp"

#include <caf/scoped_actor.hpp>

#include <atomic>
#include <memory>

namespace interop {

/// The same as in `interop_calls.hpp`, from within agents.
inline void check_agent_calls(context& ctx) {
  ctx.check("agent connects and calls", [&] {
    return in_agent(ctx,
                    [url = ctx.url_of(3)](aiomas::agent_ptr self, finish done) {
                      self->container().connect(url).timeout(limit).then(
                        self,
                        [=](aiomas::proxy remote) {
                          remote.call<int64_t>("add", 3, 4)
                            .timeout(limit)
                            .then(
                              self, [=](int64_t sum) { done(equals(sum, 7)); },
                              done.on_error());
                        },
                        done.on_error());
                    });
  });
  ctx.check("agent gets an exception", [&] {
    return in_agent(
      ctx, [remote = ctx.remote](aiomas::agent_ptr self, finish done) {
        remote.call("fail", "text")
          .timeout(limit)
          .then(
            self, [=](const aiomas::value&) { done("did not fail"); },
            [=](const error& what) { done(raises(what, "ValueError: text")); });
      });
  });
  ctx.check("agent waits for one call only", [&] {
    return in_agent(
      ctx, [remote = ctx.remote](aiomas::agent_ptr self, finish done) {
        remote.call("service", 1)
          .timeout(limit)
          .await(
            self, [=](const aiomas::value& x) { done(equals(x, 1)); },
            done.on_error());
      });
  });
  ctx.check("agent must not block", [&] {
    return in_agent(ctx, [remote = ctx.remote](aiomas::agent_ptr, finish done) {
      done(fails(remote.call("service", 1).get(limit),
                 aiomas::errc::would_deadlock));
    });
  });
  ctx.check("agent passes itself", [&] {
    return in_agent(ctx,
                    [remote = ctx.remote](aiomas::agent_ptr self, finish done) {
                      self->expose("service", [](int i) { return i * i; });
                      remote.call("call_me", self->ref(), 4)
                        .timeout(limit)
                        .then(
                          self,
                          [=](const aiomas::value& x) {
                            done(equals(x, aiomas::list{0, 1, 4, 9}));
                          },
                          done.on_error());
                    });
  });
}

inline void check_many_calls(context& ctx) {
  ctx.check("500 calls of one agent", [&] {
    return in_agent(ctx,
                    [remote = ctx.remote](aiomas::agent_ptr self, finish done) {
                      constexpr auto n = 500;
                      auto right = std::make_shared<int>(0);
                      for (auto i = 0; i < n; ++i)
                        remote.call<int>("service", i)
                          .timeout(limit)
                          .then(
                            self,
                            [=](int reply) {
                              if (reply != i)
                                done(equals(reply, i));
                              else if (++*right == n)
                                done({});
                            },
                            done.on_error());
                    });
  });
}

/// Remote agents as actors.
inline void check_actors(context& ctx) {
  ctx.check("request from an agent", [&] {
    return in_agent(
      ctx, [hdl = ctx.remote.as_actor()](aiomas::agent_ptr self, finish done) {
        self->request(hdl, limit, aiomas::invocation{"add", 3, 4})
          .then([=](const aiomas::value& sum) { done(equals(sum, 7)); },
                done.on_error());
      });
  });
  ctx.check("request from outside", [&] {
    verdict result = "no reply";
    scoped_actor self{ctx.sys};
    self
      ->request(
        ctx.remote.as_actor(), limit,
        aiomas::invocation{"sub/ping", aiomas::kw("x", aiomas::value{})})
      .receive(
        [&](const aiomas::value& x) {
          result = equals(x, aiomas::list{"pong", nullptr});
        },
        [&](const error& what) { result = describe(what); });
    return result;
  });
  ctx.check("request that fails", [&] {
    verdict result = "no reply";
    scoped_actor self{ctx.sys};
    self
      ->request(ctx.remote.as_actor(), limit,
                aiomas::invocation{"fail", "text"})
      .receive(
        [&](const aiomas::value&) { result = "did not fail"; },
        [&](const error& what) { result = raises(what, "ValueError: text"); });
    return result;
  });
  ctx.check("handles of one agent are equal", [&] {
    auto again = ctx.home.connect(ctx.url_of(0)).get(limit);
    return again ? holds(again->as_actor() == ctx.remote.as_actor(), "differ")
                 : describe(again.error());
  });
}

inline void check_agents(context& ctx) {
  check_agent_calls(ctx);
  check_many_calls(ctx);
  check_actors(ctx);
}

} // namespace interop
