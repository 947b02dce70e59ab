#pragma once

#include "caf/aiomas/address.hpp"
#include "caf/aiomas/codec.hpp"
#include "caf/aiomas/value.hpp"

#include <caf/actor_system.hpp>
#include <caf/expected.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace load {

using seconds = std::chrono::duration<double>;

/// What to do to a server.
struct plan {
  size_t conns = 1;
  size_t depth = 64;
  size_t agents = 8;
  seconds warmup{0.5};
  seconds window{2};

  /// Length of the strings that are echoed; without one, integers are.
  std::optional<size_t> string_size;

  caf::aiomas::codec_factory codec;
};

/// What came of it.
struct result {
  /// Calls whose right reply arrived in the window.
  size_t calls = 0;

  /// Calls that failed or got another reply, at any time.
  size_t errors = 0;

  /// What the first of them was.
  std::string first_error;

  /// Nanoseconds that the calls of the window took, in ascending order.
  std::vector<uint32_t> latencies;

  /// Returns the latency in µs that `share` of the calls did not exceed.
  double quantile_us(double share) const;
};

/// Opens the connections and keeps `depth` calls pending on each until the
/// window is over. Blocks. Fails if a connection can't be opened; calls that
/// never end count as errors.
caf::expected<result> run(caf::actor_system& sys,
                          const caf::aiomas::address& where, const plan& how);

} // namespace load
