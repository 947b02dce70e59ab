#include "caf/aiomas/metrics.hpp"

#include "caf/aiomas/detail/traffic.hpp"

namespace caf::aiomas {

namespace {

/// Returns the sum of what was added.
uint64_t add_to(error_counts& result, const detail::error_counters& what) {
  uint64_t sum = 0;
  for (size_t i = 0; i < errc_count; ++i) {
    auto code = static_cast<errc>(i);
    uint64_t n = what[code];
    if (n > 0)
      result[code] += n;
    sum += n;
  }
  return sum;
}

/// What has begun and not ended. The ends must have been read first; the thread
/// that counts goes on.
uint64_t rest(uint64_t begun, uint64_t ended) {
  return begun > ended ? begun - ended : 0;
}

} // namespace

void metrics_snapshot::add(const detail::traffic& what) {
  auto ended = add_to(connections_ended, what.connections_ended);
  uint64_t accepted = what.connections_accepted;
  uint64_t opened = what.connections_opened;
  connections += rest(accepted + opened, ended);
  connections_accepted += accepted;
  connections_opened += opened;
  connections_refused += what.connections_refused;
  handshakes_failed += what.handshakes_failed;
  add_to(connects_failed, what.connects_failed);

  frames_received += what.frames_received;
  frames_sent += what.frames_sent;
  bytes_received += what.bytes_received;
  uint64_t sent = what.bytes_sent;
  bytes_sent += sent;
  sent += what.bytes_dropped;
  outbound_bytes += rest(what.bytes_queued, sent);

  uint64_t succeeded = what.calls_succeeded;
  ended = succeeded + add_to(calls_failed, what.calls_failed);
  calls_succeeded += succeeded;
  calls_pending += rest(what.calls_begun, ended);
  what.call_latency.add_to(call_latency);
  replies_dropped += what.replies_dropped;

  uint64_t refused = what.requests_refused;
  uint64_t answered = what.requests_succeeded;
  uint64_t failed = what.requests_failed;
  uint64_t dropped = what.requests_dropped;
  ended = refused + answered + failed + dropped;
  uint64_t received = what.requests_received;
  requests_pending += rest(received, ended);
  requests_received += received;
  requests_refused += refused;
  requests_succeeded += answered;
  requests_failed += failed;
  requests_dropped += dropped;
  what.request_latency.add_to(request_latency);
}

} // namespace caf::aiomas
