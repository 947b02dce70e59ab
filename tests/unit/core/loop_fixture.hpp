#pragma once

/// What the suites of the transport share: an I/O thread without anything else.
/// To be included after CAF_SUITE is defined.

#include "caf/test/dsl.hpp"

#include "caf/aiomas/detail/io_loop.hpp"
#include "caf/aiomas/detail/transport.hpp"

#include <chrono>
#include <future>
#include <memory>
#include <utility>

namespace aiomas_test {

/// How long something may take that should take no time, but for name servers
/// that do not answer.
constexpr auto patience = std::chrono::seconds{30};

/// Waits for what another thread sets.
template <class T>
T result_of(std::promise<T>& what) {
  auto result = what.get_future();
  if (result.wait_for(patience) != std::future_status::ready)
    CAF_FAIL("waited in vain");
  return result.get();
}

/// Returns what `f` returns in the thread of `loop`.
template <class F>
auto in(caf::aiomas::detail::io_loop& loop, F f) {
  std::promise<decltype(f())> result;
  loop.post([&] { result.set_value(f()); });
  return result_of(result);
}

/// What an admission returns.
inline caf::aiomas::detail::listener::ticket ticket_if(bool admitted) {
  return admitted ? std::make_shared<int>() : nullptr;
}

/// An I/O thread. That it ends is part of each test.
struct loop_fixture {
  std::shared_ptr<caf::aiomas::detail::io_loop> loop
    = std::make_shared<caf::aiomas::detail::io_loop>();

  loop_fixture() {
    loop->start();
  }

  ~loop_fixture() {
    loop->stop();
  }

  /// Returns what `f` returns in the loop's thread.
  template <class F>
  auto in_loop(F f) {
    return in(*loop, std::move(f));
  }

  size_t residents() {
    return in_loop([this] { return loop->residents(); });
  }
};

} // namespace aiomas_test
