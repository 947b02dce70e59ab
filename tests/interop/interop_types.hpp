#pragma once

#include "interop_checks.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace interop {

/// The types that echo agents know, see `echo_types.py`.
struct point {
  aiomas::value x;
  aiomas::value y;

  bool operator==(const point&) const = default;
};

AIOMAS_SERIALIZABLE(point, x, y)

struct empty {
  bool operator==(const empty&) const = default;
};

AIOMAS_SERIALIZABLE(empty)

/// What a container needs that talks to theirs.
inline aiomas::options echo_options(const arguments& args) {
  auto result = args.options();
  result.serializers
    = {aiomas::serializer<point>(), aiomas::serializer<empty>()};
  return result;
}

/// Whether `T`s come back as they were sent.
template <class T>
verdict check_echo_of(context& ctx, const T& what) {
  auto got = ctx.remote.call<T>("service", what).get(limit);
  return got ? holds(*got == what, "is another") : describe(got.error());
}

inline void check_user_types(context& ctx) {
  ctx.check("echo user types", [&] {
    return all(check_echo_of(ctx, point{1, -2.5}),
               check_echo_of(ctx, std::vector{point{nullptr, "y"}, {1, 2}}),
               check_echo_of(ctx, empty{}));
  });
  ctx.check("mirror", [&] {
    auto got = ctx.remote.call<point>("mirror", point{1, 2.5}).get(limit);
    return got ? holds(*got == point{2.5, 1}, "not mirrored")
               : describe(got.error());
  });
  ctx.check("dates", [&] {
    auto when = aiomas::date_time::parse("2015-01-01T23:59:59.5+01:00");
    auto got
      = ctx.remote.call<aiomas::date_time>("later", *when, 0.75).get(limit);
    return all(check_echo_of(ctx, *when),
               got
                 ? holds(to_string(*got) == "2015-01-02T00:00:00.250000+01:00",
                         "the wrong date")
                 : describe(got.error()));
  });
}

} // namespace interop
