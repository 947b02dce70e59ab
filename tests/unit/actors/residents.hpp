#pragma once

/// How much an actor system has open. To be included after CAF_SUITE is
/// defined.

#include "fixture.hpp"

#include "caf/aiomas/detail/io_loop.hpp"

namespace aiomas_test {

/// How many sockets, attempts to connect and operations there are.
inline size_t residents_of(caf::actor_system& sys) {
  size_t result = 0;
  for (auto& loop : caf::aiomas::middleman::of(sys).loops()) {
    later<size_t> count;
    loop->post([&] { count.set(loop->residents()); });
    result += count.get();
  }
  return result;
}

} // namespace aiomas_test
