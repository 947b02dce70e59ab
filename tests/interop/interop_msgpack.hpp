#pragma once

#include "interop_values.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <utility>

namespace interop {

/// Bytes in which every value occurs, and no pattern that Blosc would find.
inline aiomas::byte_buffer some_bytes(size_t n) {
  aiomas::byte_buffer result(n);
  uint32_t state = 1;
  for (auto& x : result) {
    state = state * 1664525 + 1013904223;
    x = static_cast<std::byte>(state >> 24);
  }
  return result;
}

inline void check_bytes(context& ctx) {
  for (size_t n : {0, 1, 255, 256, 65535, 65536, 1 << 20, 10 << 20})
    check_echo(ctx, std::to_string(n) + " bytes", some_bytes(n));
  check_echo(ctx, "equal bytes", aiomas::byte_buffer(1 << 20, std::byte{7}));
  check_echo(ctx, "nested bytes",
             aiomas::list{some_bytes(3),
                          aiomas::dict{{"k", aiomas::list{some_bytes(300)}}}});
}

inline void check_keys(context& ctx) {
  using aiomas::dict;
  using aiomas::list;
  check_echo(ctx, "keys of all kinds",
             dict{{nullptr, 1},
                  {7, 2},
                  {-1.5, 3},
                  {"7", 4},
                  {some_bytes(2), 5},
                  {list{1, list{"x", nullptr}}, 6},
                  {std::numeric_limits<uint64_t>::max(), 7}});
  check_echo(ctx, "keys that are bools", dict{{true, 1}, {false, 0}});
  ctx.check("dict as a key", [&] {
    return fails(ctx.remote.call("service", dict{{dict{}, 1}}).get(limit),
                 aiomas::errc::serialization_error);
  });
}

inline void check_integers(context& ctx) {
  // On both sides of what fits into 7, 8, 16, 32 and 64 bits.
  aiomas::list numbers;
  for (auto bits : {5, 7, 8, 15, 16, 31, 32, 63})
    for (auto more : {-1, 0, 1}) {
      auto power = uint64_t{1} << bits;
      auto number = power + static_cast<uint64_t>(more);
      numbers.push_back(number);
      if (bits < 63)
        numbers.push_back(-static_cast<int64_t>(number));
    }
  check_echo(ctx, "integers of all sizes", numbers);
}

inline void check_extensions(context& ctx) {
  using aiomas::extension;
  for (size_t n : {0, 1, 2, 3, 4, 8, 16, 17, 255, 256, 65536})
    check_echo(ctx, "extension of " + std::to_string(n) + " bytes",
               extension{5, some_bytes(n)});
  check_echo(ctx, "largest code of an extension",
             extension{127, some_bytes(3)});
  auto timestamp = [](std::string_view digits) {
    aiomas::byte_buffer data;
    for (auto c : digits)
      data.push_back(static_cast<std::byte>(c));
    return extension{-1, std::move(data)};
  };
  check_echo(ctx, "timestamp of 32 bits", timestamp("\x5e\x0b\xe1\x01"sv));
  check_echo(ctx, "timestamp of 64 bits",
             timestamp("\0\0\0\4\x5e\x0b\xe1\x01"sv));
  check_echo(ctx, "timestamp of 96 bits",
             timestamp("\0\0\0\1\xff\xff\xff\xff\xff\xff\xff\xff"sv));
}

/// What JSON does not have.
inline void check_msgpack(context& ctx) {
  check_bytes(ctx);
  check_keys(ctx);
  check_integers(ctx);
  check_extensions(ctx);
}

} // namespace interop
