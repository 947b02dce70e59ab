#pragma once

#include "interop_checks.hpp"
#include "interop_types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace interop {

inline void check_results(context& ctx) {
  auto& remote = ctx.remote;
  ctx.check("proxy string", [&] {
    return equals(to_string(remote), "EchoProxy('" + ctx.url_of(0) + "')");
  });
  ctx.check("add", [&] {
    return equals(remote.call<int64_t>("add", 3, -4).get(limit), -1);
  });
  ctx.check("keyword arguments", [&] {
    auto loud = aiomas::kw("loud", true);
    return all(
      equals(remote.call("describe", "bob").get(limit), "bob"),
      equals(remote.call("describe", "bob", loud).get(limit), "BOB"),
      equals(
        remote.call("add", aiomas::kw("b", 1), aiomas::kw("a", 2)).get(limit),
        3));
  });
  ctx.check("no result", [&] {
    auto nothing = remote.call<void>("none").get(limit);
    return all(nothing ? verdict{} : describe(nothing.error()),
               equals(remote.call("none").get(limit), nullptr));
  });
  ctx.check("sub-service", [&] {
    aiomas::value want = aiomas::list{"pong", 7};
    aiomas::proxy sub = remote["sub"];
    return all(equals(remote["sub"]["ping"].call(7).get(limit), want),
               equals(remote.call("sub/ping", 7).get(limit), want),
               equals(sub.call("ping", aiomas::kw("x", 7)).get(limit), want));
  });
  ctx.check("result of another type", [&] {
    using aiomas::errc;
    return all(
      fails(remote.call<int>("service", "text").get(limit), errc::type_error),
      fails(remote.call<int8_t>("service", 128).get(limit), errc::type_error),
      fails(remote.call<void>("service").get(limit), errc::remote_exception),
      equals(remote.call<double>("service", 2).get(limit), 2.0));
  });
}

inline void check_exceptions(context& ctx) {
  auto& remote = ctx.remote;
  ctx.check("exception of a method", [&] {
    auto got = remote.call("fail", "no \u00fc").get(limit);
    if (got)
      return "did not fail"s;
    auto& where = ctx.args.where;
    auto origin = ctx.args.is_ipc() ? where.path()
                                    : "('" + where.host() + "', "
                                        + std::to_string(where.port()) + ")";
    return all(raises(got, "ValueError: no \u00fc"),
               equals(aiomas::origin_of(got.error()), origin),
               contains(aiomas::text_of(got.error()), "Traceback"));
  });
  ctx.check("unknown method", [&] {
    return all(raises(remote.call("nope").get(limit),
                      R"(LookupError: Name "nope" not found in "agents/0")"),
               raises(remote.call("sub/nope").get(limit),
                      "LookupError: Name \"nope\" not found in "
                      "\"agents/0/sub\""));
  });
  ctx.check("wrong arguments", [&] {
    return all(raises(remote.call("add", 1).get(limit), "TypeError: "),
               raises(remote.call("add", 1, 2, 3).get(limit), "TypeError: "),
               raises(remote.call("add", 1, aiomas::kw("c", 2)).get(limit),
                      "TypeError: "),
               raises(remote.call("add", 1, "x").get(limit), "TypeError: "));
  });
  ctx.check("missing agent", [&] {
    return fails(ctx.home.connect(ctx.url_of(77)).get(limit),
                 aiomas::errc::no_such_agent,
                 R"(Agent "77" does not exist in )"
                 R"(Container()");
  });
  ctx.check("no container", [&] {
    auto nobody
      = ctx.args.is_ipc() ? to_string(ctx.new_address()) : "tcp://127.0.0.1:1"s;
    return all(fails(ctx.home.connect(nobody + "/0").get(limit),
                     aiomas::errc::cannot_connect),
               fails(ctx.home.connect("nonsense").get(limit),
                     aiomas::errc::invalid_url));
  });
}

inline void check_unsendable(context& ctx) {
  auto refused = [&](const aiomas::value& what, std::string_view part = {}) {
    return fails(ctx.remote.call("service", what).get(limit),
                 aiomas::errc::serialization_error, part);
  };
  if (ctx.args.codec == "json")
    ctx.check("bytes in JSON",
              [&] { return refused(aiomas::byte_buffer(3), "bytes"); });
  ctx.check("proxy sent on", [&] {
    return refused(aiomas::to_value(ctx.remote), "URL of the agent instead");
  });
  ctx.check("lone surrogate", [&] { return refused("a\xED\xA0\x80"); });
  ctx.check("invalid UTF-8", [&] { return refused("\xff"); });
  ctx.check("invalid UTF-8 in a key", [&] {
    return refused(aiomas::dict{{"\xc3", 1}});
  });
  ctx.check("call after what can't be sent", [&] {
    return equals(ctx.remote.call("service", 1).get(limit), 1);
  });
}

inline void check_peers(context& ctx) {
  ctx.check("proxies in a result", [&] {
    auto got = ctx.remote.call<std::vector<aiomas::proxy>>("peers").get(limit);
    if (!got)
      return describe(got.error());
    verdict result = equals(got->size(), 3);
    for (size_t i = 0; i < got->size(); ++i) {
      auto& peer = (*got)[i];
      result = all(result, equals(peer.path(), "agents/" + std::to_string(i)),
                   equals(peer.call("service", i).get(limit), i),
                   equals(peer["sub"]["ping"].call(i).get(limit),
                          aiomas::list{"pong", i}));
    }
    return result;
  });
}

inline void check_parallel(context& ctx) {
  ctx.check("started calls", [&] {
    std::vector<aiomas::pending<int64_t, aiomas::value>::started> calls;
    for (auto i = 0; i < 16; ++i)
      calls.push_back(
        ctx.remote.call<int64_t>("add", i, i).timeout(limit).start());
    verdict result;
    for (auto i = 15; i >= 0; --i)
      result = all(result, equals(calls[static_cast<size_t>(i)].get(), 2 * i));
    return result;
  });
  ctx.check("parallel connects share a connection", [&] {
    // A container that has no connection yet.
    auto home = aiomas::container::create(ctx.sys, ctx.new_address(),
                                          echo_options(ctx.args));
    if (!home)
      return describe(home.error());
    std::vector<aiomas::pending<aiomas::proxy>::started> attempts;
    for (auto aid : {0, 1, 0})
      attempts.push_back(home->connect(ctx.url_of(aid)).timeout(limit).start());
    std::vector<aiomas::proxy> found;
    for (auto& attempt : attempts) {
      auto got = attempt.get();
      if (!got)
        return describe(got.error());
      found.push_back(*got);
    }
    // What comes by a connection belongs to it.
    auto peers = found[1].call<std::vector<aiomas::proxy>>("peers").get(limit);
    return all(holds(found[0] == found[2], "two proxies of one agent differ"),
               peers ? holds(peers->at(0) == found[0], "two connections")
                     : describe(peers.error()));
  });
}

/// What can be done outside of actors, where waiting is allowed.
inline void check_calls(context& ctx) {
  check_results(ctx);
  check_exceptions(ctx);
  check_unsendable(ctx);
  check_peers(ctx);
  check_parallel(ctx);
}

} // namespace interop
