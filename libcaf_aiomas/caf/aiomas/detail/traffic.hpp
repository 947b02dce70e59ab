#pragma once

#include "caf/aiomas/detail/counter.hpp"
#include "caf/aiomas/errc.hpp"
#include "caf/aiomas/latency_histogram.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>

namespace caf::aiomas::detail {

/// Counts errors by their kind.
class error_counters {
public:
  counter& operator[](errc what) noexcept {
    return counters_[static_cast<size_t>(what)];
  }

  const counter& operator[](errc what) const noexcept {
    return counters_[static_cast<size_t>(what)];
  }

private:
  std::array<counter, errc_count> counters_;
};

/// Counts durations by their range.
class latency_counters {
public:
  void add(std::chrono::nanoseconds x) noexcept {
    x = std::max(x, x.zero());
    ++counters_[latency_histogram::range_of(x)];
    nanoseconds_ += static_cast<uint64_t>(x.count());
  }

  /// Adds what was counted to `result`.
  void add_to(latency_histogram& result) const noexcept {
    for (size_t i = 0; i < counters_.size(); ++i)
      result.counts[i] += counters_[i];
    result.sum
      += std::chrono::nanoseconds{static_cast<int64_t>(uint64_t{nanoseconds_})};
  }

private:
  std::array<counter, latency_histogram::ranges> counters_;
  counter nanoseconds_;
};

/// What sessions have seen and done, those that have ended included. What is
/// going on at a time is what has begun without what has ended.
struct session_traffic {
  counter frames_received;
  counter frames_sent; // those that wait for the transport included
  counter bytes_received;
  counter bytes_queued; // frames_sent, as bytes
  counter bytes_sent; // those that the transport has written
  counter bytes_dropped; // those that it never will

  // Ours.
  counter calls_begun;
  counter calls_succeeded;
  error_counters calls_failed;
  counter requests_sent;
  counter replies_received; // those dropped included
  counter replies_dropped; // late or duplicate
  latency_counters call_latency; // until the reply

  // The peer's.
  counter requests_received;
  counter requests_refused; // without being handled
  counter requests_succeeded;
  counter requests_failed;
  counter requests_dropped; // not answered when the session ended
  latency_counters request_latency; // until our answer
};

/// What the connections of one I/O thread have seen and done. Counted by that
/// thread, for any thread to look at.
struct traffic : session_traffic {
  counter connections_accepted;
  counter connections_opened; // by us
  error_counters connections_ended;
  error_counters connects_failed;
  counter connections_refused; // since there were too many, or by on_connect
  counter handshakes_failed; // of clients
};

} // namespace caf::aiomas::detail
