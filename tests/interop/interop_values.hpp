#pragma once

#include "interop_checks.hpp"

#include <cmath>
#include <cstdint>
#include <limits>
#include <string>

namespace interop {

/// Sends `what` and wants it back.
inline void check_echo(context& ctx, const std::string& name,
                       const aiomas::value& what) {
  ctx.check("echo " + name, [&] {
    return equals(ctx.remote.call("service", what).get(limit), what);
  });
}

inline void check_scalars(context& ctx) {
  check_echo(ctx, "null", {});
  check_echo(ctx, "true", true);
  check_echo(ctx, "false", false);
  check_echo(ctx, "zero", 0);
  check_echo(ctx, "smallest int", std::numeric_limits<int64_t>::min());
  check_echo(ctx, "largest int64", std::numeric_limits<int64_t>::max());
  check_echo(ctx, "2^63", uint64_t{1} << 63);
  check_echo(ctx, "largest int", std::numeric_limits<uint64_t>::max());
  check_echo(ctx, "2^53 + 1", (int64_t{1} << 53) + 1);
  check_echo(ctx, "whole float", 1.0);
  check_echo(ctx, "tenth", 0.1);
  check_echo(ctx, "third", 1.0 / 3.0);
  check_echo(ctx, "largest float", std::numeric_limits<double>::max());
  check_echo(ctx, "smallest float", std::numeric_limits<double>::denorm_min());
  check_echo(ctx, "inf", std::numeric_limits<double>::infinity());
  check_echo(ctx, "-inf", -std::numeric_limits<double>::infinity());
  ctx.check("echo nan", [&] {
    auto nan = std::numeric_limits<double>::quiet_NaN();
    auto got = ctx.remote.call<double>("service", nan).get(limit);
    return got ? holds(std::isnan(*got), "a number") : describe(got.error());
  });
  ctx.check("echo -0.0", [&] {
    auto got = ctx.remote.call<double>("service", -0.0).get(limit);
    return got ? holds(*got == 0 && std::signbit(*got), "lost its sign")
               : describe(got.error());
  });
}

inline void check_texts(context& ctx) {
  check_echo(ctx, "empty string", "");
  check_echo(ctx, "unicode", "gr\u00fc\u00df \u65e5\u672c \U0001f600");
  check_echo(ctx, "escapes", "\"\\/\b\f\n\r\t\x01\x7f");
  check_echo(ctx, "zero byte", std::string("a\0b", 3));
  check_echo(ctx, "long string", std::string(3'000'000, 'x'));
}

inline void check_nested(context& ctx) {
  using aiomas::dict;
  using aiomas::list;
  check_echo(ctx, "empty list", list{});
  check_echo(ctx, "empty dict", dict{});
  check_echo(ctx, "nested lists", list{1, list{2.5, list{nullptr, "x"}}});
  check_echo(ctx, "nested dicts",
             dict{{"b", dict{{"", list{true}}}}, {"a", list{dict{}}}});
  ctx.check("order of a dict", [&] {
    dict want{{"z", 1}, {"a", 2}, {"m", 3}};
    auto got = ctx.remote.call("service", want).get(limit);
    return got ? holds(to_string(*got) == to_string(want), to_string(*got))
               : describe(got.error());
  });
  ctx.check("deep nesting", [&] {
    aiomas::value deep = 1;
    for (auto i = 0; i < 50; ++i)
      deep = list{std::move(deep)};
    return equals(ctx.remote.call("service", deep).get(limit), deep);
  });
}

inline void check_values(context& ctx) {
  check_scalars(ctx);
  check_texts(ctx);
  check_nested(ctx);
}

} // namespace interop
